"""What living customers of Pareto/NBD do, against 50-digit integrals and against customers played out one by one."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest
from scipy.special import betainc

from dashapp.domain.departures import buys, chances
from dashapp.domain.pareto_living import at_least, expected_purchases

POSTERIORS = [
    (r + x, alpha + T, s, beta + T, t)
    for (r, alpha, s, beta), (x, T, t) in itertools.product(
        [(0.55, 74.0, 0.61, 81.7), (1.0, 10.0, 1.0, 10.0), (0.25, 1e4, 3.0, 1.0), (4.0, 1.0, 0.05, 1e4)],
        [(0, 0, 1), (0, 300, 365), (2, 10, 3650), (30, 400, 365), (1000, 1000, 365), (10_000, 10_000, 3650)],
    )
]


def expectation(shape, rate, s, beta, t):
    """shape / rate times the integral of survival."""
    with mpmath.workdps(50):
        shape, rate, s, beta, t = map(mpmath.mpf, (shape, rate, s, beta, t))
        k = 1 - s
        life = beta * mpmath.log1p(t / beta) if s == 1 else beta * (((beta + t) / beta) ** k - 1) / k
        return float(shape / rate * life)


def chance(shape, rate, s, beta, t, n):
    """Density of the n-th purchase times survival, integrated over w = ln(u / rate) in pieces around its peak."""
    with mpmath.workdps(25):
        shape, rate, s, beta, t, n = map(mpmath.mpf, (shape, rate, s, beta, t, n))

        def density(w):
            grown = mpmath.exp(w)
            return mpmath.exp(n * w - (n + shape) * mpmath.log1p(grown) - s * mpmath.log1p(grown * rate / beta))

        last = mpmath.log(t / rate)
        top, width = min(mpmath.log(n / shape), last), mpmath.sqrt(1 / n + 1 / shape)
        cuts = {top - (90 / n + 14 * width) * mpmath.mpf(2) ** -k for k in range(14)} | {top, last}
        cuts |= {min(last, top + (90 / shape + 14 * width) * mpmath.mpf(2) ** -k) for k in range(14)}
        pieces = sorted(cut for cut in cuts if cut <= min(last, top + 90 / shape + 14 * width))
        return float(mpmath.quad(density, pieces, maxdegree=6) / mpmath.beta(n, shape))


def test_the_expectation_is_right_to_nine_digits():
    for given in POSTERIORS:
        assert expected_purchases(*given) == pytest.approx(expectation(*given), rel=1e-9), given


@pytest.mark.parametrize("s", [1 - 1e-3, 1 - 1e-8, 1 - 1e-13, 1.0, 1 + 1e-12, 1 + 1e-5])
def test_nothing_is_lost_near_the_singularity_at_one(s):
    assert expected_purchases(2.55, 374.0, s, 381.0, 365) == pytest.approx(
        expectation(2.55, 374.0, s, 381.0, 365), rel=1e-12
    )


@pytest.mark.parametrize("posterior", POSTERIORS[::3])
@pytest.mark.slow
def test_the_chance_to_buy_at_all_is_right_to_nine_digits(posterior):
    assert at_least(*posterior, [1]) == pytest.approx(chance(*posterior, 1), rel=1e-9)


@pytest.mark.parametrize(("posterior", "n"), [*zip(POSTERIORS[1::2], [2, 7, 40, 900] * 3, strict=True)])
@pytest.mark.slow
def test_the_chance_of_n_purchases_is_right_to_eight_digits(posterior, n):
    assert at_least(*posterior, [n]) == pytest.approx(chance(*posterior, n), rel=1e-8, abs=1e-300)


def test_without_leaving_it_is_the_negative_binomial():
    n = np.array([1, 2, 5, 30, 400, 9_000])
    for shape, rate, _, beta, t in POSTERIORS:
        assert at_least(shape, rate, 1e-13, beta, t, n) == pytest.approx(betainc(n, shape, t / (rate + t)), abs=1e-10)


def test_buying_leaving_and_neither_are_all_there_is():
    shape, rate, s, beta, t = (np.array(column, dtype=float) for column in zip(*POSTERIORS, strict=True))
    for leaving in np.unique(s):
        for first in (rate <= beta, rate > beta):
            rows = (s == leaving) & first
            given = (shape[rows], rate[rows], float(leaving), beta[rows], t[rows])
            assert sum(chances(*given)) + buys(*given) == pytest.approx(1.0, rel=1e-12)


def test_no_shape_gives_anything_but_a_sensible_number():
    wild = [6e-6, 1e-2, 1.0, 40.0, 1.6e5]
    x, T = np.array([0, 0, 1, 10_000, 10_000]), np.array([0, 10_000, 5, 10_000, 300])
    for r, alpha, s, beta in itertools.product(wild, wild, wild, wild):
        expected = expected_purchases(r + x, alpha + T, s, beta + T, 3650)
        tail = at_least(r + x, alpha + T, s, beta + T, 3650, [1, 2, 50, 4000])
        assert np.all(np.isfinite(expected))
        assert np.all((expected >= 0) & (expected <= (r + x) * 3650 / (alpha + T) * (1 + 1e-9)))
        assert np.all((tail >= 0) & (tail <= 1))
        assert np.all(np.diff(tail, axis=1) <= 1e-9)
        assert np.all(tail[:, 0] <= expected * (1 + 1e-9))


def test_chances_of_n_or_more_add_up_to_the_expectation():
    shape, rate, s, beta, t = 2.55, 374.0, 0.61, 381.7, 365
    total = at_least(shape, rate, s, beta, t, np.arange(1, 400)).sum()
    assert total == pytest.approx(float(expected_purchases(shape, rate, s, beta, t)), rel=1e-9)


def test_chances_agree_with_customers_played_out():
    n, (shape, rate, s, beta, t) = 200_000, (2.25, 130.0, 0.8, 90.0, 365)
    rng = np.random.default_rng(7)
    life = rng.exponential(1.0, n) / rng.gamma(s, 1 / beta, n)
    counts = rng.poisson(rng.gamma(shape, 1 / rate, n) * np.minimum(life, t))
    seen = [(counts >= k).mean() for k in range(1, 9)]
    assert at_least(shape, rate, s, beta, t, np.arange(1, 9)) == pytest.approx(seen, abs=0.004)
    assert float(expected_purchases(shape, rate, s, beta, t)) == pytest.approx(counts.mean(), rel=0.01)
