"""Whether a living customer of the beta-geometric family buys in a window that does not begin today.

Purchases arrive at rate lambda and each is the last with probability p, so those that are come at rate lambda p: the
customer outlives t1 with probability exp(-lambda p t1), whatever was bought until then, and then buys within w with
probability 1 - exp(-lambda w). Over lambda ~ Gamma(s, A) and p ~ Beta(a, c), with Euler's integral of 2F1,
    P(buys in (t1, t1 + w]) = G(A) - (A / (A + w))^s G(A + w),   G(A) = E (A / (A + p t1))^s = 2F1(s, a; a + c; -t1 / A)
which is in none of the papers of the family; the tests hold it against simulated histories.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, hyp2f1

from dashapp.domain.living import chances_to_leave

FloatArray = NDArray[np.float64]
CHUNK = 2048
LONGEST_SERIES = 2048
LEFT = 1e-10
"Chance of more clock steps than the series follows."


def buys_between(shape: FloatArray, rate: FloatArray, a: float, c: FloatArray, start: float, end: float) -> FloatArray:
    """P(a purchase in (start, end] | alive) for lambda ~ Gamma(shape, rate), p ~ Beta(a, c), each shape (n,).

    >>> buys_between(np.array([1.5]), np.array([40.0]), 0.8, np.array([3.5]), 30.0, 60.0).round(6)
    array([0.451161])
    """
    later = np.exp(-shape * np.log1p((end - start) / rate))
    first, second = (_outlives(shape, at, a, c, start) for at in (rate, rate + end - start))
    return np.asarray(np.clip(first - later * second, 0.0, 1.0))


def _outlives(shape: FloatArray, rate: FloatArray, a: float, c: FloatArray, start: float) -> FloatArray:
    """E over p of (rate / (rate + p start))^shape, after Pfaff's transformation; by quadrature where that fails."""
    z = start / (rate + start)
    with np.errstate(all="ignore"):
        found = np.asarray(np.exp(a * np.log1p(-z)) * hyp2f1(a, a + c - shape, a + c, z))
    doubtful = np.flatnonzero(~((found > 0.0) & (found <= 1.0 + 1e-9)))
    for begin in range(0, len(doubtful), CHUNK):
        rows = doubtful[begin : begin + CHUNK]
        log_p, _, weight = chances_to_leave(a, c[rows, None])
        share = np.exp(-shape[rows, None] * np.log1p(np.exp(log_p) * start / rate[rows, None]))
        found[rows] = np.sum(weight * share, axis=1)
    return np.asarray(np.minimum(found, 1.0))


def erlang_buys_between(
    shape: FloatArray, rate: FloatArray, a: float, c: FloatArray, start: float, end: float, k: int, phase: int
) -> FloatArray:
    """The same for Erlang-k gaps of which `phase` steps are done: a sum over the m steps of the clock until `start`.

    m steps bring (m + phase) // k decisions to stay and leave the clock in phase (m + phase) % k at a speed
    ~ Gamma(shape + m, rate + start); the next purchase is k less that many steps away.
    """
    if start == 0.0:
        return np.asarray(betainc(k - phase, shape, end / (rate + end)))
    z, width = start / (rate + start), (end - start) / (rate + end)
    chance = np.exp(-shape * np.log1p(start / rate))
    left, stay, total = 1.0 - chance, np.ones(len(shape)), np.zeros(len(shape))
    m = 0
    while True:
        n, now = divmod(m + phase, k)
        if m and not now:
            stay = stay * (c + n - 1.0) / (a + c + n - 1.0)
        total += chance * stay * betainc(k - now, shape + m, width)
        if left.max(initial=0.0) < LEFT or m > LONGEST_SERIES:
            return np.minimum(total, 1.0)
        m += 1
        chance = chance * (m - 1.0 + shape) / m * z
        left = left - chance
