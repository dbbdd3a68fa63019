"""The rules over a handwritten delivery: loaded, transformed and checked, without scores and without a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from dashapp.settings import Settings
from etl import affected, columns, load, source
from etl.check import Result, run
from etl.pipeline import prepare
from etl.progress import Silent
from etl.transform import transform
from etl.work import Connection, working
from tests.deliveries import know_handwritten, written

WORTHS = """
    create or replace table marts.customers as
    select *, cast(1 as hugeint) << cast(row_number() over (order by customer_id) - 1 as integer) as clv
    from marts.customers"""
NOW = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
Frames = dict[str, pd.DataFrame]


@contextmanager
def transformed(folder: Path, *deliveries: Frames) -> Iterator[Connection]:
    """The working database of these deliveries, each added to the ones before, after the transform."""
    settings = Settings(data_dir=folder)
    with pytest.MonkeyPatch.context() as patch:
        know_handwritten(patch, {})
        assert "handwritten" in source.sources()
        for number, frames in enumerate(deliveries):
            asked = written(folder / "delivery", frames)
            lake = load.load(asked.source, asked.path, {}, settings, Silent(), append=number > 0, now=NOW)
        policy = prepare(lake, settings, Silent(), lambda: NOW).policy
    with working(folder / "work.duckdb", lake, policy, settings) as connection:
        transform(connection, Silent())
        yield connection


def checked(folder: Path, *deliveries: Frames, tamper: str = "") -> dict[str, Result]:
    """How every rule went, by name; `tamper` is SQL between the transform and the rules."""
    with transformed(folder, *deliveries) as connection:
        connection.execute(columns.EARLIER)
        connection.execute(tamper)
        return {result.rule.check_id: result for result in run(connection, Silent())}


def touched(folder: Path, *deliveries: Frames, tamper: str = "") -> dict[str, tuple[Result, set[str]]]:
    """The same with the customers whose value each rule added up, told apart by worths that are powers of two."""
    with transformed(folder, *deliveries) as connection:
        connection.execute(columns.EARLIER)
        connection.execute(tamper)
        results = run(connection, Silent())
        connection.execute(WORTHS)
        affected.value(connection)
        sums = dict(connection.execute("select check_id, clv from quality.check_results").fetchall())
        worths = connection.execute("select customer_id, clv from marts.customers").fetchall()
    return {
        result.rule.check_id: (
            result, {name for name, worth in worths if int(sums[result.rule.check_id] or 0) & int(worth)}
        )
        for result in results
    }  # fmt: skip
