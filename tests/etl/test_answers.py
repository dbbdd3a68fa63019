"""Answers that a mended snapshot keeps from the one before, those it asks anew, and shops that keep none."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dashapp.settings import Settings
from dashapp.store.answers import worth_keeping
from dashapp.store.facts import Facts
from dashapp.store.publish import Warehouse
from dashapp.store.snapshot import Snapshots
from etl.answers import keep
from etl.progress import Silent
from tests.etl.conftest import Refresh, order_lines

OLD = "told before"


@pytest.fixture
def build(sample_warehouse: Settings, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """The sample as a build file whose answers all say OLD, and one of a question that nobody asks any more."""
    warehouse = Warehouse(sample_warehouse.folder("warehouse"))
    shutil.copy(warehouse.folder / warehouse.current().file, tmp_path / "build.duckdb")
    connection = duckdb.connect()
    connection.execute(f"attach '{tmp_path / 'build.duckdb'}' as build")
    connection.execute(f"update build.meta.answers set answer = '{OLD}'")
    connection.execute("insert into build.meta.answers values ('gone', 'gone', '[]', '[]')")
    return connection


@pytest.fixture
def facts(sample_warehouse: Settings) -> Facts:
    return Snapshots(sample_warehouse).current().facts


def stayed(connection: duckdb.DuckDBPyConnection, facts: Facts) -> set[str]:
    """What was not asked anew; every answer worth keeping is there, once, and no other."""
    rows = connection.execute("select asked, answer from build.meta.answers").fetchall()
    assert sorted(key for key, _ in rows) == sorted(worth_keeping(facts))
    return {key for key, answer in rows if answer == OLD}


def test_answers_that_rest_on_days_before_the_newer_lines_stay(build: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    newer_from = facts.observed_until.replace(day=1)
    keep(build, facts, Silent(), newer_from)
    settled = {key: one for key, one in worth_keeping(facts).items() if one.settled and one.settled < newer_from}
    assert {one.name for one in settled.values()} == {"revenue_bridge"}
    assert len({one.settled for one in settled.values()}) >= 3  # last month, last quarter, last year
    assert stayed(build, facts) == set(settled)


def test_an_answer_of_the_first_newer_day_and_every_answer_of_a_full_build_is_asked_anew(
    build: duckdb.DuckDBPyConnection, facts: Facts
) -> None:
    last = {one.settled for one in worth_keeping(facts).values() if one.settled}
    keep(build, facts, Silent(), max(last))
    kept = stayed(build, facts)
    assert kept
    assert all(worth_keeping(facts)[key].settled < max(last) for key in kept)  # type: ignore[operator]
    keep(build, facts, Silent())
    assert not stayed(build, facts)


def test_lines_before_all_settled_days_leave_no_answer(build: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    keep(build, facts, Silent(), facts.observed_from - timedelta(1))
    assert not stayed(build, facts)


def test_a_shop_of_a_few_days_keeps_no_answers_and_is_asked(refresh: Refresh, settings: Settings) -> None:
    refresh(order_lines=order_lines(("o1", "2024-01-01 09:00", "ann", "cup", 2, 10)))
    snapshot = Snapshots(settings).current()
    for one in worth_keeping(snapshot.facts).values():
        assert snapshot._brought(one.sql, one.values) == (one.sql, one.values)
        snapshot._framed(one.sql, one.values, {})
    assert len(snapshot.base()) == 1
