"""Likelihood and P(alive) of Pareto/NBD against the hypergeometric form in 60 digits; its derivatives."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from dashapp.domain.models.pareto_nbd import ParetoNbdFit
from dashapp.domain.pareto_histories import Likelihood
from dashapp.domain.patterns import Patterns
from tests.domain.test_published_values import published_fit

TIMES = [(10.0, 10.0), (74.0, 81.7), (10.0, 1e4), (1e4, 10.0), (0.01, 50.0), (50.0, 0.01)]
"alpha and beta: equal, as on CDNOW, one far beyond the other, one next to nothing."
HISTORIES = [
    (0, 0, 0), (0, 0, 1), (0, 0, 10_000), (1, 1, 10_000), (2, 0, 100), (3, 100, 800), (30, 390, 400), (30, 400, 400),
    (300, 100, 10_000), (10_000, 300, 10_000), (10_000, 9_990, 10_000), (10_000, 10_000, 10_000),
]  # fmt: skip
ORDINARY = list(itertools.product([(0.25, 0.6), (1.0, 1.0)], TIMES, HISTORIES[:8]))
ALL = list(itertools.product([(0.05, 1.0), (1.0, 0.05), (20.0, 30.0)], TIMES, HISTORIES))


def exact(r, alpha, s, beta, x, recency, T):
    """ln L and P(alive): Schmittlein, Morrison & Colombo's two cases, in enough digits that nothing is lost."""
    with mpmath.workdps(60):
        r, alpha, s, beta, x, recency, T = map(mpmath.mpf, (r, alpha, s, beta, x, recency, T))
        one, gap, large = (s + 1, alpha - beta, alpha) if alpha >= beta else (r + x, beta - alpha, beta)
        total = r + s + x

        def term(age):
            series = mpmath.hyp2f1(total, one, total + 1, gap / (large + age), maxterms=10**6)
            return series / (large + age) ** total

        stay = (alpha + T) ** -(r + x) * (beta + T) ** -s
        both = stay + s / total * (term(recency) - term(T))
        known = mpmath.loggamma(r + x) - mpmath.loggamma(r) + r * mpmath.log(alpha) + s * mpmath.log(beta)
        return float(known + mpmath.log(both)), float(stay / both)


def ours(r, alpha, s, beta, x, recency, T):
    history = Patterns.of(x, recency, T)
    value, _, _ = Likelihood(history, scale=1.0)(np.log([r, alpha, s, beta]))
    fitted = published_fit(ParetoNbdFit, {"r": r, "alpha": alpha, "s": s, "beta": beta})
    return -value, fitted.p_alive(history)[0]


def agrees(*given):
    (log_likelihood, alive), expected = ours(*given), exact(*given)
    assert log_likelihood == pytest.approx(expected[0], rel=1e-9, abs=1e-14), given
    assert alive == pytest.approx(expected[1], rel=1e-9, abs=1e-300), given


@pytest.mark.parametrize("times", TIMES)
def test_likelihood_and_p_alive_are_right_to_nine_digits(times):
    for (r, s), (alpha, beta), history in ORDINARY:
        if (alpha, beta) == times:
            agrees(r, alpha, s, beta, *history)


@pytest.mark.slow
def test_likelihood_and_p_alive_are_right_at_every_extreme():
    for (r, s), (alpha, beta), history in ALL:
        agrees(r, alpha, s, beta, *history)


@pytest.mark.slow
def test_no_shape_gives_anything_but_numbers():
    wild = [-12.0, -3.0, 3.0, 12.0]
    x, recency, T = np.array(HISTORIES).T
    likelihood = Likelihood(Patterns.of(x, recency, T))
    for theta in itertools.product(wild, wild, wild, wild):
        value, gradient, hessian = likelihood(np.array(theta))
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()
        assert np.isfinite(hessian).all()
        fitted = published_fit(ParetoNbdFit, dict(zip(("r", "alpha", "s", "beta"), np.exp(theta), strict=True)))
        alive = fitted.p_alive(Patterns.of(x, recency, T))
        assert np.all((alive >= 0) & (alive <= 1))


@pytest.mark.parametrize("theta", [(0.1, -0.3, 0.4, 0.7), (0.1, 0.7, 0.4, -0.3), (-4.0, 6.0, 2.0, -6.0)])
def test_derivatives_agree_with_differences(crowd, theta):
    likelihood = Likelihood(Patterns.from_frame(crowd).merged(), prior_weight=1.0)
    at, step = np.array(theta), 1e-5
    sides = [(likelihood(at + step * axis), likelihood(at - step * axis)) for axis in np.eye(4)]
    _, gradient, hessian = likelihood(at)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-8)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-8)


def test_the_prior_knows_no_time_unit(crowd):
    """Weeks and days: the same history, the same penalty."""
    days = Patterns.from_frame(crowd)
    weeks = Patterns.of(crowd["frequency"], crowd["recency_days"] / 7, crowd["T_days"] / 7)
    theta = np.array([0.4, 1.5, -0.7, 2.5])
    penalties = [Likelihood(unit, prior_weight=900.0)(theta)[0] - Likelihood(unit)(theta)[0] for unit in (days, weeks)]
    assert penalties[0] == pytest.approx(penalties[1], rel=1e-9)
    assert penalties[0] == pytest.approx(900.0 / 18.0 * (0.4**2 + 0.7**2 + 1.0**2) / len(crowd), rel=1e-6)
