"""A refresh of a few handwritten lines, and questions to what it published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import pipeline
from etl.progress import Silent
from tests.deliveries import know_handwritten, written

NOW = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
Refresh = Callable[..., pipeline.Outcome]
Ask = Callable[[str], list[tuple[Any, ...]]]


def order_lines(*lines: tuple[Any, ...]) -> pd.DataFrame:
    """(order, time, customer, product, quantity, price) per line."""
    columns = ["order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price"]
    return pd.DataFrame(lines, columns=columns)


def refreshed(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    force: bool = False,
    policy: Mapping[str, bool] | None = None,
    **frames: pd.DataFrame,
) -> pipeline.Outcome:
    """One refresh of the given frames, or without any of what was delivered last."""
    know_handwritten(monkeypatch, policy or {})
    asked = written(settings.data_dir / "delivery", frames) if frames else pipeline.Request()
    request = pipeline.Request(asked.source, asked.path, force=force)
    return pipeline.refresh(request, settings, Silent(), lambda: NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def refresh(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Refresh:
    """Deliver the given frames and refresh; without frames, refresh what was delivered last."""

    return partial(refreshed, settings, monkeypatch)


@pytest.fixture
def ask(settings: Settings) -> Iterator[Ask]:
    """Asks the current snapshot a question in SQL."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def one(sql: str) -> list[tuple[Any, ...]]:
        warehouse = Warehouse(settings.data_dir / "warehouse")
        opened.append(duckdb.connect(str(warehouse.folder / warehouse.current().file), read_only=True))
        return opened[-1].execute(sql).fetchall()

    yield one
    for connection in opened:
        connection.close()
