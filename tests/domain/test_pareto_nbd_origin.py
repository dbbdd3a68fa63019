"""Pareto/NBD with channel and country of the first purchase."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import ParetoTruth, customers
from dashapp.domain import covariates, shelf
from dashapp.domain.models import pareto_nbd
from dashapp.domain.models.pareto_nbd_origin import MODEL
from dashapp.domain.pareto_histories import Likelihood
from dashapp.domain.pareto_origins import RIDGE_VARIANCE, OriginLikelihood
from dashapp.domain.patterns import Column, Patterns
from dashapp.domain.predictive import spend_interval
from dashapp.domain.scoring import Assumptions, Fits, score
from dashapp.domain.uncertainty import uncertain_value

BUYING = {"ads": np.log(0.5), "mail": np.log(2.0), "at": np.log(1.5)}
LEAVING = {"ads": np.log(3.0), "mail": np.log(0.6), "at": 0.0}
KINDS = [("web", "de", 5), ("ads", "de", 3), ("mail", "de", 2), ("web", "at", 2), ("ads", "at", 2), ("mail", "at", 1)]
"Channel, country, and how many of fifteen customers."


def shop(n: int) -> pd.DataFrame:
    """customers of a shop in which channel and country have the effects above on Pareto/NBD's two rates."""
    frames = []
    for seed, (channel, country, share) in enumerate(KINDS):
        faster, sooner = (sum(effect.get(label, 0.0) for label in (channel, country)) for effect in (BUYING, LEAVING))
        truth = ParetoTruth(alpha=200.0 * np.exp(-faster), beta=300.0 * np.exp(-sooner), r=0.8, s=0.9)
        frames.append(customers(n * share // 15, truth, seed=seed).assign(channel=channel, country=country))
    return pd.concat(frames, ignore_index=True).assign(customer_key=lambda frame: np.arange(len(frame)))


@pytest.fixture(scope="module")
def some() -> pd.DataFrame:
    return shop(6000)


@pytest.fixture(scope="module")
def fitted(some):
    return MODEL.fit(some)


def test_known_effects_are_recovered():
    """Days are whole: a little is lost of rates that are high, so ratios may be 4 % off before chance."""
    found = MODEL.fit(shop(45_000))
    assert (found.status, found.n_customers) == ("converged", 45_000)
    for rate, effects in (("buying", BUYING), ("leaving", LEAVING)):
        for label, effect in effects.items():
            name = f"{rate} {'country' if label == 'at' else 'channel'}={label}"
            low, high = found.interval(name, z=3.5)
            assert low * 0.96 < np.exp(effect) < high * 1.04, name
    assert found.interval("r", z=4)[0] < 0.8 < found.interval("r", z=4)[1]
    assert found.interval("s", z=4)[0] < 0.9 < found.interval("s", z=4)[1]


@pytest.mark.parametrize("label", ["absent", "web"])
def test_without_covariates_it_is_pareto_nbd_to_the_last_digit(crowd, label):
    frame = crowd if label == "absent" else crowd.assign(channel=label, country="de")
    plain, found = pareto_nbd.MODEL.fit(frame), MODEL.fit(frame)
    assert found.parameters == plain.parameters
    assert (found.log_likelihood, found.covariance) == (plain.log_likelihood, plain.covariance)
    assert np.array_equal(found.p_alive(found.patterns(frame)), plain.p_alive(plain.patterns(frame)))


def test_effects_of_zero_leave_the_likelihood_of_pareto_nbd(some):
    coding = covariates.learn(some, MODEL.covariates)
    merged = replace(Patterns.from_frame(some), kind=Column.of(covariates.kinds(coding, some))).merged()
    plain = Likelihood(Patterns.from_frame(some).merged())
    theta = np.array([-0.3, 2.0, 0.1, 2.5])
    found = OriginLikelihood(merged, covariates.dummies(coding), plain.scale)(np.append(theta, np.zeros(6)))
    expected = plain(theta)
    assert found[0] == pytest.approx(expected[0], rel=1e-12)
    assert found[1][:4] == pytest.approx(expected[1], rel=1e-9, abs=1e-12)
    assert found[2][:4, :4] == pytest.approx(expected[2], rel=1e-9, abs=1e-12)


@pytest.mark.slow
def test_the_likelihood_is_the_integral_over_what_each_customer_may_be():
    """Both rates gamma-spread, the moment of leaving unknown: integrated as it stands, with no closed form."""
    r, alpha, s, beta, g, h = 1.7, 20.0, 1.4, 35.0, np.log(1.8), np.log(0.7)

    def integral(x, last, T, z):
        a, b = alpha * np.exp(-g * z), beta * np.exp(-h * z)

        def given(buy, leave):
            both = buy + leave
            history = buy**x * (leave * mpmath.exp(-both * last) + buy * mpmath.exp(-both * T)) / both
            spread = buy ** (r - 1) * mpmath.exp(-a * buy) * leave ** (s - 1) * mpmath.exp(-b * leave)
            return history * spread

        top = mpmath.quad(given, [0, 0.05, 0.3, 3], [0, 0.05, 0.3, 3], maxdegree=4)
        return float(mpmath.log(top * a**r * b**s / mpmath.gamma(r) / mpmath.gamma(s)))

    rows = [(0, 0, 40, 0), (2, 25, 40, 1), (3, 10, 60, 1)]
    x, last, T, z = np.array(rows).T
    with mpmath.workdps(15):
        expected = sum(integral(*row) for row in rows)
    patterns = replace(Patterns.of(x, last, T), kind=Column.of(z))
    likelihood = OriginLikelihood(patterns, np.array([[0.0], [1.0]]), 1.0, ridge=False)
    theta = np.array([*np.log([r, alpha, s, beta]), g, h])
    assert -likelihood.n * likelihood(theta)[0] == pytest.approx(expected, rel=1e-6)


def test_derivatives_agree_with_differences(some):
    coding = covariates.learn(some, MODEL.covariates)
    merged = replace(Patterns.from_frame(some), kind=Column.of(covariates.kinds(coding, some))).merged()
    likelihood = OriginLikelihood(merged, covariates.dummies(coding), 30.0, prior_weight=1.0)
    theta, step = np.array([-0.3, 2.0, 0.1, 2.5, 0.4, -0.6, 0.2, -0.1, 0.5, 0.3]), 1e-5
    sides = [(likelihood(theta + step * axis), likelihood(theta - step * axis)) for axis in np.eye(10)]
    _, gradient, hessian = likelihood(theta)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-8)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-7)


