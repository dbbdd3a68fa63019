"""What a snapshot remembers is what it would answer again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp.charts import catalogue
from dashapp.charts.chart import Flag
from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.services import charting
from dashapp.settings import Settings
from dashapp.store.memory import LARGEST_CELLS, MOST_CELLS, Memory
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_an_answer_is_looked_for_once_and_the_oldest_makes_room():
    asked: list[str] = []
    memory = Memory(most=2)
    for question in ("a", "b", "a", "c", "a", "b"):
        memory.answer(question, lambda question=question: asked.append(question) or question.upper())
    assert asked == ["a", "b", "c", "b"]


def test_frames_make_room_by_their_cells():
    memory, frame, anew = Memory(), pd.DataFrame(np.zeros((LARGEST_CELLS, 1))), pd.DataFrame()
    for number in range(MOST_CELLS // LARGEST_CELLS + 1):
        memory.answer(number, lambda: frame)
    assert memory.answer(0, lambda: anew) is anew
    assert memory.answer(2, lambda: anew) is frame


def test_failures_and_large_frames_are_not_kept():
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.answer("x", lambda: 1 / 0)
    large = pd.DataFrame(np.zeros((LARGEST_CELLS + 1, 1)))
    assert memory.answer("x", lambda: large) is large
    assert memory.answer("x", lambda: 2) == 2


def test_whoever_changes_an_answer_changes_only_theirs(snapshot):
    first = snapshot.frame("growth_accounting", Filters())
    kept = first.copy()
    first["new"] = 0
    first.loc[0, "lapsed"] = -1
    pd.testing.assert_frame_equal(snapshot.frame("growth_accounting", Filters()), kept)


def test_a_question_is_told_from_every_other_one(snapshot):
    views = (Filters(), Filters(range="l90d"), Filters(country=("France",)), Filters(country=("France", "Germany")))
    forgetful = Snapshot(snapshot._connection.cursor(), snapshot.facts, 60, memory=Memory(0))
    for name in ("growth_accounting", "clv_distribution", "growth_accounting"):
        for filters in views:
            pd.testing.assert_frame_equal(snapshot.frame(name, filters), forgetful.frame(name, filters))


def test_a_note_on_a_chart_is_drawn_although_the_chart_is_known(snapshot):
    plain = charting.draw("revenue_trend", snapshot, Filters())
    day = snapshot.facts.observed_until
    told = charting.draw("revenue_trend", snapshot, Filters(), [Flag(day, day, "Sale", "Ann")])
    assert "Sale" in told.summary
    assert charting.draw("revenue_trend", snapshot, Filters()) is plain


def test_a_chart_is_drawn_once_for_all_views_that_its_question_cannot_tell_apart(snapshot):
    drawn = charting.draw("clv_distribution", snapshot, Filters())
    elsewhere = Filters(range="l90d", compare=Compare.NONE, basis=Basis.GROSS_SALES)
    assert charting.draw("clv_distribution", snapshot, elsewhere) is drawn
    assert charting.draw("clv_distribution", snapshot, Filters(country=("France",))) is not drawn
    trend = charting.draw("revenue_trend", snapshot, Filters())
    assert charting.draw("revenue_trend", snapshot, Filters(compare=Compare.NONE)) is not trend


@pytest.mark.slow
def test_no_chart_looks_different_where_its_question_cannot(snapshot):
    views = (
        Filters(range="l90d", compare=Compare.PREVIOUS_PERIOD, basis=Basis.GROSS_SALES),
        Filters(range="all", compare=Compare.NONE, channel=("E-mail",)),
    )
    for spec in catalogue.charts().values():
        for filters in views:
            heard = charting._heard(spec.query, spec.ahead, filters)
            if heard != filters:
                whole, drawn = (charting._drawn(spec, snapshot, seen, (), {}) for seen in (filters, heard))
                assert whole.figure == drawn.figure, spec.name
                assert (whole.summary, whole.marks, whole.note) == (drawn.summary, drawn.marks, drawn.note), spec.name
                pd.testing.assert_frame_equal(whole.table, drawn.table)
