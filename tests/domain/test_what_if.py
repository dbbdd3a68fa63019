"""The lab's arithmetic, against the models themselves and against sums worked out by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import Truth, customers
from dashapp.domain import scoring, what_if, what_if_curves
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import uncertain_value
from dashapp.domain.what_if import Curves, Population, Scenario
from dashapp.domain.what_if_address import KEYS, read, to_query
from dashapp.errors import FilterError

BASE = Scenario(gross_margin=0.4, annual_discount_rate=0.1, horizon_days=365)


@pytest.fixture(scope="module")
def rfm() -> pd.DataFrame:
    return customers(1500, Truth()).astype({"frequency": int, "recency_days": int, "T_days": int})


def asked(rfm: pd.DataFrame, model: str) -> tuple[Fits, Population, Curves]:
    """The fits, all customers, and the curves, as a refresh writes them and the lab reads them."""
    fits = scoring.fit(rfm, model)
    value = uncertain_value(fits, rfm, 365, 0.1, 0.4)
    price = fits.spend.expected_order_value(rfm["frequency"], rfm["monetary_value"])
    written = what_if_curves.write(fits, rfm, value, price)
    curves = Curves(
        written.coefficients, written.slopes, written.spread, fits.purchases.leaves_by_purchase,
        fits.purchases.customers_leave, written.newcomer, float(fits.spend.expected_order_value([0], [0.0])[0]), BASE,
    )  # fmt: skip
    curve = rfm.merge(written.cells, on=["frequency", "T_days"], how="left", validate="many_to_one")["curve"]
    return fits, curves.population(curve, np.ones(len(rfm)), value.mean, value.mean * price), curves


@pytest.fixture(scope="module", params=["mbg_nbd", "pareto_nbd"])
def lab(rfm: pd.DataFrame, request: pytest.FixtureRequest) -> tuple[Fits, Population, Curves]:
    return asked(rfm, request.param)


def direct(fits: Fits, rfm: pd.DataFrame, horizon_days: int, rate: float, margin: float) -> float:
    """The value that scoring gives under these assumptions."""
    wanted = scoring.Assumptions(fits.purchases.model, horizon_days, rate, margin)
    return float(scoring.score(rfm, wanted, fitted=fits).frame["clv"].sum())


def test_the_published_assumptions_give_the_published_value(lab, rfm: pd.DataFrame):
    fits, people, _ = lab
    assert people.value(BASE) == pytest.approx(direct(fits, rfm, 365, 0.1, 0.4), rel=1e-9)
    assert people.contributions(BASE) == {}


@pytest.mark.parametrize(
    ("days", "rate", "margin"), [(1, 0.1, 0.4), (90, 0.0, 1.0), (1500, 0.5, 0.2), (3650, 0.1, 0.4)]
)
@pytest.mark.slow
def test_other_horizons_rates_and_margins_give_what_scoring_gives(lab, rfm: pd.DataFrame, days, rate, margin):
    fits, people, _ = lab
    found = people.value(Scenario(margin, rate, days))
    assert found == pytest.approx(direct(fits, rfm, days, rate, margin), rel=3e-4)


@pytest.mark.parametrize(("buying", "leaving"), [(4.0, 1.0), (0.25, 1.0), (1.0, 4.0), (1.0, 0.25), (1.7, 1.3)])
@pytest.mark.slow
def test_buying_and_leaving_do_what_they_say_to_each_living_customer(lab, rfm: pd.DataFrame, buying, leaving):
    """E under changed parameters of the future: simulated by quadrature over the posterior of each model."""
    fits, people, _ = lab
    patterns = fits.purchases.patterns(rfm)
    cells = fits.purchases.cells(patterns)
    if fits.purchases.leaves_by_purchase:  # lambda ~ Gamma(r+x, alpha+T) times `buying`; odds a : b+x+1 times `leaving`
        r, alpha, a, b = (fits.purchases.parameters[name] for name in ("r", "alpha", "a", "b"))
        expected = _mean_of_geometric(
            r + cells.frequency, (alpha + cells.T) / buying, a * leaving, b + cells.frequency + 1
        )
    else:  # lambda and mu ~ Gamma, each times its factor
        r, alpha, s, beta = (fits.purchases.parameters[name] for name in ("r", "alpha", "s", "beta"))
        rate = buying * (r + cells.frequency) / (alpha + cells.T)
        t = np.linspace(0.0, 365.0, 4001)
        stays = (1.0 + leaving * t / (beta + cells.T[:, None])) ** -s
        expected = rate * np.trapezoid(stays, t, axis=1)
    price = fits.spend.expected_order_value(rfm["frequency"], rfm["monetary_value"])
    money = 0.4 * np.sum(fits.purchases.p_alive(patterns) * expected[cells.inverse] * price)
    changed = replace(BASE, annual_discount_rate=0.0, purchase_rate=buying, leaving=leaving)
    assert people.value(changed) == pytest.approx(money, rel=1e-3)


def _mean_of_geometric(shape, rate, a, c):
    """E over p ~ Beta(a, c), lambda ~ Gamma of (1 - exp(-lambda p t)) / p, on a fine grid of p."""
    log_odds = np.linspace(-40.0, 40.0, 8001)
    p = 1.0 / (1.0 + np.exp(-log_odds))
    weight = a * np.log(p) + c[:, None] * np.log1p(-np.minimum(p, 1.0 - 1e-16))
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    reach = -np.expm1(-shape[:, None] * np.log1p(p * 365.0 / rate[:, None])) / p
    return np.sum(weight * reach, axis=1) / np.sum(weight, axis=1)


def test_contributions_add_up_and_do_not_depend_on_any_order(lab):
    _, people, _ = lab
    changed = replace(BASE, gross_margin=0.5, purchase_rate=1.3, order_value=0.9)
    found = people.contributions(changed)
    assert sum(found.values()) == pytest.approx(people.value(changed) - people.value(BASE), rel=1e-9)
    names = ("gross_margin", "purchase_rate", "order_value")
    steps = dict.fromkeys(names, 0.0)
    for order in itertools.permutations(names):
        now = BASE
        for name in order:
            after = replace(now, **{name: getattr(changed, name)})
            steps[name] += (people.value(after) - people.value(now)) / 6
            now = after
    assert found == pytest.approx(steps)


def test_the_band_is_that_of_the_total(lab, rfm: pd.DataFrame):
    fits, people, _ = lab
    total = uncertain_value(fits, rfm, 365, 0.1, 0.4).totals()
    assert people.band(BASE) == pytest.approx((total.low[0], total.high[0]), rel=1e-6)
    half = people.band(replace(BASE, gross_margin=0.2))
    assert half == pytest.approx((total.low[0] / 2, total.high[0] / 2), rel=1e-6)


def test_a_newcomer_pays_back_in_the_first_month_that_reaches_the_cost(lab, rfm: pd.DataFrame):
    fits, _, curves = lab
    begun = pd.DataFrame({"frequency": [0], "recency_days": [0], "T_days": [0], "monetary_value": [0.0]})
    patterns = fits.purchases.patterns(begun)
    later = float(fits.spend.expected_order_value([0], [0.0])[0])
    month = 365.25 / 12
    brought = [0.4 * (20.0 + later * fits.purchases.expected_purchases(patterns, m * month)[0]) for m in (0, 2, 3)]
    cost = (brought[1] + brought[2]) / 2
    found = what_if.newcomer(curves, 20.0, replace(BASE, cac=cost))
    assert found is not None
    assert found.payback_months == 3
    worth = 0.4 * (20.0 + later * fits.purchases.residual(patterns, 365, np.log(1.1) / 365.25)[0])
    assert (found.value, found.ratio) == pytest.approx((worth, worth / cost), rel=1e-3)
    assert what_if.newcomer(curves, 20.0, replace(BASE, cac=brought[0])).payback_months == 0
    assert what_if.newcomer(curves, 20.0, replace(BASE, cac=1e6)).payback_months is None
    assert what_if.newcomer(curves, 20.0, BASE) is None


def test_an_address_holds_the_whole_scenario_and_only_what_differs():
    changed = Scenario(0.385, 0.0, 90, 1.2, 0.8, 1.1, 25.0)
    assert read(to_query(changed, BASE), BASE) == changed
    assert set(to_query(changed, BASE)) == set(KEYS)
    assert (to_query(BASE, BASE), read({}, BASE)) == ({}, BASE)
    odd = replace(BASE, gross_margin=1 / 3)
    assert read({"margin": "33.333333"}, odd) == odd


@pytest.mark.parametrize(
    ("key", "text"), [("margin", "0"), ("margin", "x"), ("horizon", "1.5"), ("buying", "5"), ("cac", "-1")]
)
def test_what_cannot_be_assumed_is_refused_by_name(key: str, text: str):
    with pytest.raises(FilterError):
        read({key: text}, BASE)
