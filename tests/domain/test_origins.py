"""Where the past is cut, and what is said where it cannot be cut as asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.domain.origins import SHORTEST_PAST, cuts

UNTIL = date(2026, 1, 1)


def spanning(days: int, horizon: int, origins: int):
    return cuts(UNTIL - timedelta(days=days - 1), UNTIL, horizon, origins)


def back(days: int, horizon: int, origins: int) -> list[int]:
    return [(UNTIL - cut).days for cut in spanning(days, horizon, origins).cut_offs]


def test_long_data_are_cut_a_horizon_apart_and_nothing_needs_saying():
    assert back(2000, 365, 3) == [365, 730, 1095]
    assert spanning(2000, 365, 3).notes == ()


def test_shorter_data_are_cut_evenly_with_the_same_horizon():
    found = spanning(546, 273, 3)
    assert back(546, 273, 3) == [273, 341, 409]
    assert found.horizon_days == 273
    assert "68 days apart" in found.notes[0]


def test_a_horizon_beyond_half_of_the_data_is_shortened_and_said():
    found = spanning(374, 365, 3)
    assert found.horizon_days == 187
    assert found.notes[0] == "The data span 374 days, too few to test 365; the backtest looks 187 days ahead."


def test_cut_offs_a_few_days_apart_would_be_one_test_twice():
    found = spanning(90, 40, 3)
    assert back(90, 40, 3) == [40, 54]
    assert any("enough for 2 of 3 cut-offs" in note for note in found.notes)


@pytest.mark.parametrize("days", [0, 1, 20, 55])
def test_too_short_data_have_no_cut_off_and_the_reason(days: int):
    found = spanning(days, 365, 3)
    assert found.cut_offs == ()
    assert found.notes == (f"The data span {days} days; a backtest needs at least 56.",)


@given(st.integers(0, 3000), st.integers(1, 800), st.integers(1, 12))
def test_every_cut_off_leaves_a_past_and_a_whole_holdout(days: int, horizon: int, origins: int):
    found = spanning(days, horizon, origins)
    assert len(found.cut_offs) <= origins
    assert len(set(found.cut_offs)) == len(found.cut_offs)
    for cut in found.cut_offs:
        assert cut + timedelta(days=found.horizon_days) <= UNTIL
        assert (cut - (UNTIL - timedelta(days=days))).days >= SHORTEST_PAST
    assert bool(found.cut_offs) or found.notes
