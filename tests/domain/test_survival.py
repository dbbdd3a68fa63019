from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.survival import kaplan_meier, time_to_next_order
from dashapp.errors import InputError

TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
"""Weeks in remission under 6-mercaptopurine, + where it went on: Freireich et al. (1963), Blood 21."""
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


@pytest.fixture(scope="module")
def treated():
    return kaplan_meier(
        [int(weeks.rstrip("+")) for weeks in TREATED.split()], ["+" not in weeks for weeks in TREATED.split()]
    )


def test_the_curve_of_the_leukemia_trial_is_the_textbooks(treated):
    """Kleinbaum & Klein, Survival Analysis, table 2.1; standard errors as in Collett and in R's survfit."""
    assert treated.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert treated.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert treated.waiting == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert treated.standard_error == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    assert treated.median == 23
    assert kaplan_meier(PLACEBO, [True] * 21).median == 8


def test_the_median_of_waltons_flies_is_as_published(lifelines_data, reference):
    """163 flies of two genotypes, days of life."""
    flies = pd.read_csv(lifelines_data / "waltons_dataset.csv")
    assert kaplan_meier(flies["T"], flies["E"]).median == reference["lifelines"]["waltons_km_median"]


def test_the_interval_is_log_log(treated):
    """At 10 weeks: S = .7529, se(ln(-ln S)) = .0963 / (.7529 * .2838) = .4507; .7529 ^ exp(+-1.96 * .4507)."""
    assert treated.low[2] == pytest.approx(0.503, abs=1e-3)
    assert treated.high[2] == pytest.approx(0.889, abs=1e-3)
    assert np.all((treated.low <= treated.waiting) & (treated.waiting <= treated.high))
    assert np.all((treated.low >= 0) & (treated.high <= 1))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng, inside = np.random.default_rng(2), []
    for _ in range(400):
        waits, stops = rng.exponential(10.0, 60), rng.uniform(0, 30, 60)
        curve = kaplan_meier(np.minimum(waits, stops), waits <= stops)
        at = np.searchsorted(curve.times, 7.0, side="right") - 1
        inside.append(curve.low[at] <= np.exp(-0.7) <= curve.high[at])
    assert 0.92 < np.mean(inside) < 0.98


def test_without_censoring_the_curve_is_the_share_still_waiting():
    waits = np.random.default_rng(3).integers(0, 30, 200)
    curve = kaplan_meier(waits, np.ones(200, bool))
    days = np.arange(40)
    assert curve.at(days) == pytest.approx([(waits > day).mean() for day in days])
    assert curve.waiting[-1] == 0
    assert (curve.low[-1], curve.subjects) == (0, 200)


def test_nobody_back_yet_is_a_flat_curve():
    curve = kaplan_meier([5, 9], [False, False])
    assert len(curve.times) == 0
    assert curve.at([0, 100]).tolist() == [1, 1]
    assert curve.median == float("inf")
    assert len(kaplan_meier([], []).times) == 0


def test_waits_run_from_order_to_order_and_stop_at_the_cut_off():
    """a: days 0, 10, 10, 15; b: day 5, then after the cut-off; c: day 20. Cut-off day 25."""
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta([10, 0, 15, 10, 5, 40, 20], unit="D")
    days = PurchaseDays.from_frame(pd.DataFrame({"customer_key": list("aaaabbc"), "order_date": dates, "amount": 1.0}))
    curves = time_to_next_order(days, date(2024, 1, 26))
    assert list(curves) == [1, 2, 3]
    assert (curves[1].subjects, curves[1].times.tolist(), curves[1].at_risk.tolist()) == (3, [10], [2])
    assert curves[1].waiting.tolist() == [0.5]  # c was censored after 5 days, b after 20
    assert (curves[2].times.tolist(), curves[2].waiting.tolist()) == ([5], [0])
    assert (curves[3].subjects, len(curves[3].times)) == (1, 0)
    assert list(time_to_next_order(days, date(2024, 1, 26), orders=1)) == [1]


def test_impossible_waits_are_refused():
    for durations, ended in (([1, -1], [True, True]), ([1, np.nan], [True, True]), ([1], [True, False])):
        with pytest.raises(InputError, match="zero or more"):
            kaplan_meier(durations, ended)
