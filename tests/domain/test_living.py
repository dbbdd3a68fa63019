"""The closed forms against 50-digit arithmetic and against customers played out one by one."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from dashapp.domain.living import at_least, expected_purchases

SHAPES = [
    (r + x, alpha + T, a, b + x + shift, t)
    for (r, alpha, a, b), (x, T, t), shift in itertools.product(
        [(0.243, 30.9, 0.793, 2.426), (0.525, 43.3, 0.891, 1.614), (3.0, 9.0, 0.02, 0.4), (0.25, 5.0, 4.0, 40.0)],
        [(0, 0, 1), (0, 300, 365), (2, 10, 3650), (30, 400, 365), (1000, 1000, 365), (10_000, 10_000, 3650)],
        [0, 1],
    )
]


def exact(shape, rate, a, c, t):
    """The published form, in enough digits that nothing is lost in it."""
    with mpmath.workdps(60):
        shape, rate, a, c, t = map(mpmath.mpf, (shape, rate, a, c, t))
        a = a + mpmath.mpf(10) ** -25 if a == 1 else a
        z = t / (rate + t)
        series = mpmath.hyp2f1(shape, c, a + c - 1, z, maxterms=10**6)
        return float((a + c - 1) / (a - 1) * (1 - (1 - z) ** shape * series))


@pytest.mark.parametrize(("shape", "rate", "a", "c", "t"), SHAPES)
def test_the_expectation_is_right_to_nine_digits(shape, rate, a, c, t):
    assert expected_purchases(shape, rate, a, c, t) == pytest.approx(exact(shape, rate, a, c, t), rel=1e-9)


@pytest.mark.parametrize("a", [1 - 1e-3, 1 - 1e-7, 1 - 1e-12, 1.0, 1 + 1e-9, 1 + 1e-4])
def test_nothing_is_lost_near_the_singularity_at_one(a):
    assert expected_purchases(2.25, 130.0, a, 4.4, 365) == pytest.approx(exact(2.25, 130.0, a, 4.4, 365), rel=1e-9)


@pytest.mark.parametrize("c", [0.01, 0.2069, 0.207, 0.3])
def test_nothing_is_lost_where_a_and_c_add_up_to_one(c):
    close = exact(0.25, 60.0, 0.793, c + 1e-12, 365)
    assert expected_purchases(0.25, 60.0, 0.793, c, 365) == pytest.approx(close, rel=1e-8)


def test_no_shape_gives_anything_but_a_sensible_number():
    wild = [1e-5, 1e-2, 1.0, 40.0, 1.6e5]
    for r, alpha, a, b in itertools.product(wild, wild, wild, wild):
        x, T = np.array([0, 0, 1, 10_000, 10_000]), np.array([0, 10_000, 5, 10_000, 300])
        values = expected_purchases(r + x, alpha + T, a, b + x, 3650)
        assert np.all(np.isfinite(values))
        assert np.all((values >= 0) & (values <= (r + x) * 3650 / (alpha + T) * (1 + 1e-9)))


def test_chances_of_n_or_more_add_up_to_the_expectation():
    for shape, rate, a, c, t in SHAPES[:12]:
        if shape < 100:
            total = at_least(shape, rate, a, c, t, np.arange(1, 40_000)).sum()
            assert total == pytest.approx(float(expected_purchases(shape, rate, a, c, t)), rel=1e-6)


def test_chances_agree_with_customers_played_out():
    n, (shape, rate, a, c, t) = 200_000, (2.25, 130.0, 0.8, 4.4, 365)
    rng = np.random.default_rng(7)
    counts = np.zeros(n, dtype=int)
    clock, here, speed, leave = np.zeros(n), np.arange(n), rng.gamma(shape, 1 / rate, n), rng.beta(a, c, n)
    while len(here):
        clock[here] += rng.exponential(1 / speed[here])
        here = here[clock[here] < t]
        counts[here] += 1
        here = here[rng.random(len(here)) >= leave[here]]
    seen = [(counts >= k).mean() for k in range(1, 9)]
    assert at_least(shape, rate, a, c, t, np.arange(1, 9)) == pytest.approx(seen, abs=0.004)
    assert float(expected_purchases(shape, rate, a, c, t)) == pytest.approx(counts.mean(), rel=0.01)


@pytest.mark.parametrize("shape", [0.243, 3.25, 30.5, 200.7])
def test_many_counts_at_once_are_those_asked_one_by_one(shape):
    counts, rate = np.append(np.arange(1, 41), [60, 90, 128]), np.array([30.0, 400.0, 900.0])
    together = at_least(np.full(3, shape), rate, 0.793, np.full(3, 2.4), 365.0, counts)
    for place, n in ((0, 1), (20, 21), (42, 128)):
        alone = at_least(np.full(3, shape), rate, 0.793, np.full(3, 2.4), 365.0, [n])[:, 0]
        assert together[:, place] == pytest.approx(alone, rel=1e-12)


def test_many_counts_of_a_rate_that_never_stays_quiet_are_certain():
    chances = at_least(np.full(2, 1000.0), np.array([1.0, 1e-3]), 0.02, np.full(2, 400.0), 365.0, np.arange(1, 40))
    assert chances[:, 0] == pytest.approx(1.0)
    assert np.all(np.diff(chances, axis=1) <= 0)
