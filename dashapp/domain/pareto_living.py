"""What a living customer of Pareto/NBD does next: forms that neither overflow nor have a singularity at s = 1.

A customer alive at T with x repeat purchases buys at rate lambda ~ Gamma(r + x, alpha + T) until a lifetime ends whose
rate is mu ~ Gamma(s, beta + T), independent of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, exprel

from dashapp.domain.departures import buys, panelled

FloatArray = NDArray[np.float64]
NODES = 24
DROP = 30.0
"Where the density has fallen to exp(-30) of its peak, less than 1e-12 of it is left."
PANEL = 5.0
"Length, in ln u, that one panel of nodes serves."
NEWTON_STEPS = 5
CHUNK = 512


def expected_purchases(shape: ArrayLike, rate: ArrayLike, s: float, beta: ArrayLike, periods: ArrayLike) -> FloatArray:
    """E[N(periods) | alive] for lambda ~ Gamma(shape, rate), mu ~ Gamma(s, beta); all but `s` broadcast.

    Fader & Hardie (2005), "A note on deriving the Pareto/NBD model", eq. 41: shape / rate times the expected lifetime
    within `periods`, which with g = ln(1 + periods / beta) is beta (1 - exp(-(s - 1) g)) / (s - 1).
    >>> expected_purchases(2.0, 10.0, 1.0, 100.0, [100.0, 900.0]).round(6)
    array([13.862944, 46.051702])
    """
    shape, rate, beta, times = (np.asarray(item, dtype=float) for item in (shape, rate, beta, periods))
    growth = np.log1p(times / beta)
    return np.asarray(shape / rate * beta * growth * exprel(-(s - 1.0) * growth))


def at_least(
    shape: ArrayLike, rate: ArrayLike, s: float, beta: ArrayLike, periods: float, counts: ArrayLike
) -> FloatArray:
    """P(N(periods) >= n | alive) for n = counts >= 1, shape (..., counts): the n-th purchase comes before leaving.

    >>> at_least(2.0, 10.0, 1e-12, 100.0, 10.0, [1, 2]).round(6)
    array([0.75, 0.5 ])
    """
    wide = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (shape, rate, beta)))
    shapes, rates, betas = (item.reshape(-1) for item in wide)
    numbers = np.asarray(counts, dtype=float)
    found = np.empty((len(numbers), len(shapes)))
    for start in range(0, found.size, CHUNK):
        place = np.arange(start, min(start + CHUNK, found.size))
        column, row = np.divmod(place, len(shapes))
        found.flat[place] = _before(numbers[column], shapes[row], rates[row], s, betas[row], float(periods))
    return np.minimum(found.T, 1.0).reshape(*wide[0].shape, len(numbers))


def _before(n: FloatArray, shape: FloatArray, rate: FloatArray, s: float, beta: FloatArray, t: float) -> FloatArray:
    """P(the n-th purchase comes before t and before leaving); the first has the sharper integral of `departures`."""
    found = np.empty(len(n))
    first, later = np.flatnonzero(n == 1.0), np.flatnonzero(n != 1.0)
    if len(first):
        found[first] = buys(shape[first], rate[first], s, beta[first], np.full(len(first), t))
    if len(later):
        arrival = _Arrival(n[later], shape[later], s, rate[later] / beta[later])
        found[later] = arrival.before(t / rate[later])
    return found


class _Arrival:
    """The n-th purchase at u of a customer who lives until then, as a density of w = ln(u / rate).

    ln density = h(w) - ln B(n, shape),  h(w) = n w - (n + shape) ln(1 + e^w) - s ln(1 + e^w ratio),
    ratio = rate / beta: u / (rate + u) ~ Beta(n, shape), times survival. h is concave, its peak a quadratic's root.
    """

    def __init__(self, n: FloatArray, shape: FloatArray, s: float, ratio: FloatArray) -> None:
        self.n, self.shape, self.s, self.ratio = n, shape, s, ratio

    def before(self, limit: FloatArray) -> FloatArray:
        """P(u <= limit rate): from the peak, or the limit where that comes first, to both sides."""
        n, shape, s, ratio = self.n, self.shape, self.s, self.ratio
        half = (shape + s * ratio - n * ratio) / 2.0
        root = np.abs(half) + np.sqrt(half**2 + ratio * (shape + s) * n)
        peak = np.where(half > 0.0, n / root, root / (ratio * (shape + s)))
        last = np.log(limit)
        top = np.minimum(np.log(peak), last)
        height = self.log(top)
        outside = np.minimum(np.minimum(top, 0.0), -np.log(ratio)) - DROP / n - 3.0
        left = self._cut(outside, height)
        right = np.maximum(self._cut(last, height), top)
        area = self._integral(left, top, height) + self._integral(top, right, height)
        return np.asarray(np.exp(height - betaln(n, shape)) * area)

    def log(self, w: FloatArray) -> FloatArray:
        """h, for w of shape (..., rows)."""
        grown = np.exp(w)
        return np.asarray(self.n * w - (self.n + self.shape) * np.log1p(grown) - self.s * np.log1p(grown * self.ratio))

    def _cut(self, w: FloatArray, height: FloatArray) -> FloatArray:
        """From outside towards where h lies DROP below its height; h is concave, so Newton's steps stay outside."""
        for _ in range(NEWTON_STEPS):
            grown = np.exp(w)
            slope = self.n - (self.n + self.shape) * grown / (1.0 + grown)
            slope -= self.s * grown * self.ratio / (1.0 + grown * self.ratio)
            excess = np.minimum(self.log(w) - height + DROP, 0.0)
            w = w - excess / np.where(slope == 0.0, 1.0, slope)
        return w

    def _integral(self, low: FloatArray, high: FloatArray, height: FloatArray) -> FloatArray:
        """Of exp(h - height), Gauss-Legendre on as many panels as the longest stretch needs."""
        panels = max(1, int(np.ceil((high - low).max() / PANEL)))
        z, weights = panelled(NODES, panels)
        values = np.exp(self.log(low + (high - low) * z[:, None]) - height)
        return np.asarray((values * weights[:, None]).sum(axis=0) * (high - low))
