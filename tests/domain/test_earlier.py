"""Windows of a shop with a planted level in each: customers' intervals hold where the whole shop strays."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from dashapp.domain.backtest_results import CoverageRow
from dashapp.domain.earlier import Earlier
from dashapp.domain.holdout import LEVELS, Holdout, Intervals
from tests.domain.straying import FROM, WINDOW, straying


def last_window(levels: list[float]) -> tuple[float, float, float]:
    """Share inside 90 % intervals in the last window, as modelled and as widened; times the width."""
    days, last = straying(5, levels, 1000)
    cut_off = last - timedelta(days=WINDOW)
    holdout = Holdout.of(1, days, cut_off, WINDOW)
    candidate = holdout.candidate("mbg_nbd", holdout.spend())
    widenings = Earlier.of(days, FROM, WINDOW, "mbg_nbd").widenings(cut_off)
    plain, wide = (
        next(row for row in found.coverage(1, "mbg_nbd", "") if (row.level, row.decile) == (0.9, 0))
        for found in (holdout.intervals(candidate), holdout.intervals(candidate, widenings))
    )
    return plain.covered, wide.covered, wide.width / plain.width


@pytest.mark.slow
def test_a_busy_window_stays_inside_where_one_like_it_was_seen():
    plain, wide, ratio = last_window([0.0, 0.0, 0.5, 0.0, 0.5])
    assert plain < 0.87
    assert 0.88 <= wide <= 0.97
    assert ratio < 1.7


def test_a_first_busy_season_stays_inside_though_calm_windows_were_all_that_was_seen():
    plain, wide, ratio = last_window([0.0, 0.0, 0.0, 0.45])
    assert plain < 0.85
    assert 0.88 <= wide <= 0.97
    assert ratio < 1.4


def test_a_shop_that_was_calm_for_a_year_pays_little():
    plain, wide, ratio = last_window([0.0] * 6)
    assert 0.88 <= plain <= wide <= 0.96
    assert ratio < 1.25


@pytest.mark.slow
def test_only_windows_that_were_over_are_looked_at():
    days, last = straying(3, [0.0, 0.0, 0.0, 1.2], 400)
    before = last - timedelta(days=WINDOW)
    earlier = Earlier.of(days, FROM, WINDOW, "mbg_nbd")
    calm, wild = earlier.widenings(before), earlier.widenings(last)
    assert [item.windows for item in calm] == [2, 2]
    assert [item.windows for item in wild] == [3, 3]
    assert {cut_off for cut_off, _ in earlier.looked_at} == {
        before - timedelta(days=WINDOW * number) for number in range(3)
    }
    assert all(after.stretch > item.stretch + 0.2 for item, after in zip(calm, wild, strict=True))
    assert [note for note in earlier.notes(before) if note.startswith("Only 2 windows say how far the shop strays")]
    assert "They make up 273 days, less than a year" in earlier.notes(last)[0]


def test_a_year_of_windows_needs_no_note():
    days, last = straying(3, [0.0] * 5, 400)
    assert Earlier.of(days, FROM, WINDOW, "mbg_nbd").notes(last) == []


def test_where_no_window_of_the_horizon_can_be_fitted_shorter_ones_are_looked_at():
    """The first day of data lies a year before the first purchases, so a window ago hardly anybody had bought again."""
    days, _ = straying(5, [0.0, 0.0, 0.0], 1000)
    until = FROM + timedelta(days=WINDOW + 2)
    earlier = Earlier.of(days, FROM - timedelta(days=365), WINDOW, "mbg_nbd")
    assert [item.windows for item in earlier.widenings(until)] == [1, 1]
    fitted = {key for key, needs in earlier.looked_at.items() if needs is not None}
    assert fitted == {(until - timedelta(days=45), 45)}


def test_the_account_names_the_worst_cut_off_and_the_shortfall():
    days, last = straying(3, [0.0, 0.0, 0.0], 400)
    held = {(1, "model"): 0.70, (2, "model"): 0.95, (1, "widened"): 0.80, (2, "widened"): 0.96}
    rows = [
        CoverageRow(origin, "mbg_nbd", kind, 0.9, decile, 400, share - decile / 10, 2.0 if kind == "widened" else 1.0)
        for (origin, kind), share in held.items()
        for decile in (0, 1)
    ]
    eighty = [CoverageRow(row.origin, row.model, row.kind, 0.8, 0, 400, row.covered, row.width) for row in rows]
    _, found = Earlier.of(days, FROM, WINDOW, "mbg_nbd").rows(last, [*rows, *eighty])
    assert (found.level, found.windows) == (0.9, 2)
    assert (found.model_short, found.widened_short) == pytest.approx((0.10, 0.05))
    assert (found.fewest, found.width_ratio) == pytest.approx((0.80, 2.0))


def test_coverage_counts_whom_the_bounds_hold():
    came = np.arange(1000.0)
    bounds = np.stack([np.stack([np.full(1000, 100.0), np.full(1000, 899.0)])] * len(LEVELS))
    rows = list(Intervals(came, came, bounds).coverage(1, "mbg_nbd", "model"))
    assert [row.covered for row in rows if row.decile == 0] == [0.8, 0.8]
    assert [row.covered for row in rows if row.level == 0.9 and row.decile in (1, 5, 10)] == [0.0, 1.0, 0.0]
