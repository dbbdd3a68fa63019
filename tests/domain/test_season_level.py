"""Season days: what the clock finds in shops whose season is known, and what it never reads."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.special import roots_jacobi

from dashapp.domain import challengers
from dashapp.domain.backtest import Plan, run
from dashapp.domain.backtest_results import Backtest
from dashapp.domain.challengers import SEASON
from dashapp.domain.purchase_days import PurchaseDays, number
from dashapp.domain.season_level import NoSeason, SeasonClock, repeats
from dashapp.domain.shelf import purchase_model

START, SPAN = date(2020, 1, 1), 913
CUT_OFF = START + timedelta(days=730)
PEAK = 330


def shop(strength: float, customers: int = 3000, seed: int = 1) -> pd.DataFrame:
    """Pareto/NBD customers whose rates swing by 1 + strength cos(2 pi (day - PEAK) / 365.25); made by thinning."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, SPAN, customers)
    life = np.minimum(rng.exponential(1 / rng.gamma(0.6, 1 / 300.0, customers).clip(1e-6)), SPAN - first)
    count = rng.poisson(rng.gamma(1.0, 1 / 60.0, customers) * (1 + strength) * life)
    who = np.repeat(np.arange(customers), count)
    when = first[who] + rng.uniform(size=len(who)) * life[who]
    wave = 1 + strength * np.cos(2 * np.pi * (when - PEAK) / 365.25)
    kept = rng.uniform(0, 1 + strength, len(who)) < wave
    who, when = np.append(np.arange(customers), who[kept]), np.append(first, when[kept].astype(int))
    dates = pd.Timestamp(START) + pd.to_timedelta(when, unit="D")
    return pd.DataFrame({"customer_key": who, "order_date": dates, "amount": rng.gamma(6, 5, len(who))})


def clock(days: PurchaseDays, cut_off: date = CUT_OFF) -> SeasonClock:
    return SeasonClock.learn(days, cut_off, purchase_model("mbg_nbd").fit(days.summary(cut_off)))


def backtest(strength: float) -> Backtest:
    days = PurchaseDays.from_frame(shop(strength))
    plan = Plan(182, origins=2, models=("mbg_nbd" + SEASON,), replicates=2)
    return run(days, START, START + timedelta(days=SPAN - 1), plan)


def value(found: Backtest, name: str, metric: str, origin: int) -> float:
    wanted = (origin, name, "value", metric)
    return next(row.value for row in found.metrics if (row.origin, row.predictor, row.target, row.metric) == wanted)


def test_the_index_is_the_wave_the_shop_was_made_with():
    found = clock(PurchaseDays.from_frame(shop(0.6)))
    middle = 730 - (np.arange(12) + 0.5) * 365.25 / 12
    truth = 1 + 0.6 * np.cos(2 * np.pi * (middle - PEAK) / 365.25)
    assert np.mean(found.index) == pytest.approx(1.0)
    assert np.max(np.abs(np.array(found.index) - truth)) < 0.2
    ahead = np.arange(1, 183)
    assert found.horizon(182) == pytest.approx(
        np.sum(1 + 0.6 * np.cos(2 * np.pi * (730 + ahead - PEAK) / 365.25)), rel=0.1
    )


def test_the_clock_runs_evenly_through_a_year_and_backwards():
    found = SeasonClock(CUT_OFF, tuple(np.linspace(0.5, 1.5, 12)))
    assert found.horizon(365.25) == pytest.approx(365.25)
    assert found.elapsed(number(CUT_OFF) - 365.25) == pytest.approx(-365.25)
    assert found.horizon(10) == pytest.approx(15.0), "the twelfth after the cut-off is the oldest of the year before"
    assert found.elapsed(number(CUT_OFF) - 10) == pytest.approx(-5.0)


