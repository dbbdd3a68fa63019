"""What was counted beforehand is what counting now gives: kept answers, and smaller tables for the customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import duckdb
import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import RANGES
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.settings import Settings
from dashapp.store import answers, metrics, query
from dashapp.store.memory import Memory
from dashapp.store.metrics import MetricValue
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
    worth = answers.worth_keeping(snapshot.facts).values()
    assert len(worth) > 30
    for _, sql, values, _ in worth:
        kept, nothing = snapshot._brought(sql, values)
        assert (kept, nothing) != (sql, values)
        _equal(snapshot._framed(kept, nothing, {}), snapshot._framed(sql, values, {}))


def test_what_home_tells_of_moves_is_kept(snapshot: Snapshot):
    """It groups every customer twice: with eleven million of them, seconds."""
    asked = query.find("segment_moves").statement(MOVED, snapshot.facts, {"from_day": None, "to_day": None})
    assert snapshot._brought(*asked) != asked


def test_another_view_is_asked_anew(snapshot: Snapshot):
    question = query.find("revenue_bridge")
    for view in (Filters(country=("Germany",)), Filters(range="l90d", country=("Germany",))):
        asked = question.statement(view, snapshot.facts, {})
        assert snapshot._brought(*asked) == asked


@pytest.mark.parametrize("name", RANGES)
def test_who_made_the_difference_is_kept_for_every_named_range(snapshot: Snapshot, name: str):
    """It groups the customers of two periods, a second for the longest of a large shop."""
    question = query.find("revenue_bridge")
    for compare in Compare:
        for basis in Basis:
            asked = question.statement(Filters(range=name, compare=compare, basis=basis), snapshot.facts, {})
            assert snapshot._brought(*asked) != asked


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
    again = [snapshot.metric(name, view) for view in _views(snapshot)]
    _equal(pd.DataFrame(short), pd.DataFrame(again))


def _without_cube(monkeypatch: pytest.MonkeyPatch) -> None:
    arms = (
        "is_plain",
        "in_cube",
        "cube_where",
        "previous_cube_where",
        "in_choice",
        "choice_where",
        "previous_choice_where",
    )
    monkeypatch.setattr(Query, "_smaller", lambda *_: dict.fromkeys(arms, "false"))


CHOSEN: tuple[dict[str, tuple[str, ...]], ...] = (
    {"segment": ("Loyal",)}, {"segment": ("Dormant", "Loyal")}, {"cohort": ("2024-03",)},
    {"cohort": ("2024-03", "2024-05")}, {"category": ("Home",)},
)  # fmt: skip
BESIDE: tuple[dict[str, tuple[str, ...]], ...] = (
    {"category": ("Garden", "Home")}, {"category": ("Home",), "country": ("Germany",)},
    {"segment": ("Loyal",), "cohort": ("2024-03",)}, {"segment": ("Loyal",), "product": ("P-001",)},
)  # fmt: skip
"What the table of one choice cannot tell."


def _choosing(chosen: tuple[dict[str, tuple[str, ...]], ...]) -> Iterator[Filters]:
    """Every choice under every basis, each under another period and comparison."""
    spans = (("l12m", Compare.PREVIOUS_YEAR), ("l90d", Compare.PREVIOUS_PERIOD), ("all", Compare.NONE))
    for choice in chosen:
        for basis, (span, compare) in zip(Basis, spans, strict=True):
            yield Filters(range=span, compare=compare, basis=basis).choosing(choice)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_sales_of_one_choice_are_those_of_its_customers(
    snapshot: Snapshot, grain: str, monkeypatch: pytest.MonkeyPatch
):
    """Weeks begin on another day than Monday."""
    monkeypatch.setattr(query, "week_shift_days", lambda: 1)
    snapshot._kept, snapshot.memory = {}, Memory(0)
    views = [*_choosing(CHOSEN), *_choosing(BESIDE)]
    short = [snapshot.frame("revenue_trend", view, grain=grain) for view in views]
    _without_cube(monkeypatch)
    for view, found in zip(views, short, strict=True):
        _equal(found, snapshot.frame("revenue_trend", view, grain=grain))
    assert all(map(len, short[: 3 * len(CHOSEN)]))


def test_figures_and_the_grid_of_one_choice_are_those_of_its_customers(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
):
    snapshot._kept, snapshot.memory = {}, Memory(0)
    views = [*_choosing(CHOSEN), *_choosing(BESIDE)]
    grids, figures = _grids_and_figures(snapshot, views)
    _without_cube(monkeypatch)
    grids_again, figures_again = _grids_and_figures(snapshot, views)
    for one, other in zip(grids, grids_again, strict=True):
        _equal(one, other)
    _equal(pd.DataFrame(figures), pd.DataFrame(figures_again))


def _grids_and_figures(snapshot: Snapshot, views: list[Filters]) -> tuple[list[pd.DataFrame], list[MetricValue]]:
    figures = [snapshot.metric(name, view) for view in views for name in FIGURES]
    return [snapshot.frame("rfm_grid", view) for view in views], figures


@pytest.mark.parametrize("view", [*_choosing(CHOSEN)], ids=str)
def test_one_choice_reads_the_smaller_table_alone(snapshot: Snapshot, view: Filters):
    sql, _ = query.find("revenue_trend").statement(view, snapshot.facts, {"grain": "month"})
    assert "where false and" in sql  # by place
    assert "where not (false or true) and" in sql  # by customer


@pytest.mark.parametrize("view", [*_choosing(BESIDE)], ids=str)
def test_what_the_smaller_table_cannot_tell_is_asked_of_the_customers(snapshot: Snapshot, view: Filters):
    sql, _ = query.find("revenue_trend").statement(view, snapshot.facts, {"grain": "month"})
    assert "where not (false or false) and" in sql


def test_a_shop_of_too_many_categories_is_asked_customer_by_customer(snapshot: Snapshot):
    facts = replace(snapshot.facts, has_category_days=False)
    for choice, holds in (({"category": ("Home",)}, "false"), ({"segment": ("Loyal",)}, "true")):
        sql, _ = metrics.metric("orders").query.statement(Filters(**choice), facts, {})
        assert f"where not (false or {holds}) and" in sql


def test_a_question_that_heeds_less_chooses_by_what_it_heeds(snapshot: Snapshot):
    """A choice that a question does not heed must not send it to a table of that choice."""
    narrow = replace(query.find("revenue_trend"), filters=frozenset({"period", "country"}))
    sql, values = narrow.statement(Filters(segment=("Loyal",)), snapshot.facts, {"grain": "month"})
    assert "where not (true or false) and" in sql
    assert "Loyal" not in values.values()
