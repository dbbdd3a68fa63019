"""Fixtures every room may use; rooms keep their own in their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


pytest_plugins = ("tests.people",)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data sets: `TENURE_TEST_DATA` or `../shared/data` beside the checkout; skips where there are none."""
    folder = Path(os.environ.get("TENURE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set TENURE_TEST_DATA")
    return folder
