"""(M)BG/CNBD-k: its series against exact arithmetic, its forecasts against customers played out, and k itself."""

from __future__ import annotations

import itertools
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from scipy.special import gammaln

from benchmarks.simulated import Truth, customers
from dashapp.domain import erlang_living, living
from dashapp.domain.erlang_histories import ErlangLikelihood
from dashapp.domain.histories import Likelihood
from dashapp.domain.models.gamma_gamma import MODEL as GAMMA_GAMMA
from dashapp.domain.patterns import Patterns
from dashapp.domain.predictive import spend_interval
from dashapp.domain.shelf import purchase_models

# The suite of the shelf once more, on buyers who are regular: there the fits above have k = 1.
from tests.domain.test_models import (  # noqa: F401
    test_a_longer_horizon_never_brings_less,
    test_every_prediction_is_one_number_per_customer_within_its_bounds,
    test_extremes_give_numbers,
    test_json_brings_the_same_fit_back,
    test_silence_makes_a_customer_less_likely_to_be_alive_and_expected_to_buy_less,
    test_the_distribution_of_purchases_has_the_expected_mean,
    test_the_forecast_is_its_parts,
)

pytestmark = pytest.mark.slow

REGULAR = Truth(r=1.2, alpha=10.0, a=0.8, b=2.0, k=3)
MODELS = {name: purchase_models()[name] for name in ("bg_cnbd_k", "mbg_cnbd_k")}
LIKE = {"bg_cnbd_k": "bg_nbd", "mbg_cnbd_k": "mbg_nbd"}


@pytest.fixture(scope="module")
def crowd():
    return customers(3000, REGULAR)


@pytest.fixture(scope="module", params=MODELS)
def fitted(request, crowd):
    found = MODELS[request.param].fit(crowd)
    assert found.k > 1
    return found


@pytest.fixture(scope="module")
def patterns(crowd):
    return Patterns.from_frame(crowd)


def with_k(name, k, **parameters):
    """A fit with these parameters."""
    fitted = MODELS[name].fit(customers(200, REGULAR))
    return replace(fitted, parameters=parameters, facts={"k": float(k), "purchases": 0.0})


def exact(shape, rate, a, c, t, k, phase):
    """Sum over n of P(n - 1 decisions to stay) P(the clock makes k n - phase steps), in thirty digits."""
    with mpmath.workdps(30):
        shape, rate, a, c, t = map(mpmath.mpf, (shape, rate, a, c, t))
        z, total, pmf, below, stay, m = t / (rate + t), mpmath.mpf(0), (rate / (rate + t)) ** shape, mpmath.mpf(0), 1, 0
        for n in itertools.count(1):
            while m < k * n - phase:
                below += pmf
                pmf *= (m + shape) / (m + 1) * z
                m += 1
            total += stay * (1 - below)
            stay *= (c + n - 1) / (a + c + n - 1)
            if 1 - below < 1e-16:
                return float(total)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize(
    ("shape", "rate", "a", "c", "t"),
    [(0.25, 30.9, 0.8, 2.4, 365), (0.5, 9.0, 1.0, 1.0, 365), (7.2, 330.0, 0.02, 3.4, 365),
     (61.0, 400.0, 2.0, 31.0, 200), (1.2, 1_000.0, 0.8, 1.0, 1), (0.3, 5.0, 0.8, 0.05, 100)],
)  # fmt: skip
def test_series_and_quadrature_are_right_to_eight_digits(shape, rate, a, c, t, k):
    grid = tuple(np.array([float(item)]) for item in (shape, rate, c, t))
    for phase in range(k):
        expected = exact(shape, rate, a, c, t, k, phase)
        assert erlang_living._series(grid, a, k, phase, 20_000)[0] == pytest.approx(expected, rel=1e-12)
        if expected > 1e-3:  # what is smaller is never left to quadrature
            assert erlang_living._quadrature(grid, a, k, phase)[0] == pytest.approx(expected, rel=2e-8)
        found = erlang_living.expected_purchases(shape, rate, a, c, t, k, phase)
        assert found == pytest.approx(expected, rel=2e-8)


