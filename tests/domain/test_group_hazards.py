from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashapp.domain import group_hazards
from dashapp.domain.group_hazards import compare_groups
from dashapp.domain.hazards import proportional_hazards


def people(seed: int, n: int = 400, groups: int = 6, last: int = 30) -> tuple[np.ndarray, ...]:
    """time, ended, stratum of n subjects; who, group of memberships: everybody in one to three groups."""
    rng = np.random.default_rng(seed)
    member = rng.random((n, groups)) < 0.25
    who, group = np.nonzero(member)
    return rng.integers(0, last, n).astype(float), rng.random(n) < 0.6, rng.integers(0, 4, n), who, group


def one_by_one(time, ended, stratum, who, group, groups, z):
    """Ratio, low, high of each group by the Cox model of one column."""
    found = []
    for code in range(groups):
        column = np.isin(np.arange(len(time)), who[group == code]).astype(float)[:, None]
        cox = proportional_hazards(time, ended, column, stratum)
        found.append([cox.ratios[0], *(bound[0] for bound in cox.interval(z))])
    return np.transpose(found)


@pytest.mark.parametrize("last", [30, 3000], ids=["many ties", "few ties"])
def test_each_group_is_coxs_model_with_one_column(last):
    given = people(1, last=last)
    found = compare_groups(*given, 6, z=1.645)
    assert np.array([found.ratio, found.low, found.high]) == pytest.approx(one_by_one(*given, 6, 1.645), rel=1e-6)


def test_hundreds_who_end_at_once_are_counted_by_a_few_nodes():
    given = people(2, n=3000, last=4)
    assert compare_groups(*given, 6).ratio == pytest.approx(one_by_one(*given, 6, 1.96)[0], rel=1e-7)


def test_the_p_value_is_that_of_the_log_rank_test():
    rng = np.random.default_rng(3)
    time, ended, own = rng.exponential(1.0, 80), rng.random(80) < 0.7, np.arange(30)
    found = compare_groups(time, ended, np.zeros(80, dtype=int), own, np.zeros(30, dtype=int), 1)
    a, b = (stats.CensoredData.right_censored(time[rows], ~ended[rows]) for rows in (own, np.arange(30, 80)))
    assert found.p_value[0] == pytest.approx(stats.logrank(a, b).pvalue, rel=1e-9)


def test_groups_do_not_depend_on_how_many_are_computed_at_once(monkeypatch):
    given = people(4)
    together = compare_groups(*given, 6)
    monkeypatch.setattr(group_hazards, "ELEMENTS", 1)
    assert compare_groups(*given, 6).ratio == pytest.approx(together.ratio, rel=1e-12)


def test_a_group_of_which_nobody_ended_gets_a_wide_interval_and_an_honest_p_value():
    time, ended = np.arange(60.0), np.arange(60) % 3 != 0
    never = np.flatnonzero(~ended)
    found = compare_groups(time, ended, np.zeros(60, dtype=int), never, np.zeros(20, dtype=int), 1)
    assert 0 < found.low[0] < found.ratio[0] < 0.2
    assert found.high[0] / found.low[0] > 20
    assert found.p_value[0] < 1e-3


def test_a_group_that_is_its_whole_stratum_is_compared_with_nobody():
    time, stratum = np.arange(20.0), np.repeat([0, 1], 10)
    found = compare_groups(time, np.ones(20, bool), stratum, np.arange(10), np.zeros(10, dtype=int), 2)
    assert np.isnan(found.ratio).all()  # the second group has no members at all
    nothing = compare_groups(time, np.zeros(20, bool), stratum, np.arange(5), np.zeros(5, dtype=int), 1)
    assert np.isnan(nothing.ratio).all()
    assert compare_groups(time[:0], time[:0] > 0, stratum[:0], stratum[:0], stratum[:0], 0).ratio.shape == (0,)


def test_extreme_ratios_are_found_without_failing():
    """Group 0 ends a thousand times sooner, but for one who does not; group 1 the other way round."""
    rng = np.random.default_rng(5)
    time = np.concatenate([rng.exponential(1e-3, 99), [5.0], rng.exponential(1.0, 100)])
    own, code = np.arange(200), np.repeat([0, 1], 100)
    found = compare_groups(time, np.ones(200, bool), np.zeros(200, dtype=int), own, code, 2)
    assert found.ratio[0] == pytest.approx(1 / found.ratio[1], rel=1e-9)
    assert found.ratio[0] > 5
    assert np.all((found.low < found.ratio) & (found.ratio < found.high))


def test_one_of_a_thousand_who_ends_second_is_found_however_far_that_is():
    """1 = h / (h + 999) + h / (h + 998): Newton's own steps from no difference would never come back."""
    time, ended, alike = np.arange(1000.0), np.ones(1000, bool), np.zeros(1000, dtype=int)
    found = compare_groups(time, ended, alike, np.array([1]), np.array([0]), 1)
    assert found.ratio == pytest.approx([np.sqrt(999 * 998)], rel=1e-9)