def test_what_a_model_expects_day_by_day_adds_up_to_what_it_expects_of_each_customer():
    days = PurchaseDays.from_frame(shop(0.0, customers=200))
    fitted = purchase_model("bg_nbd").fit(days.summary(CUT_OFF))
    actual, expected = repeats(days, CUT_OFF, fitted)
    rfm = days.summary(CUT_OFF)
    r, alpha, a, b = (fitted.parameters[name] for name in ("r", "alpha", "a", "b"))
    # Fader, Hardie & Lee (2005), equation 9, by Gauss-Jacobi quadrature of the integral over p.
    nodes, weight = roots_jacobi(100, b - 1, a - 1)
    p = (nodes + 1) / 2
    ages, customers = np.unique(rfm["T_days"], return_counts=True)
    each = [np.sum(weight * (1 - (alpha / (alpha + p * t)) ** r) / p) / weight.sum() for t in ages]
    assert actual.sum() == rfm["frequency"].sum()
    assert expected.sum() == pytest.approx(np.sum(customers * each), rel=1e-6)


@pytest.mark.slow
def test_a_seasonal_shop_is_predicted_better_in_season_days():
    found = backtest(0.6)
    for origin in (1, 2):
        for metric in ("rmse", "abs_bias_pct"):
            seasonal, plain = (value(found, name, metric, origin) for name in ("mbg_nbd" + SEASON, "mbg_nbd"))
            assert seasonal < 0.9 * plain


@pytest.mark.slow
def test_in_a_shop_without_season_the_clock_does_little():
    found = backtest(0.0)
    for origin in (1, 2):
        seasonal, plain = (value(found, name, "rmse", origin) for name in ("mbg_nbd" + SEASON, "mbg_nbd"))
        assert seasonal == pytest.approx(plain, rel=0.03)


def test_a_past_of_one_year_tells_no_season_and_the_backtest_says_so():
    orders = shop(0.6, customers=500)
    with pytest.raises(NoSeason, match="0 twelfths"):
        clock(PurchaseDays.from_frame(orders), START + timedelta(days=365))
    days = PurchaseDays.from_frame(orders[orders["order_date"] < "2021-01-01"])
    found = run(days, START, date(2020, 12, 31), Plan(90, origins=1, models=("mbg_nbd" + SEASON,), replicates=2))
    assert value(found, "mbg_nbd" + SEASON, "rmse", 1) == value(found, "mbg_nbd", "rmse", 1)
    assert any("had no season" in row.note for row in found.notes)


def test_purchases_after_the_cut_off_change_no_index():
    orders = shop(0.6, customers=800)
    later = orders["order_date"] > pd.Timestamp(CUT_OFF)
    moved = orders.assign(
        order_date=orders["order_date"].where(~later, orders["order_date"] + pd.Timedelta(days=40)),
        amount=orders["amount"].where(~later, 9.0),
    )
    assert clock(PurchaseDays.from_frame(orders)) == clock(PurchaseDays.from_frame(moved))
    assert clock(PurchaseDays.from_frame(orders)) == clock(PurchaseDays.from_frame(orders[~later]))


@pytest.mark.slow
def test_a_challenger_that_saw_a_season_at_one_cut_off_only_cannot_win():
    days = PurchaseDays.from_frame(shop(0.6))
    plan = Plan(182, origins=2, models=("mbg_nbd" + SEASON,), replicates=50)
    assert run(days, START, START + timedelta(days=SPAN - 1), plan).verdict.champion == "mbg_nbd" + SEASON
    shorter = run(days, START, START + timedelta(days=SPAN - 184), plan)
    assert [("had no season" in row.note) for row in shorter.notes].count(True) == 1
    assert shorter.verdict.champion == "mbg_nbd"


@pytest.mark.slow
def test_a_challenger_takes_no_time_of_a_large_shop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(challengers, "MOST_CUSTOMERS", 100)
    found = backtest(0.6)
    assert {row.predictor for row in found.metrics} & {"mbg_nbd", "mbg_nbd" + SEASON} == {"mbg_nbd"}
    assert sum("too many customers" in row.note for row in found.notes) == 2
