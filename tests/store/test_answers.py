"""What was counted beforehand is what counting now gives: kept answers, and smaller tables for the customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import duckdb
import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.settings import Settings
from dashapp.store import answers, metrics, query
from dashapp.store.memory import Memory
from dashapp.store.query import Query
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components.today import MOVED
from tests.store.test_questions import GIVEN

CUBED = [name for name in query.names() if "cube" in query.find(name).headers]
FIGURES = [name for name in metrics.names() if "cube" in metrics.metric(name).query.headers]


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def _equal(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, rtol=1e-12, atol=1e-12)


def test_a_kept_answer_is_what_the_question_answers_now(snapshot: Snapshot):
    worth = list(answers.worth_keeping(snapshot.facts))
    assert len(worth) > 30
    for _, sql, values in worth:
        kept, nothing = snapshot._brought(sql, values)
        assert (kept, nothing) != (sql, values)
        _equal(snapshot._framed(kept, nothing, {}), snapshot._framed(sql, values, {}))


def test_what_home_tells_of_moves_is_kept(snapshot: Snapshot):
    """It groups every customer twice: with eleven million of them, seconds."""
    asked = query.find("segment_moves").statement(MOVED, snapshot.facts, {"from_day": None, "to_day": None})
    assert snapshot._brought(*asked) != asked


def test_another_view_is_asked_anew(snapshot: Snapshot):
    question = query.find("revenue_bridge")
    for view in (Filters(country=("Germany",)), Filters(range="all")):
        asked = question.statement(view, snapshot.facts, {})
        assert snapshot._brought(*asked) == asked


def test_a_snapshot_of_an_earlier_version_has_no_answers():
    assert answers.places(duckdb.connect()) == {}


def _views(snapshot: Snapshot) -> Iterator[Filters]:
    """Whole months and months cut at both ends, with and without what the smaller tables can honour."""
    first, last = snapshot.facts.observed_from + timedelta(40), snapshot.facts.observed_until - timedelta(40)
    cut = {"range": "custom", "start": first, "end": last}
    yield from (Filters(), Filters(range="all"), Filters(**cut), Filters(country=("Germany", "France"), **cut))
    yield Filters(range="all", channel=("Social",))
    yield Filters(channel=("Social",), segment=("Loyal",), **cut)


@pytest.mark.parametrize("name", CUBED)
def test_a_smaller_table_answers_as_the_customers_do(snapshot: Snapshot, name: str, monkeypatch: pytest.MonkeyPatch):
    snapshot._kept, snapshot.memory = {}, Memory(0)
    more = GIVEN.get(name, {})
    short = [snapshot.frame(name, view, **more) for view in _views(snapshot)]
    _without_cube(monkeypatch)
    for view, found in zip(_views(snapshot), short, strict=True):
        _equal(found, snapshot.frame(name, view, **more))
    assert sum(map(len, short))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_a_smaller_table_is_that_of_the_customers(
    snapshot: Snapshot, name: str, monkeypatch: pytest.MonkeyPatch
):
    snapshot._kept, snapshot.memory = {}, Memory(0)
    short = [snapshot.metric(name, view) for view in _views(snapshot)]
    _without_cube(monkeypatch)
    assert short == [snapshot.metric(name, view) for view in _views(snapshot)]


def _without_cube(monkeypatch: pytest.MonkeyPatch) -> None:
    holes = {"in_cube": "false", "cube_where": "false", "previous_cube_where": "false"}
    monkeypatch.setattr(Query, "_cubed", lambda *_: holes)