def test_other_words_for_the_levels_and_another_order_of_rows_change_nothing(some, fitted):
    words = {"web": "z", "ads": "a", "mail": "m", "de": "2", "at": "1"}
    again = MODEL.fit(some.replace({"channel": words, "country": words}).sample(frac=1, random_state=1))
    assert again.log_likelihood == pytest.approx(fitted.log_likelihood, rel=1e-12)
    for name, value in fitted.parameters.items():
        rate, _, label = name.rpartition("=")
        assert again.parameters[f"{rate}={words[label]}" if rate else name] == pytest.approx(value, rel=1e-8), name


def test_the_ridge_is_on_the_effects_only():
    patterns, theta = replace(Patterns.of([1, 2], [3, 4], [9, 9]), kind=Column.of([0, 1])), np.arange(1.0, 7.0) / 10
    z = np.array([[0.0], [1.0]])
    held, free = (OriginLikelihood(patterns, z, 1.0, ridge=ridge)(theta) for ridge in (True, False))
    assert held[0] - free[0] == pytest.approx((0.5**2 + 0.6**2) / 2 / RIDGE_VARIANCE / 2)
    assert held[1] - free[1] == pytest.approx(np.array([0, 0, 0, 0, 0.5, 0.6]) / RIDGE_VARIANCE / 2)


def test_the_log_likelihood_is_that_of_the_kinds_without_ridge(some, fitted):
    total = 0.0
    for (channel, country), part in some.groupby(["channel", "country"]):
        kind = ["web", "ads", "mail"].index(channel) * 2 + ["de", "at"].index(country)
        own = Likelihood(Patterns.from_frame(part), scale=1.0)
        total -= own.n * own(np.log(list(fitted.of_kind(kind).estimates)))[0]
    assert fitted.log_likelihood == pytest.approx(total, rel=1e-12)


def test_effects_that_are_there_are_worth_their_parameters(some, fitted):
    apart = sum(pareto_nbd.MODEL.fit(part).log_likelihood for _, part in some.groupby(["channel", "country"]))
    plain = pareto_nbd.MODEL.fit(some)
    assert fitted.aic < plain.aic - 30
    assert fitted.log_likelihood < apart


