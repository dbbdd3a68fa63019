"""What a living customer of Pareto/NBD does next: forms that neither overflow nor have a singularity at s = 1.

A customer alive at T with x repeat purchases buys at rate lambda ~ Gamma(r + x, alpha + T) until a lifetime ends whose
rate is mu ~ Gamma(s, beta + T), independent of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, exprel

FloatArray = NDArray[np.float64]
NODES = 24
DROP = 40.0
"Where the density has fallen to exp(-40) of its peak nothing is left to count."
CHUNK = 512


def expected_purchases(shape: ArrayLike, rate: ArrayLike, s: float, beta: ArrayLike, periods: ArrayLike) -> FloatArray:
    """E[N(periods) | alive] for lambda ~ Gamma(shape, rate), mu ~ Gamma(s, beta); all but `s` broadcast.

    Fader & Hardie (2005), eq. 41: shape / rate times the expected lifetime within `periods`, which with
    g = ln(1 + periods / beta) is beta (1 - exp(-(s - 1) g)) / (s - 1).
    >>> expected_purchases(2.0, 10.0, 1.0, 100.0, 100.0).round(6), expected_purchases(2.0, 10.0, 2.0, 100.0, 100.0)
    (np.float64(13.862944), np.float64(10.0))
    """
    shape, rate, beta, times = (np.asarray(item, dtype=float) for item in (shape, rate, beta, periods))
    growth = np.log1p(times / beta)
    return np.asarray(shape / rate * beta * growth * exprel(-(s - 1.0) * growth))


def at_least(
    shape: ArrayLike, rate: ArrayLike, s: float, beta: ArrayLike, periods: float, counts: ArrayLike
) -> FloatArray:
    """P(N(periods) >= n | alive), shape (..., counts): the n-th purchase comes in time, and the customer lives until then.

    If nobody left, the n-th purchase would come after u with z = u / (rate + u) ~ Beta(n, shape); the customer lives at
    u with probability (1 + u / beta)^-s. So the answer is betainc, times the mean of that over the u within `periods`.
    >>> at_least(2.0, 10.0, 1e-9, 100.0, 10.0, [1, 2]).round(6)
    array([0.75, 0.5 ])
    """
    n = np.asarray(counts, dtype=float)
    wide = np.broadcast_arrays(*(np.asarray(item, dtype=float)[..., None] for item in (shape, rate, beta)), n)
    flat = [item.reshape(-1) for item in wide[:3]] + [np.broadcast_to(n, wide[0].shape).reshape(-1)]
    in_time = betainc(flat[3], flat[0], periods / (flat[1] + periods))
    for start in range(0, len(in_time), CHUNK):
        part = slice(start, start + CHUNK)
        in_time[part] *= _lives(*(item[part, None] for item in flat), s, periods)
    return np.asarray(in_time.reshape(wide[0].shape))


def _lives(
    shape: FloatArray, rate: FloatArray, beta: FloatArray, n: FloatArray, s: float, periods: float
) -> FloatArray:
    """Mean of (1 + u / beta)^-s over the moment u of the n-th purchase, given that it comes within `periods`.

    Gauss-Legendre in q, ln(u / rate) = centre + width sinh(q); the weights are divided by their own sum, so an error
    of the rule only counts as far as survival varies where the density is.
    """
    centre, width = np.log(n / shape), np.sqrt(1.0 / n + 1.0 / shape)
    last = np.log(periods / rate)
    reach = np.sqrt(2.0 * DROP) * width
    high = np.minimum(last, centre + DROP / shape + reach)
    low = np.minimum(last, centre) - DROP / n - reach
    low, high = np.arcsinh((low - centre) / width), np.arcsinh((high - centre) / width)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    q = low + (high - low) * (nodes + 1.0) / 2.0
    log_u = centre + width * np.sinh(q)
    log_density = n * log_u - (n + shape) * np.logaddexp(0.0, log_u)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True)) * np.cosh(q) * weights
    survival = np.exp(-s * np.logaddexp(0.0, log_u + np.log(rate / beta)))
    return np.asarray((density * survival).sum(axis=1) / density.sum(axis=1))
