"""What a living customer with Erlang-k gaps does next.

A customer alive at T whose purchase clock has made j steps since the last purchase ("phase" j < k) has a clock of rate
lambda ~ Gamma(s, A), s = r + k x + j, and leaves after each purchase with probability p ~ Beta(a, c), independently.
The n-th purchase is step k n - j. The clock makes M steps in the horizon, a negative binomial count with
z = t / (A + t), P(M >= m) = I_z(m, s). Phases have weights w_j in proportion to (r + k x)_j / j! ((T - t_x) / A)^j.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from dashapp.domain.living import Grid, chances_to_leave, stays

FloatArray = NDArray[np.float64]
CHUNK = 4096
LONGEST_SERIES = 2048
"Steps beyond which quadrature costs less."
LARGEST_LOG = 600.0
SMALLEST_STAY = 1e-9
"Chance to stay below which the next purchase is all that counts."


def expected_purchases(
    shape: ArrayLike, rate: ArrayLike, a: float, c: ArrayLike, periods: ArrayLike, k: int, phase: int
) -> FloatArray:
    """E[N(periods) | alive, in this phase]; all but `a`, `k` and `phase` broadcast.

    >>> round(float(expected_purchases(26.2426, 35.4136, 0.7929, 28.4259, 52.0, 1, 0)), 4)
    26.5856
    """
    grid = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (shape, rate, c, periods)))
    flat: Grid = tuple(item.ravel() for item in grid)
    length = _series_length(flat)
    values = np.empty(len(length))
    far = length > LONGEST_SERIES
    order = np.argsort(length)[: len(length) - int(far.sum())]
    for start in range(0, len(order), CHUNK):
        rows = order[start : start + CHUNK]
        values[rows] = _series(tuple(item[rows] for item in flat), a, k, phase, int(length[rows[-1]]))
    for start in range(0, int(far.sum()), CHUNK // 16):
        rows = np.flatnonzero(far)[start : start + CHUNK // 16]
        values[rows] = _quadrature(tuple(item[rows] for item in flat), a, k, phase)
    return values.reshape(grid[0].shape)


def _series_length(grid: Grid) -> FloatArray:
    """Steps after which less than 1e-13 is left; infinite where no step at all has no chance a float can hold."""
    shape, rate, _, periods = grid
    with np.errstate(divide="ignore"):
        steps = (shape + 8.0 * np.sqrt(shape) + 34.0) / np.log1p(rate / periods)
    return np.where(shape * np.log1p(periods / rate) > LARGEST_LOG, np.inf, np.ceil(steps) + 8.0)


def _series(grid: Grid, a: float, k: int, phase: int, length: int) -> FloatArray:
    """Sum over m of P(M = m) times the purchases that m steps bring: (m + phase) // k decisions to stay."""
    shape, rate, c, periods = grid
    z = periods / (rate + periods)
    chance = np.exp(-shape * np.log1p(periods / rate))
    brought, stay, total = np.zeros(len(z)), np.ones(len(z)), np.zeros(len(z))
    for m in range(1, length + k):
        chance *= (m - 1.0 + shape) / m * z
        n, rest = divmod(m + phase, k)
        if not rest:
            brought += stay
            stay *= (c + n - 1.0) / (a + c + n - 1.0)
        total += chance * brought
    return total


def _quadrature(grid: Grid, a: float, k: int, phase: int) -> FloatArray:
    """E over p of (1 - E[q^((M + phase) // k)]) / p, q = 1 - p.

    With rho = q^(1/k), q^(m // k) = rho^m rho^-(m mod k), whose second factor is a sum of k powers of the roots of
    unity w_l; and E[(rho w)^M] = (1 + t / A (1 - rho w))^-s. Everything that vanishes with p is taken by expm1.
    """
    shape, rate, c, periods = (item[:, None] for item in grid)
    log_p, log_stay, weight = chances_to_leave(a, c)
    log_rho = np.maximum(log_stay, np.log(SMALLEST_STAY)) / k
    odds = periods / rate
    lifted = np.expm1(-np.arange(k)[:, None, None] * log_rho)
    lost = -np.expm1(phase * log_rho - shape * np.log1p(-odds * np.expm1(log_rho)))
    for turn in range(k):
        root = np.exp(2j * np.pi * turn / k)
        share = np.tensordot(root ** -np.arange(k), lifted, 1) / k
        at = np.exp(log_rho) * root
        steps = np.exp(phase * log_rho - shape * np.log1p(odds * (1.0 - at))) * root**phase
        lost = lost - (share * steps).real
    return np.asarray(np.sum(weight * lost * np.exp(-log_p), axis=1))


def at_least(
    shape: ArrayLike, rate: ArrayLike, a: float, c: ArrayLike, periods: float, counts: ArrayLike, k: int, phase: int
) -> FloatArray:
    """P(N(periods) >= n | alive, in this phase) for n = counts >= 1, shape (cells, counts)."""
    n = np.asarray(counts, dtype=float)
    shape, rate, c = (np.asarray(item, dtype=float)[..., None] for item in (shape, rate, c))
    return np.asarray(stays(a, c, n) * betainc(k * n - phase, shape, periods / (rate + periods)))
