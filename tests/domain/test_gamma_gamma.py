from __future__ import annotations

import mpmath
import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from benchmarks.simulated import Truth, customers
from dashapp.domain.model import Status
from dashapp.domain.models.gamma_gamma import MODEL, Likelihood
from dashapp.domain.shelf import restore
from dashapp.errors import InputError, NotEnoughData


@pytest.fixture(scope="module")
def fitted(cdnow):
    return MODEL.fit(cdnow)


def test_derivatives_agree_with_differences(cdnow):
    used = cdnow[(cdnow["frequency"] > 0) & (cdnow["monetary_value"] > 0)]
    x, m = used["frequency"].to_numpy(float), used["monetary_value"].to_numpy()
    likelihood, theta, step = Likelihood(x, m, np.ones(len(x)), 1.0), np.array([0.1, -0.3, 0.4]), 1e-5
    sides = [(likelihood(theta + step * axis), likelihood(theta - step * axis)) for axis in np.eye(3)]
    _, gradient, hessian = likelihood(theta)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-8)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-8)


def test_the_likelihood_is_that_of_the_paper(fitted, cdnow):
    """Fader & Hardie (2013), eq. 1a, integrated numerically over the customer's scale for one customer."""
    p, q, v = (fitted.parameters[name] for name in "pqv")
    x, m = 3.0, 40.0

    def density(nu):
        return gamma.pdf(m, p * x, scale=1 / (nu * x)) * gamma.pdf(nu, q, scale=1 / v)

    alone = Likelihood(np.array([x]), np.array([m]), np.ones(1))
    value = alone.constant - alone(np.log([p, q - 1, v / alone.scale]))[0]
    assert value == pytest.approx(np.log(quad(density, 0, 2)[0]), rel=1e-8)


@pytest.mark.parametrize("factor", [1e-4, 0.01, 83.0, 1e6])
def test_another_currency_changes_only_v(fitted, cdnow, factor):
    scaled = MODEL.fit(cdnow.assign(monetary_value=cdnow["monetary_value"] * factor))
    expected = {**fitted.parameters, "v": fitted.parameters["v"] * factor}
    assert scaled.parameters == pytest.approx(expected, rel=1e-9)


def test_the_truth_is_recovered():
    fitted = MODEL.fit(customers(60_000))
    for name in "pqv":
        low, high = fitted.interval(name, z=4)
        assert low < getattr(Truth(), name) < high, name


def test_customers_who_never_vary_leave_p_open_and_the_prior_keeps_it_plausible():
    """Mean spends 60 / Gamma(3) are what p without end gives: p and v trade off, only their product is known."""
    spends = 60.0 / np.random.default_rng(8).gamma(3.0, 1.0, 60)
    fitted = MODEL.fit(pd.DataFrame({"frequency": 1, "monetary_value": spends}))
    assert fitted.status is Status.REGULARISED
    assert 0.1 < fitted.parameters["p"] < 200.0
    assert fitted.population_mean == pytest.approx(spends.mean(), rel=0.15)


def test_the_likelihood_keeps_its_digits_where_customers_hardly_differ():
    """At q and v of 160,000 ln Gamma is near two million: subtracted, it would leave nine digits, of the slope six."""
    x, m = np.array([1.0, 4.0, 30.0]), np.array([80.0, 75.0, 81.0])
    likelihood, theta = Likelihood(x, m, np.ones(3)), np.array([0.44, 12.0, 11.77])
    with mpmath.workdps(40):
        p, q, v = mpmath.exp(theta[0]), 1 + mpmath.exp(theta[1]), mpmath.exp(theta[2])

        def negative(q):
            each = [
                mpmath.loggamma(p * n + q) - mpmath.loggamma(p * n) - mpmath.loggamma(q)
                + q * mpmath.log(v) + p * n * mpmath.log(spend) - (p * n + q) * mpmath.log(spend + v)
                for n, spend in zip(x, x * m / likelihood.scale, strict=True)
            ]  # fmt: skip
            return -sum(each) / 3

        value, slope = float(negative(q)), float(mpmath.diff(negative, q) * (q - 1))
    found, gradient, _ = likelihood(theta)
    assert found == pytest.approx(value, rel=1e-14)
    assert gradient[1] == pytest.approx(slope, rel=1e-10)