def test_the_interval_of_a_kind_does_not_depend_on_slower_ones_beside_it(some, fitted):
    spend = shelf.spend_models()["gamma_gamma"].fit(some)
    fast = replace(fitted, parameters={**fitted.parameters, "buying channel=mail": 60.0})
    both = some.head(2).assign(frequency=2, recency_days=4, T_days=5, monetary_value=30.0, channel=["web", "mail"])
    (_, high), (_, alone) = (
        spend_interval(fast, spend, fast.patterns(asked), asked["monetary_value"], 365) for asked in (both, both[1:])
    )
    assert high[1] > 2 * high[0] > 0
    assert high[1] == pytest.approx(alone[0], rel=1e-3)


def test_a_customer_is_predicted_as_the_pareto_nbd_of_the_kind(some, fitted):
    few = some.iloc[::40]
    patterns = fitted.patterns(few)
    found = fitted.forecast(patterns, 180, 3e-4)
    counts = fitted.purchase_distribution(patterns, 180, 3)
    for kind in np.unique(patterns.kind.index):
        rows = np.flatnonzero(patterns.kind.index == kind)
        own, alone = fitted.of_kind(int(kind)), Patterns.from_frame(few.iloc[rows])
        expected = own.forecast(alone, 180, 3e-4)
        for name in ("p_alive", "p_active", "expected_purchases", "residual", "discount_ratio"):
            assert getattr(found, name)[rows] == pytest.approx(getattr(expected, name), rel=1e-10), name
        assert counts[rows] == pytest.approx(own.purchase_distribution(alone, 180, 3), rel=1e-9, abs=1e-13)


def test_customers_are_scored_with_intervals_and_uncertainty_by_their_kind(some, fitted):
    spend = shelf.spend_models()["gamma_gamma"].fit(some)
    alike = some.iloc[[np.argmax(some["frequency"] == 2)] * 3].assign(
        customer_key=[1, 2, 3], channel=["mail", "web", "ads"]
    )
    found = score(alike, Assumptions(), fitted=Fits(fitted, spend)).frame
    assert found["expected_purchases"].is_monotonic_decreasing
    assert found["p_alive"].is_monotonic_decreasing
    assert found["clv_high"].is_monotonic_decreasing
    money = uncertain_value(Fits(fitted, spend), alike, 365)
    assert np.all(np.isfinite(money.standard_error) & (money.standard_error > 0))
    assert np.all(np.diff(money.mean) < 0)


def test_json_keeps_the_coding(some, fitted):
    again = shelf.restore(fitted.to_json())
    assert again == fitted
    assert again.coding == (("channel", (("web",), ("ads",), ("mail",))), ("country", (("de",), ("at",))))
    few = some.sample(200, random_state=1)
    assert np.array_equal(again.p_alive(again.patterns(few)), fitted.p_alive(fitted.patterns(few)))


def test_a_label_never_seen_and_a_column_that_is_missing_count_as_the_base(some, fitted):
    few = some.head(50)
    base = fitted.p_alive(fitted.patterns(few.assign(channel="web", country="de")))
    assert np.array_equal(fitted.p_alive(fitted.patterns(few.assign(channel="tv", country=None))), base)
    assert np.array_equal(fitted.p_alive(fitted.patterns(few.drop(columns=["channel", "country"]))), base)


def test_weights_are_repeated_rows(some):
    few = some.iloc[::6]
    times = np.arange(len(few)) % 3 + 1
    repeated, weighted = MODEL.fit(few.loc[few.index.repeat(times)]), MODEL.fit(few, times)
    assert weighted.coding == repeated.coding
    assert weighted.parameters == pytest.approx(repeated.parameters, rel=1e-6)


def test_in_weeks_the_ratios_stay(some, fitted):
    weeks = fitted.in_unit("week")
    in_weeks = some.assign(recency_days=some["recency_days"] / 7, T_days=some["T_days"] / 7).head(100)
    assert weeks.parameters["buying channel=ads"] == fitted.parameters["buying channel=ads"]
    assert weeks.p_alive(weeks.patterns(in_weeks)) == pytest.approx(fitted.p_alive(fitted.patterns(some.head(100))))


@pytest.mark.slow
def test_no_group_of_customers_breaks_the_fit(some):
    rng = np.random.default_rng(3)
    for _ in range(25):
        part = some.iloc[rng.choice(len(some), rng.integers(40, 400), replace=False)]
        found = MODEL.fit(part)
        assert found.status in ("converged", "regularised")
        assert np.isfinite(list(found.parameters.values())).all()
        assert np.isfinite(found.expected_purchases(found.patterns(part), 365)).all()
