"""Intervals at the cut-offs: how often they held, and whether what older cut-offs teach is worth using."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.backtest import _correct, _Gathered
from dashapp.domain.holdout import LEVELS, Intervals

N = 3000


def cut_off(seed: int, width: float, level_of_sales: float = 1.0) -> Intervals:
    """What came is 0.2 to 1.8 of the prediction, evenly, times the season; `width` 1 makes the 80 % interval right."""
    random = np.random.default_rng(seed)
    predicted = random.lognormal(3.0, 0.5, N)
    actual = predicted * random.uniform(0.2, 1.8, N) * level_of_sales
    bounds = [(predicted * (1 - level * 0.8 * width), predicted * (1 + level * 0.8 * width)) for level in LEVELS]
    return Intervals(predicted, actual, np.array(bounds))


def corrections(intervals: dict[int, Intervals]):
    gathered = _Gathered()
    _correct("mbg_nbd", intervals, gathered)
    return {row.level: row for row in gathered.tables["corrections"]}, gathered.tables["coverage"]


def test_intervals_that_are_always_too_narrow_are_widened():
    rows, coverage = corrections({number: cut_off(number, width=0.5) for number in (1, 2, 3)})
    assert all(row.is_used for row in rows.values())
    assert rows[0.8].model_miss == pytest.approx(0.4, abs=0.03)
    assert rows[0.8].corrected_miss < 0.03
    kinds = {(row.origin, row.kind) for row in coverage}
    assert kinds == {(1, "model"), (2, "model"), (3, "model"), (1, "corrected"), (2, "corrected")}


def test_what_the_other_season_teaches_is_not_used():
    seasons = {1: cut_off(1, 1.0), 2: cut_off(2, 1.0, level_of_sales=2.5), 3: cut_off(3, 1.0)}
    rows, _ = corrections(seasons)
    assert not any(row.is_used for row in rows.values())


def test_one_cut_off_teaches_but_nothing_shows_that_it_helps():
    rows, coverage = corrections({1: cut_off(1, width=0.5)})
    assert not any(row.is_used for row in rows.values())
    assert np.isnan(rows[0.8].corrected_miss)
    assert rows[0.8].model_miss == pytest.approx(0.4, abs=0.03)
    assert {row.kind for row in coverage} == {"model"}


def test_together_no_customer_is_lost():
    both = Intervals.together([cut_off(1, 1.0), cut_off(2, 1.0)])
    assert both.predicted.shape == both.actual.shape == (2 * N,)
    assert both.bounds.shape == (len(LEVELS), 2, 2 * N)
