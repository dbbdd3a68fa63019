"""What a living customer of the beta-geometric family does next: closed forms that cannot overflow.

A customer alive at T with x repeat purchases has a purchase rate lambda ~ Gamma(r + x, alpha + T) and leaves after each
purchase with probability p ~ Beta(a, c), independent of it; c = b + x for BG/NBD and b + x + 1 for MBG/NBD.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaln, hyp2f1

FloatArray = NDArray[np.float64]
Grid = tuple[FloatArray, ...]
"shape, rate, c, periods, broadcast against each other."
TOLERANCE = 1e-10
EPSILON = 2.0**-52
QUADRATURE_NODES = 240
QUADRATURE_REACH = 7.0
QUADRATURE_CHUNK = 2048
SMALLEST_LOG = -600.0
RECURRENCE = 8
"Steps of a recurrence that cost less than one incomplete beta function."
LONGEST_RECURRENCE = 512
"Steps after which rounding may have taken 1e-12 of the result."


def expected_purchases(shape: ArrayLike, rate: ArrayLike, a: float, c: ArrayLike, periods: ArrayLike) -> FloatArray:
    """E[N(periods) | alive] for lambda ~ Gamma(shape, rate), p ~ Beta(a, c); all but `a` broadcast.

    Fader, Hardie & Lee (2005), eq. 10, after Euler's transformation of 2F1: no power of x is taken, no logarithm of
    a difference.
    >>> round(float(expected_purchases(26.2426, 35.4136, 0.7929, 28.4259, 52.0)), 4)
    26.5856
    """
    grid = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (shape, rate, c, periods)))
    values, doubtful = _closed_form(grid, a)
    if doubtful.any():
        values[doubtful] = _quadrature(tuple(item[doubtful] for item in grid), a)
    return values


def _closed_form(grid: Grid, a: float) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The value, and where more than TOLERANCE of it may have been lost: near a = 1 and a + c = 1, at wild shapes."""
    shape, rate, c, periods = grid
    with np.errstate(all="ignore"):
        z, factor = periods / (rate + periods), (a + c - 1.0) / np.float64(a - 1.0)
        series = hyp2f1(a + c - 1.0 - shape, a - 1.0, a + c - 1.0, z) * np.exp((a - 1.0) * np.log1p(-z))
        values = np.asarray(factor * (1.0 - series))
        lost = EPSILON * np.abs(factor) * (1.0 + np.abs(series) + EPSILON / np.abs(a + c - 1.0))
        possible = (values >= 0.0) & (values <= shape * periods / rate * (1.0 + TOLERANCE))
        return values, ~(possible & (lost <= TOLERANCE * values)) & (periods > 0.0)


def _quadrature(grid: Grid, a: float) -> FloatArray:
    """E over p of (1 - (rate / (rate + p t))^shape) / p: bounded and positive for every shape."""
    found = np.empty(len(grid[0]))
    for start in range(0, len(found), QUADRATURE_CHUNK):
        shape, rate, c, periods = (item[start : start + QUADRATURE_CHUNK, None] for item in grid)
        log_p, _, weight = chances_to_leave(a, c)
        p = np.exp(log_p)
        reach = -np.expm1(-shape * np.log1p(p * periods / rate)) / p
        found[start : start + QUADRATURE_CHUNK] = np.sum(weight * reach, axis=1)
    return found


def chances_to_leave(a: float, c: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ln p, ln(1 - p) and weights that add up to 1, each (n, nodes), for means over p ~ Beta(a, c), c of shape (n, 1).

    Trapezoids in u with ln(p / (1 - p)) = centre + width sinh(u), where the weight dies double-exponentially; the
    weights are divided by their own sum, so no beta function is needed.
    """
    u = np.linspace(-QUADRATURE_REACH, QUADRATURE_REACH, QUADRATURE_NODES)
    log_odds = np.log(a / c) + np.sqrt(1.0 / a + 1.0 / c) * np.sinh(u)
    log_p, log_stay = -np.logaddexp(0.0, -log_odds), -np.logaddexp(0.0, log_odds)
    log_weight = a * log_p + c * log_stay
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True)) * np.cosh(u)
    log_p, log_stay = np.maximum(log_p, SMALLEST_LOG), np.minimum(log_stay, -np.exp(SMALLEST_LOG))
    return log_p, log_stay, weight / weight.sum(axis=1, keepdims=True)


def at_least(
    shape: ArrayLike, rate: ArrayLike, a: float, c: ArrayLike, periods: float, counts: ArrayLike
) -> FloatArray:
    """P(N(periods) >= n | alive) for n = counts >= 1: n - 1 decisions to stay, and a Poisson count of n or more.

    The two are independent because the customer's purchases arrive whether or not somebody has left to make them.
    >>> at_least(26.2426, 35.4136, 0.7929, 28.4259, 52.0, [1, 2]).round(6)
    array([1.      , 0.972863])
    """
    n = np.asarray(counts, dtype=float)
    shape, rate, c = (np.asarray(item, dtype=float)[..., None] for item in (shape, rate, c))
    return np.asarray(stays(a, c, n) * arrivals(n, shape, rate, periods))


def arrivals(n: FloatArray, shape: FloatArray, rate: FloatArray, periods: float) -> FloatArray:
    """P(M >= n) of the negative binomial count M of a purchase rate ~ Gamma(shape, rate), (..., 1), in `periods`.

    Where many counts are asked, the largest tail is an incomplete beta function and each lower one adds P(M = m),
    found by its recurrence: sums and products of positive numbers, a tenth of the time of as many beta functions.
    """
    z = np.asarray(periods / (rate + periods))
    last = int(n[-1]) if n.ndim == 1 and n.size else 0
    nothing = -shape * np.log1p(periods / rate)
    is_run = n.size >= 2 and last <= min(RECURRENCE * n.size, LONGEST_RECURRENCE) and np.all(np.diff(n) > 0)
    if not is_run or np.min(nothing, initial=0.0) < SMALLEST_LOG:
        return np.asarray(betainc(n, shape, z))
    shapes, z, nothing = (item[..., 0] for item in np.broadcast_arrays(shape, z, nothing))
    m = np.arange(1.0, last).reshape(-1, *[1] * z.ndim)
    tail = np.empty((last, *z.shape))  # counts first: each step is one pass over all cells
    chance = tail[:-1]
    np.add(shapes, m - 1.0, out=chance)
    chance *= z
    chance /= m
    chance[0] *= np.exp(nothing)
    np.cumprod(chance, axis=0, out=chance)
    tail[-1] = betainc(last, shapes, z)
    np.cumsum(tail[::-1], axis=0, out=tail[::-1])
    return np.moveaxis(tail[n.astype(np.intp) - 1], 0, -1)


def stays(a: float, c: FloatArray, n: FloatArray) -> FloatArray:
    """P(n - 1 decisions to stay) = B(a, c + n - 1) / B(a, c)."""
    if c.size > 1 and np.all(c == c.flat[0]):  # cells of one frequency
        c = c.ravel()[:1]
    log = gammaln(c + n - 1.0) - gammaln(c) - gammaln(a + c + n - 1.0) + gammaln(a + c)
    return np.asarray(np.exp(np.minimum(log, 0.0)))