def test_customers_who_do_not_differ_are_all_expected_to_spend_the_same():
    """q and v grow together without end and only their ratio is known; many customers outweigh the weak prior."""
    rng = np.random.default_rng(3)
    x = 1 + rng.poisson(2, 50_000)
    chance = rng.gamma(1.5 * x, 40.0) / x
    alike = pd.DataFrame({"frequency": x, "monetary_value": 60.0 + (chance - 60.0) * 0.98 ** (x - 1)})
    fitted = MODEL.fit(alike)
    assert fitted.status is Status.REGULARISED
    assert fitted.gradient_norm <= 1e-8
    assert fitted.expected_order_value([0, 1, 10], [0.0, 5.0, 500.0]) == pytest.approx(60.0, rel=0.12)


def test_weights_are_repeated_rows(cdnow):
    some = cdnow[cdnow["frequency"] > 0].head(300)
    times = np.arange(len(some)) % 3 + 1
    repeated, weighted = MODEL.fit(some.loc[some.index.repeat(times)]), MODEL.fit(some, times)
    assert weighted.parameters == pytest.approx(repeated.parameters, rel=1e-8)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-12)
    assert weighted.facts == pytest.approx(repeated.facts, rel=0.01)


def test_a_customer_nothing_is_known_about_spends_the_population_mean(fitted):
    assert fitted.expected_order_value(0, 0) == pytest.approx(fitted.population_mean)


def test_more_purchases_pull_the_expectation_to_the_customers_own_mean(fitted):
    values = fitted.expected_order_value([1, 5, 50, 5000], [100.0] * 4)
    assert np.all(np.diff(values) > 0)
    assert values[-1] == pytest.approx(100, rel=0.01)


def test_refunds_beyond_purchases_count_as_nothing_spent(fitted):
    assert fitted.expected_order_value(2, -5.0) == fitted.expected_order_value(2, 0.0) > 0


def test_only_repeaters_with_positive_spend_are_fitted(cdnow, fitted):
    extra = pd.DataFrame({"frequency": [4, 3, 0], "monetary_value": [0.0, -9.0, 0.0]})
    assert MODEL.fit(pd.concat([cdnow, extra])).parameters == fitted.parameters


def test_the_population_always_has_a_mean():
    """Spends so spread that the data alone put q at or below 1."""
    rng = np.random.default_rng(5)
    wild = pd.DataFrame({"frequency": 1 + rng.poisson(2, 400), "monetary_value": np.exp(rng.normal(0, 6, 400))})
    fitted = MODEL.fit(wild)
    assert fitted.parameters["q"] > 1
    assert np.isfinite(fitted.population_mean)
    assert fitted.status == "regularised"


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_repeaters_are_refused_with_the_reason(cdnow, n):
    some = cdnow[(cdnow["frequency"] > 0) & (cdnow["monetary_value"] > 0)].head(n)
    with pytest.raises(NotEnoughData, match=rf"needs 10 repeat customers.*there are {n}"):
        MODEL.fit(some)


def test_equal_spends_are_refused():
    with pytest.raises(NotEnoughData, match="differ"):
        MODEL.fit(pd.DataFrame({"frequency": [2] * 50, "monetary_value": [10.0] * 50}))


def test_a_missing_column_is_named(cdnow):
    with pytest.raises(InputError, match="monetary_value"):
        MODEL.fit(cdnow.drop(columns="monetary_value"))


def test_json_brings_the_same_fit_back(fitted):
    assert restore(fitted.to_json()) == fitted