@pytest.mark.parametrize(("x", "T", "t"), [(0, 0, 3650), (2, 10, 3650), (30, 400, 365), (10_000, 10_000, 3650)])
def test_one_step_per_purchase_is_the_closed_form(x, T, t):
    for a, c in ((0.793, 2.426 + x), (0.891, 2.614 + x), (1.0, 1.0 + x)):
        posterior = 0.25 + x, 30.9 + T, a, c
        closed = living.expected_purchases(*posterior, t)
        assert erlang_living.expected_purchases(*posterior, t, 1, 0) == pytest.approx(closed, rel=2e-9)
        assert erlang_living.at_least(*posterior, t, [1, 5], 1, 0) == pytest.approx(
            living.at_least(*posterior, t, [1, 5]), rel=1e-12
        )


@pytest.mark.parametrize("name", MODELS)
def test_a_fit_with_one_step_per_purchase_is_the_plain_model(cdnow, name):
    found, plain = MODELS[name].fit(cdnow), purchase_models()[LIKE[name]].fit(cdnow)
    history = Patterns.from_frame(cdnow)
    assert found.k == 1
    assert found.parameters == pytest.approx(plain.parameters, rel=1e-8)  # both searches end at a slope of 1e-10
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert found.aic == pytest.approx(plain.aic + 2)
    for days in (30, 273):
        assert found.expected_purchases(history, days) == pytest.approx(
            plain.expected_purchases(history, days), rel=1e-8
        )
    assert found.residual(history, 273, 3e-4) == pytest.approx(plain.residual(history, 273, 3e-4), rel=1e-8)


def test_the_likelihood_with_one_step_is_that_of_the_plain_model(crowd):
    merged, theta = Patterns.from_frame(crowd).merged(), np.array([0.1, -0.3, 0.4, 0.7])
    for shift in (0, 1):
        one, plain = ErlangLikelihood(merged, shift, 1), Likelihood(merged, shift)
        assert one.constant == 0
        for ours, theirs in zip(one(theta), plain(theta), strict=True):
            assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize(("shift", "k"), [(0, 2), (1, 2), (0, 5), (1, 5)])
def test_derivatives_agree_with_differences(crowd, shift, k):
    likelihood = ErlangLikelihood(Patterns.from_frame(crowd).merged(), shift, k, prior_weight=1.0)
    theta, step = np.array([0.1, -0.3, 0.4, 0.7]), 1e-5
    sides = [(likelihood(theta + step * axis), likelihood(theta - step * axis)) for axis in np.eye(4)]
    _, gradient, hessian = likelihood(theta)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-8)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-8)


def test_the_density_of_histories_adds_up_to_one():
    """Over x and t_x of one age; k = 1 has the factor G(x) / t_x^(x-1), which `constant` leaves out of every k."""
    age, theta = 10.0, np.log([1.2, 10.0, 0.8, 2.0])
    nodes, slopes = np.polynomial.legendre.leggauss(24)
    for shift, k in itertools.product((0, 1), (1, 3)):
        total = 0.0
        for x, (node, slope) in itertools.product(range(15), zip(nodes, slopes, strict=True)):
            t_x = age * (node + 1) / 2 if x else 0.0
            one = ErlangLikelihood(Patterns.of([x], [t_x], [age]), shift, k)
            log = one.constant - one(theta - np.log([1.0, one.scale, 1.0, 1.0]))[0]
            log += (x - 1) * np.log(t_x) - gammaln(x) + np.log(age) if x else 0.0
            total += slope / 2 * np.exp(log)
        assert total == pytest.approx(1.0, abs=3e-3)


def played_out(truth, n, T, t, seed=5):
    """x, t_x, alive at T, and purchases in the next t, of `n` customers."""
    rng = np.random.default_rng(seed)
    rate, leave = rng.gamma(truth.r, 1 / truth.alpha, n), rng.beta(truth.a, truth.b, n)
    x, t_x, later, alive, clock = np.zeros(n, int), np.zeros(n), np.zeros(n, int), np.ones(n, bool), np.zeros(n)
    if truth.shift:
        alive = rng.random(n) >= leave
    here = np.flatnonzero(alive)
    while len(here):
        clock[here] += rng.gamma(truth.k, 1 / rate[here])
        here = here[clock[here] < T + t]
        past = clock[here] < T
        x[here[past]] += 1
        t_x[here[past]] = clock[here[past]]
        later[here[~past]] += 1
        leaves = rng.random(len(here)) < leave[here]
        alive[here[leaves & past]] = False
        here = here[~leaves]
    return x, t_x, alive, later


