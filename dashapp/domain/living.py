"""What a living customer of the beta-geometric family does next: closed forms that cannot overflow.

A customer alive at T with x repeat purchases has a purchase rate lambda ~ Gamma(r + x, alpha + T) and leaves after each
purchase with probability p ~ Beta(a, c), independent of it; c = b + x for BG/NBD and b + x + 1 for MBG/NBD.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv, gammaln, hyp2f1

FloatArray = NDArray[np.float64]
Grid = tuple[FloatArray, ...]
"shape, rate, c, periods, broadcast against each other."
SINGULAR_WIDTH = 0.005
"Closer than this to a = 1 the closed form loses digits, so it is interpolated between six neighbours."
FALLBACK_NODES = 96


def expected_purchases(shape: ArrayLike, rate: ArrayLike, a: float, c: ArrayLike, periods: ArrayLike) -> FloatArray:
    """E[N(periods) | alive] for lambda ~ Gamma(shape, rate), p ~ Beta(a, c); all but `a` broadcast.

    Fader, Hardie & Lee (2005), eq. 10, after Euler's transformation of 2F1: no power of x is taken, no logarithm of
    a difference.
    >>> expected_purchases(26.2426, 35.4136, 0.7929, 28.4259, 52.0).round(4)
    26.5846
    """
    grid = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (shape, rate, c, periods)))
    if abs(a - 1.0) >= SINGULAR_WIDTH:
        return _repair(_closed_form(grid, a), grid, a)
    neighbours = 1.0 + SINGULAR_WIDTH * np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
    values = np.array([_closed_form(grid, near) for near in neighbours])
    return _repair(np.tensordot(_lagrange(neighbours, a), values, axes=1), grid, a)


def _closed_form(grid: Grid, a: float) -> FloatArray:
    shape, rate, c, periods = grid
    z = periods / (rate + periods)
    with np.errstate(all="ignore"):
        series = hyp2f1(a + c - 1.0 - shape, a - 1.0, a + c - 1.0, z)
        return np.asarray((a + c - 1.0) / (a - 1.0) * (1.0 - np.exp((a - 1.0) * np.log1p(-z)) * series))


def _lagrange(nodes: FloatArray, at: float) -> FloatArray:
    return np.array([np.prod([(at - m) / (n - m) for m in nodes if m != n]) for n in nodes])


def _repair(values: FloatArray, grid: Grid, a: float) -> FloatArray:
    """Replace what is not finite, or more than never leaving would give, by quadrature."""
    shape, rate, _, periods = grid
    bad = ~((values >= 0.0) & (values <= shape * periods / rate * (1.0 + 1e-12)))
    if not bad.any():
        return values
    values = np.array(values)
    values[bad] = _quadrature(tuple(item[bad] for item in grid), a)
    return values


def _quadrature(grid: Grid, a: float) -> FloatArray:
    """E over p of (1 - (rate / (rate + p t))^shape) / p: bounded and positive for every shape, right to about 1e-6."""
    shape, rate, c, periods = (item[..., None] for item in grid)
    nodes, weights = np.polynomial.legendre.leggauss(FALLBACK_NODES)
    p = betaincinv(a, c, (nodes + 1.0) / 2.0)
    reach = -np.expm1(-shape * np.log1p(p * periods / rate))
    inside = np.where(p > 1e-290, reach / np.maximum(p, 1e-290), shape * periods / rate)
    return np.asarray(inside @ weights / 2.0)


def at_least(
    shape: ArrayLike, rate: ArrayLike, a: float, c: ArrayLike, periods: float, counts: ArrayLike
) -> FloatArray:
    """P(N(periods) >= n | alive) for n = counts >= 1: n - 1 decisions to stay, and a Poisson count of n or more.

    The two are independent because the customer's purchases arrive whether or not somebody has left to make them.
    >>> at_least(26.2426, 35.4136, 0.7929, 28.4259, 52.0, [1, 2]).round(6)
    array([1.     , 0.972864])
    """
    n = np.asarray(counts, dtype=float)
    shape, rate, c = (np.asarray(item, dtype=float)[..., None] for item in (shape, rate, c))
    stay = gammaln(c + n - 1.0) - gammaln(c) - gammaln(a + c + n - 1.0) + gammaln(a + c)
    return np.asarray(np.exp(np.minimum(stay, 0.0)) * betainc(n, shape, periods / (rate + periods)))
