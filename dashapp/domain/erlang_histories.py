"""How likely purchase histories are when gaps are Erlang-k: the purchase clock of BG/NBD makes k steps per purchase.

With A = alpha + T, s = r + k x, u = (T - t_x) / A, and d as in `histories` with s for r + x:
    ln L = ln G(s) - ln G(r) + r ln alpha + ln B(a, b+x+shift) - ln B(a, b) - s ln A + ln S + softplus(d - ln S)
    S    = sum over j < k of (s)_j / j! u^j            P(alive) = 1 / (1 + e^(d - ln S))
S counts the steps j that a living customer's clock may have made since the last purchase; S = 1 for k = 1.
Platzer & Reutterer (2016), eq. 5, for t_x instead of every gap: the purchases before the last one are integrated out,
which leaves the factor t_x^(k x - 1) / G(k x) and all that the data say about k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from dashapp.domain.histories import CHUNK, Derivatives, Likelihood, Sums, Tables, position_of_zero
from dashapp.domain.patterns import IndexArray, Patterns

FloatArray = NDArray[np.float64]
NEVER = -1e300
"Log-odds that somebody left who cannot have left."
SHORTEST = 0.5
"Periods between two purchases of one and the same whole period."


class ErlangLikelihood(Likelihood):
    """Mean negative log-likelihood for a given k in theta = ln(r, alpha / scale, a, b), with gradient and Hessian.

    With `constant` it is that of (x, t_x, T) times G(x) / t_x^(x - 1), so that k = 1 is BG/NBD's and others compare.
    """

    def __init__(self, patterns: Patterns, shift: int, k: int, prior_weight: float = 0.0) -> None:
        super().__init__(patterns, shift, prior_weight)
        self.steps, self.rows, self.row_weights = k, patterns, patterns.weights
        self.constant = _timing(patterns, k)

    def _histories(self, r: float, alpha: float, a: float, b: float) -> Derivatives:
        tables = clock_tables(self.rows, self.shift, self.steps, r, alpha, a, b)
        chances = Chances.of(tables.shape, self.steps)
        sums = ErlangSums(chances, self.rows.recency.values, self.rows.T.values)
        for start in range(0, len(self.rows), CHUNK):
            part = slice(start, start + CHUNK)
            sums.add(tables, self.rows, part, self.row_weights[part])
        return sums.derivatives(a)


def clock_tables(rows: Patterns, shift: int, k: int, r: float, alpha: float, a: float, b: float) -> Tables:
    """Tables with k steps per purchase; a one-time buyer of the plain form has not left."""
    tables = Tables.of(rows, shift, r, alpha, a, b, k)
    at = position_of_zero(rows.frequency)
    if not shift and at == 0:
        tables.log_odds[at], tables.stay[at] = NEVER, 0.0
    return tables


def _timing(patterns: Patterns, k: int) -> float:
    """ln of t_x^(k x - 1) / G(k x) over the same for k = 1, of all customers who came back."""
    x, t_x, weights = patterns.frequency.array, patterns.recency.array, patterns.weights
    back = x > 0
    x, t_x, weights = x[back], np.maximum(t_x[back], SHORTEST), weights[back]
    return float(weights @ ((k - 1) * x * np.log(t_x) - gammaln(k * x) + gammaln(x)))


@dataclass(frozen=True)
class Chances:
    """(s)_j / j! for j < k and its first two derivatives in s, per frequency: each shape (k, frequencies)."""

    value: FloatArray
    slope: FloatArray
    curve: FloatArray

    @classmethod
    def of(cls, shape: FloatArray, k: int) -> Chances:
        value, slope, curve = np.zeros((3, k, len(shape)))
        value[0] = 1.0
        for j in range(1, k):
            factor = (shape + j - 1.0) / j
            value[j] = value[j - 1] * factor
            slope[j] = slope[j - 1] * factor + value[j - 1] / j
            curve[j] = curve[j - 1] * factor + 2.0 * slope[j - 1] / j
        return cls(value, slope, curve)


def powers(share: FloatArray, k: int) -> FloatArray:
    """u^j for j < k, shape (k, n)."""
    return np.asarray(share ** np.arange(k)[:, None])


class ErlangSums(Sums):
    """The sums of ln S + softplus(d - ln S)."""

    def __init__(self, chances: Chances, recency: FloatArray, age: FloatArray) -> None:
        super().__init__()
        self.chances, self.recency, self.age = chances, recency, age

    def add(self, tables: Tables, rows: Patterns, part: slice, weight: FloatArray) -> None:
        x, last, age = rows.frequency.index[part], rows.recency.index[part], rows.T.index[part]
        log_s, steps, steps_curve = self._waiting(tables, x, last, age)
        slopes = self.slopes(tables, x, last, age)
        d = tables.log_odds[x] + tables.shape[x] * slopes[0] - log_s
        small = np.exp(-np.abs(d))
        half = 1.0 / (1.0 + small)
        left = weight * np.where(d > 0, half, small * half)
        here = weight * np.where(d > 0, small * half, half)
        self.value += float(weight @ (log_s + np.maximum(d, 0.0) + np.log1p(small)))
        self.bend(tables, slopes, left, x, last, age)
        self.first[:2] += steps @ here
        self.second[:2, :2] += np.array([[here @ steps_curve[0], here @ steps_curve[1]],
                                         [here @ steps_curve[1], here @ steps_curve[2]]])  # fmt: skip
        slopes[:2] -= steps
        self.second += (slopes * (weight * small * half * half)) @ slopes.T

    def _waiting(
        self, tables: Tables, x: IndexArray, last: IndexArray, age: IndexArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """ln S, its gradient (2, n) and its Hessian (rr, r alpha, alpha alpha; 3, n) in r and alpha."""
        inverse = tables.inverse_age[age]
        power = powers((self.age[age] - self.recency[last]) * inverse, len(self.chances.value))
        j = np.arange(len(power), dtype=float)[:, None]
        value, slope = self.chances.value[:, x] * power, self.chances.slope[:, x] * power
        total = value.sum(axis=0)
        by_r, by_rr = slope.sum(axis=0) / total, (self.chances.curve[:, x] * power).sum(axis=0) / total
        by_alpha, by_both = -(j * value).sum(axis=0) / total * inverse, -(j * slope).sum(axis=0) / total * inverse
        by_alpha2 = (j * (j + 1.0) * value).sum(axis=0) / total * inverse * inverse
        return (
            np.log(total),
            np.stack([by_r, by_alpha]),
            np.stack([by_rr - by_r**2, by_both - by_r * by_alpha, by_alpha2 - by_alpha**2]),
        )
