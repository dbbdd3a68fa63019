"""Totals with their intervals, against brute force: Monte Carlo of customers, re-scoring at drawn parameters."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import Truth, customers
from dashapp.domain import scoring, shelf
from dashapp.domain.models import gamma_gamma, mbg_nbd
from dashapp.domain.patterns import Patterns
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain, known, uncertain_purchases, uncertain_value

TRUTH = Truth()
HORIZON = 365


def histories(n: int, seed: int, longest: int = 730) -> tuple[pd.DataFrame, pd.DataFrame]:
    """MBG/NBD x Gamma-Gamma customers in continuous time: what is known at T, and count and money of the horizon."""
    rng = np.random.default_rng(seed)
    rate, leave = rng.gamma(TRUTH.r, 1.0 / TRUTH.alpha, n), rng.beta(TRUTH.a, TRUTH.b, n)
    scale, age = rng.gamma(TRUTH.q, 1.0 / TRUTH.v, n), rng.uniform(1.0, longest, n)
    past, future = np.zeros((3, n)), np.zeros((2, n))
    here, clock = np.flatnonzero(rng.random(n) >= leave), np.zeros(n)
    while len(here):
        clock[here] += rng.exponential(1.0, len(here)) / rate[here]
        here = here[clock[here] < age[here] + HORIZON]
        money = rng.gamma(TRUTH.p, 1.0, len(here)) / scale[here]
        old = clock[here] < age[here]
        past[0, here[old]] += 1
        past[1, here[old]] = clock[here[old]]
        past[2, here[old]] += money[old]
        future[0, here[~old]] += 1
        future[1, here[~old]] += money[~old]
        here = here[rng.random(len(here)) >= leave[here]]
    known_then = pd.DataFrame({
        "customer_key": np.arange(n), "frequency": past[0], "recency_days": past[1], "T_days": age,
        "monetary_value": past[2] / np.maximum(past[0], 1),
    })  # fmt: skip
    return known_then, pd.DataFrame({"purchases": future[0], "value": future[1]})


@pytest.fixture(scope="module")
def rfm() -> pd.DataFrame:
    return customers(1500, TRUTH)


@pytest.fixture(scope="module")
def fits(rfm: pd.DataFrame) -> Fits:
    return scoring.fit(rfm, "mbg_nbd")


def test_the_mean_is_the_clv_of_the_scores(rfm: pd.DataFrame, fits: Fits):
    scores = scoring.score(rfm, scoring.Assumptions(horizon_days=HORIZON, gross_margin=0.4), fitted=fits).frame
    value = uncertain_value(fits, rfm, HORIZON, 0.10, 0.4)
    assert value.mean == pytest.approx(scores["clv"].to_numpy(), rel=1e-9)


def test_variance_of_a_customer_is_that_of_many_such_customers():
    """The same history a hundred thousand times: what the posterior draws do has the variance of the closed form."""
    purchases = replace(_fit(mbg_nbd.MODEL), parameters={"r": 0.9, "alpha": 30.0, "a": 0.8, "b": 2.0})
    spend = replace(_fit(gamma_gamma.MODEL), parameters={"p": 6.0, "q": 5.0, "v": 20.0})
    one = pd.DataFrame({"frequency": [4], "recency_days": [200], "T_days": [260], "monetary_value": [9.0]})
    rng, n = np.random.default_rng(3), 200_000
    alive = rng.random(n) < purchases.p_alive(Patterns.from_frame(one))[0]
    rate, leave = rng.gamma(4.9, 1.0 / 290.0, n), rng.beta(0.8, 2.0 + 4 + 1, n)
    scale = rng.gamma(5.0 + 24.0, 1.0 / (20.0 + 36.0), n)
    count, money, clock, here = np.zeros(n), np.zeros(n), np.zeros(n), np.flatnonzero(alive)
    while len(here):
        clock[here] += rng.exponential(1.0, len(here)) / rate[here]
        here = here[clock[here] < HORIZON]
        count[here] += 1
        money[here] += rng.gamma(6.0, 1.0, len(here)) / scale[here]
        here = here[rng.random(len(here)) >= leave[here]]
    value, bought = uncertain_value(Fits(purchases, spend), one, HORIZON), uncertain_purchases(purchases, one, HORIZON)
    assert value.mean[0] == pytest.approx(money.mean(), rel=0.015)
    assert value.variance[0] == pytest.approx(money.var(), rel=0.03)
    assert bought.variance[0] == pytest.approx(count.var(), rel=0.03)


def _fit(model):
    return model.fit(customers(300, TRUTH))


def test_standard_errors_are_those_of_scores_at_drawn_parameters(rfm: pd.DataFrame, fits: Fits):
    some = rfm.head(300)
    value, patterns = uncertain_value(fits, some, HORIZON), Patterns.from_frame(some)
    rng, clv = np.random.default_rng(5), np.empty((400, len(some)))
    for draw in range(len(clv)):
        purchases, spend = (fit.moved(_drawn(rng, fit)) for fit in (fits.purchases, fits.spend))
        clv[draw] = purchases.expected_purchases(patterns, HORIZON)
        clv[draw] *= spend.expected_order_value(some["frequency"], some["monetary_value"])
    assert value.total_standard_error / value.mean.sum() == pytest.approx(np.log(clv.sum(axis=1)).std(), rel=0.12)
    relative = value.standard_error / value.mean / np.log(clv).std(axis=0)
    assert np.median(relative) == pytest.approx(1.0, abs=0.1)
    assert np.all((relative > 0.7) & (relative < 1.4))


def _drawn(rng, fit):
    return rng.multivariate_normal(np.zeros(len(fit.parameters)), np.array(fit.covariance))


def test_a_total_knows_less_than_its_bounds_added_and_more_than_each(rfm: pd.DataFrame, fits: Fits):
    value = uncertain_value(fits, rfm, HORIZON)
    halves = value.totals(np.arange(len(rfm)) % 2)
    both = value.totals()
    assert halves.total.sum() == pytest.approx(both.total[0])
    assert halves.customers.tolist() == [750, 750]
    width = both.high[0] - both.low[0]
    assert np.max(halves.high - halves.low) < width < np.sum(halves.high - halves.low)


def test_a_total_without_variance_has_no_interval_and_one_of_nothing_is_zero():
    nothing = Uncertain(np.array([0.0, 5.0]), np.zeros((1, 2)), np.array([0.0, np.inf]))
    found = nothing.totals(np.array([0, 1]))
    assert (found.low[0], found.high[0]) == (0.0, 0.0)
    assert np.isnan([found.low[1], found.high[1]]).all()


def test_the_covariance_survives_json_and_is_missing_in_fits_of_earlier_versions(fits: Fits):
    assert known(fits)
    for fit in (fits.purchases, fits.spend):
        again = shelf.restore(fit.to_json())
        assert again.covariance == fit.covariance
        for place, name in enumerate(sorted(fit.parameters)):
            free = fit.parameters[name] - fit.lower_limits.get(name, 0.0)
            assert np.sqrt(fit.covariance[place][place]) * free == pytest.approx(fit.standard_errors[name])
        old = json.loads(fit.to_json())
        del old["covariance"]
        assert shelf.restore(json.dumps(old)).covariance == ()


@pytest.mark.slow
def test_the_interval_of_a_total_holds_what_comes_in_four_worlds_of_five():
    """120 worlds of 800 customers; binomial two standard errors around 80 % are 7.3 points."""
    inside = np.zeros((120, 2))
    for world in range(len(inside)):
        rfm, came = histories(800, seed=world)
        fitted = Fits(mbg_nbd.MODEL.fit(rfm), gamma_gamma.MODEL.fit(rfm))
        for place, (found, truth) in enumerate((
            (uncertain_value(fitted, rfm, HORIZON), came["value"]),
            (uncertain_purchases(fitted.purchases, rfm, HORIZON), came["purchases"]),
        )):  # fmt: skip
            total = found.totals()
            inside[world, place] = total.low[0] <= truth.sum() <= total.high[0]
    assert np.all(np.abs(inside.mean(axis=0) - 0.80) < 0.075)
