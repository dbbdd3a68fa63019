"""A data directory of its own and a progress that remembers, for everything that loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.settings import Settings


class Heard:
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float, str]] = []
        self.notes: list[str] = []

    def step(self, name: str, fraction: float, message: str = "") -> None:
        self.steps.append((name, fraction, message))

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def heard() -> Heard:
    return Heard()