@pytest.mark.parametrize("name", MODELS)
def test_forecasts_agree_with_customers_played_out(name):
    truth, T, t = replace(REGULAR, alpha=10.0 / 3, shift=int(name.startswith("m"))), 30.0, 20.0
    fit = with_k(name, truth.k, r=truth.r, alpha=truth.alpha, a=truth.a, b=truth.b)
    x, t_x, alive, later = played_out(truth, 400_000, T, t)
    for count, since, until in ((0, 0, 30), (1, 0, 10), (1, 20, 30), (3, 5, 15), (3, 25, 30)):
        some = (x == count) & (t_x >= since) & (t_x < until)
        near, history = 4 / np.sqrt(some.sum()), Patterns.of(x[some], t_x[some], np.full(some.sum(), T))
        assert fit.p_alive(history).mean() == pytest.approx(alive[some].mean(), abs=near / 2)
        assert fit.p_active(history, t).mean() == pytest.approx((later[some] > 0).mean(), abs=near / 2)
        assert fit.expected_purchases(history, t).mean() == pytest.approx(
            later[some].mean(), abs=near * later[some].std()
        )


def test_the_spend_interval_follows_the_time_of_the_last_purchase(crowd):
    fit, spend = with_k("mbg_cnbd_k", 3, r=1.2, alpha=10.0, a=0.8, b=2.0), GAMMA_GAMMA.fit(crowd)
    history = Patterns.of([3, 3, 3], [300, 380, 398], [400, 400, 400])
    _, high = spend_interval(fit, spend, history, [30.0] * 3, 120)
    one_by_one = [
        spend_interval(fit, spend, history.take(np.array([at])), [30.0], 120)[1][0] for at in range(len(history))
    ]
    assert high == pytest.approx(one_by_one, rel=1e-9)
    assert len(set(high.round(6))) == 3


def test_discounting_agrees_with_adding_up_day_by_day(fitted):
    some = Patterns.of([0, 1, 1, 9], [0, 10, 60, 200], [50, 61, 61, 220])
    totals = [fitted.expected_purchases(some, day) for day in range(366)]
    middle_of_day = np.exp(-3e-4 * (np.arange(365) + 0.5))
    assert fitted.residual(some, 365, 3e-4) == pytest.approx(middle_of_day @ np.diff(totals, axis=0), rel=1e-6)


@pytest.mark.parametrize(("k", "found"), [(1, {1}), (2, {2}), (4, {3, 4, 5})])
@pytest.mark.parametrize("name", MODELS)
def test_k_is_found(name, k, found):
    truth = replace(REGULAR, k=k, alpha=60.0 / k, shift=int(name.startswith("m")))
    assert MODELS[name].fit(customers(4000, truth)).k in found


@pytest.mark.parametrize("name", MODELS)
def test_no_shape_gives_anything_but_a_number(name):
    history = Patterns.of([0, 0, 1, 1, 10_000, 10_000, 10_000], [0, 0, 1, 1, 10_000, 300, 9_999],
                          [0, 10_000, 1, 10_000, 10_000, 10_000, 10_000])  # fmt: skip
    for r, alpha, a, b, k in itertools.product(
        [0.01, 1.0, 100.0], [0.1, 1.0, 1e4], [0.01, 1.0, 5.0], [0.1, 1.0], [2, 5]
    ):
        fit = with_k_cached(name, k, r, alpha, a, b)
        for days in (1, 3650):
            values = fit.expected_purchases(history, days)
            active, alive = fit.p_active(history, days), fit.p_alive(history)
            assert np.all(np.isfinite(values) & (values >= active * (1 - 1e-7)) & (active <= alive) & (alive <= 1))


def with_k_cached(name, k, r, alpha, a, b, known={}):  # noqa: B006
    """One fit, over and over with other parameters."""
    if name not in known:
        known[name] = with_k(name, 1)
    return replace(
        known[name], parameters={"r": r, "alpha": alpha, "a": a, "b": b}, facts={"k": float(k), "purchases": 0.0}
    )


@pytest.mark.parametrize("name", MODELS)
def test_no_group_of_customers_breaks_the_fit(cdnow, name):
    rng, statuses = np.random.default_rng(3), []
    for _ in range(200):
        some = cdnow.iloc[rng.choice(len(cdnow), rng.integers(30, 1001), replace=False)]
        found = MODELS[name].fit(some)
        statuses.append(found.status)
        assert bool(found.message) == (found.status != "converged")
        assert np.isfinite(found.expected_purchases(Patterns.from_frame(some), 273)).all()
    assert set(statuses) <= {"converged", "regularised"}
    assert statuses.count("converged") > 100
