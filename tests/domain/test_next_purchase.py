"""Windows hold the next purchases they promise; lateness is what the customer's own rhythm says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import ParetoTruth, customers
from dashapp.domain import shelf
from dashapp.domain.next_purchase import usual_wait, window
from dashapp.domain.patterns import Patterns
from dashapp.domain.purchase_days import PurchaseDays, number
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_nbd", "nbd"])
def test_between_purchases_at_random_the_window_is_that_of_a_lomax_cut_at_the_horizon(model, crowd):
    """F(t) = 1 - (A / (A + t))^(r + x) can be inverted by hand."""
    fitted, patterns = shelf.purchase_model(model).fit(crowd), Patterns.from_frame(crowd)
    shape, rate = fitted.parameters["r"] + patterns.frequency.array, fitted.parameters["alpha"] + patterns.T.array
    total = -np.expm1(shape * np.log(rate / (rate + 365)))
    for found, share in zip(window(fitted, patterns, 365.0), (0.1, 0.5, 0.9), strict=True):
        exact = rate * ((1.0 - share * total) ** (-1.0 / shape) - 1.0)
        assert found == pytest.approx(exact, abs=1.0)


@pytest.mark.parametrize("model", ["mbg_nbd", "pareto_nbd", "bg_cnbd_k"])
def test_eight_of_ten_next_purchases_of_cdnow_fall_into_their_window(model, transactions: pd.DataFrame):
    days = PurchaseDays.from_frame(transactions)
    rfm = days.summary(CALIBRATION_END)
    low, _, high = window(shelf.purchase_model(model).fit(rfm), Patterns.from_frame(rfm), HOLDOUT_DAYS)
    wait = first_wait(days, CALIBRATION_END)[days.known(CALIBRATION_END)]
    bought = np.isfinite(wait)
    inside = (wait >= np.floor(low)) & (wait <= np.ceil(high))
    assert bought.sum() > 600
    assert inside[bought].mean() == pytest.approx(0.80, abs=0.06)


def first_wait(days: PurchaseDays, cut_off: date) -> np.ndarray:
    """Days from the cut-off to each customer's next purchase; infinite without one."""
    wait = np.full(len(days), np.inf)
    rows = np.flatnonzero(days.is_purchase & (days.day > number(cut_off)))
    np.minimum.at(wait, days.customer[rows], days.day[rows] - number(cut_off))
    return wait


def test_one_in_ten_customers_who_stay_is_late_at_the_next_purchase():
    """Where nobody leaves, 10 % of the gaps after the third repeat exceed the usual wait after it.

    After a purchase picked by its number, not the last before a day: the gap around a day is longer than others.
    """
    random = np.random.default_rng(11)
    r, alpha, n = 2.0, 60.0, 4000
    rate = random.gamma(r, 1.0 / alpha, (n, 1))
    third, fourth = np.cumsum(random.exponential(1.0, (n, 4)) / rate, axis=1).T[2:]
    fitted = shelf.purchase_model("nbd").fit(customers(3000, ParetoTruth(s=0.0)))
    known = replace(fitted, parameters={"r": r, "alpha": alpha})
    wait = usual_wait(known, Patterns.of(np.full(n, 3), third, third))
    assert (fourth - third > wait).mean() == pytest.approx(0.10, abs=0.015)


def test_regular_buyers_are_late_sooner():
    """Erlang-3 gaps of the same mean: the wait of nine in ten is shorter than at random."""
    crowd = customers(3000, ParetoTruth(s=0.0))
    at_random = shelf.purchase_model("nbd").fit(crowd)
    slower = {"r": at_random.parameters["r"], "alpha": at_random.parameters["alpha"] / 3.0}
    regular = replace(at_random, parameters=slower, facts={"k": 3.0})
    patterns = Patterns.of(np.array([8]), np.array([160.0]), np.array([170.0]))
    assert usual_wait(regular, patterns)[0] < usual_wait(at_random, patterns)[0]


def test_who_bought_once_is_hardly_ever_late(cdnow: pd.DataFrame):
    patterns = Patterns.from_frame(cdnow)
    wait = usual_wait(shelf.purchase_model("bg_nbd").fit(cdnow), patterns)
    once = patterns.frequency.array == 0
    assert (wait[once] > 3650).all()
    assert np.isfinite(wait[patterns.frequency.array > 3]).all()
