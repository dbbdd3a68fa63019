"""The simulated shop obeys the models it claims: known parameters come back from its purchases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from etl import catalogue, simulation
from etl.simulation import PARAMETERS

WEEKS = 130.0


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(7)
    customers = simulation.draw_customers(rng, 30_000, WEEKS)
    return customers, simulation.draw_purchases(rng, customers, WEEKS)


def test_repeat_purchases_have_the_mean_of_bg_nbd(drawn):
    """Fader, Hardie & Lee (2005), eq. 9."""
    customers, purchases = drawn
    r, alpha, a, b = PARAMETERS.r, PARAMETERS.alpha, PARAMETERS.a, PARAMETERS.b
    t = WEEKS - customers["start"].to_numpy()
    expected = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    repeats = (purchases["repeat"] > 0).sum() / len(customers)
    assert repeats == pytest.approx(expected.mean(), rel=0.03)


@pytest.mark.slow
def test_the_likelihood_of_bg_nbd_recovers_the_parameters(drawn):
    """Fader, Hardie & Lee (2005), eq. 6."""
    customers, purchases = drawn
    start = customers["start"].to_numpy()
    grouped = purchases.groupby("customer")["week"]
    x = grouped.size().to_numpy() - 1.0
    recency, age = grouped.max().to_numpy() - start, WEEKS - start

    def cost(logs):
        r, alpha, a, b = np.exp(logs)
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
        gone = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + recency)
        return -np.mean(common + np.where(x > 0, np.logaddexp(alive, gone), alive))

    found = np.exp(minimize(cost, np.zeros(4), method="L-BFGS-B").x)
    truth = [PARAMETERS.r, PARAMETERS.alpha, PARAMETERS.a, PARAMETERS.b]
    assert found == pytest.approx(truth, rel=0.12)


def test_basket_values_have_the_moments_of_gamma_gamma(drawn):
    _, purchases = drawn
    p, q, v = PARAMETERS.p, PARAMETERS.q, PARAMETERS.v
    by_customer = purchases.groupby("customer")["value"]
    assert by_customer.first().mean() == pytest.approx(p * v / (q - 1), rel=0.02)
    pairs = purchases[purchases["repeat"] <= 1].groupby("customer")["value"].agg(["first", "last", "size"])
    pairs = pairs[pairs["size"] == 2]
    between = np.cov(pairs["first"], pairs["last"])[0, 1]
    assert between == pytest.approx((p * v) ** 2 / ((q - 1) ** 2 * (q - 2)), rel=0.25)


def test_the_lines_of_a_basket_add_up_to_its_drawn_value(drawn):
    _, purchases = drawn
    some = purchases.head(5000)
    shelf = catalogue.products(np.random.default_rng(1), WEEKS)
    lines = catalogue.lines(np.random.default_rng(2), some, shelf, WEEKS)
    paid = (lines["quantity"] * lines["unit_price"]).groupby(lines["purchase"]).sum()
    pieces = lines["quantity"].groupby(lines["purchase"]).sum()
    assert (np.abs(paid - some["value"]) <= 0.0051 * pieces).all()
    week = some["week"].to_numpy()[lines["purchase"]]
    assert (shelf["launch"].to_numpy()[lines["product"]] <= week).all()
