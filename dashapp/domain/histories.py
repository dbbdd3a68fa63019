"""How likely purchase histories are under the beta-geometric family, with exact first and second derivatives.

`shift` is all that tells the two members apart: 0 for BG/NBD (a customer may leave only after a repeat purchase),
1 for MBG/NBD (also right after the first). A = alpha + T, x purchases take x steps of the purchase clock (k x where
gaps are Erlang-k, see erlang_histories):
    ln L = ln G(r+x) - ln G(r) + r ln alpha + ln B(a, b+x+shift) - ln B(a, b) - (r+x) ln A + softplus(d)
    d    = ln a - ln(b+x+shift-1) + (r+x) (ln A - ln(alpha + t_x))           P(alive) = 1 / (1 + e^d)
The first terms depend on x or on T alone, so they are sums over histograms; only softplus(d) needs the histories.
Fader, Hardie & Lee (2005), eq. 6; Batislam, Denizel & Filiztekin (2007), eq. 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, zeta

from dashapp.domain.patterns import Column, IndexArray, Patterns

FloatArray = NDArray[np.float64]
Derivatives = tuple[float, FloatArray, FloatArray]
"Value, gradient and Hessian."
CHUNK = 8192
"Histories per pass of the inner loop: its arrays stay in the second-level cache."
PRIOR_VARIANCE = 9.0
PRIOR_SHAPE = np.array([1.0, 0.0, 1.0, 1.0])
"The prior is on ln r, ln a, ln b: shapes, which no change of the time unit moves."


def trigamma(x: FloatArray | float) -> FloatArray:
    """Second derivative of ln G: what scipy's polygamma(1, x) says, in a third of its time."""
    return np.asarray(zeta(2.0, x))


class Likelihood:
    """Mean negative log-likelihood in theta = ln(r, alpha / scale, a, b), with gradient and Hessian."""

    steps = 1
    "Of the purchase clock per purchase."

    def __init__(self, patterns: Patterns, shift: int, prior_weight: float = 0.0) -> None:
        weights, self.constant = patterns.weights, 0.0
        self.shift, self.n, self.prior_weight = shift, float(weights.sum()), prior_weight
        self.counts, self.customers_by_count = _histogram(patterns.frequency, weights)
        self.ages, self.customers_by_age = _histogram(patterns.T, weights)
        purchases = np.bincount(patterns.T.index, weights * patterns.frequency.array, len(patterns.T.values))
        self.purchases_by_age = purchases[np.bincount(patterns.T.index, weights, len(patterns.T.values)) > 0]
        self.scale = max(float(self.ages @ self.customers_by_age) / self.n / 10.0, 1e-6)
        self.rows = (
            patterns if shift else patterns.take(patterns.frequency.index > position_of_zero(patterns.frequency))
        )
        self.row_weights = self.rows.weights

    def __call__(self, theta: FloatArray) -> Derivatives:
        natural = np.exp(theta) * np.array([1.0, self.scale, 1.0, 1.0])
        parts = (self._counts(*natural), self._ages(*natural), self._histories(*natural))
        value = sum(part[0] for part in parts)
        gradient = np.sum([part[1] for part in parts], axis=0) * natural
        hessian = np.sum([part[2] for part in parts], axis=0) * np.outer(natural, natural) + np.diag(gradient)
        precision = PRIOR_SHAPE * self.prior_weight / PRIOR_VARIANCE
        return (
            (float(precision @ theta**2) / 2.0 - value) / self.n,
            (precision * theta - gradient) / self.n,
            (np.diag(precision) - hessian) / self.n,
        )

    def _counts(self, r: float, alpha: float, a: float, b: float) -> Derivatives:
        """The terms that depend on the number of purchases alone."""
        x, w, more = self.steps * self.counts, self.customers_by_count, self.counts + self.shift
        value = w @ (
            gammaln(r + x) - gammaln(r) + gammaln(b + more) - gammaln(b) - gammaln(a + b + more) + gammaln(a + b)
        )
        by_r, by_both = digamma(r + x) - digamma(r), digamma(a + b) - digamma(a + b + more)
        gradient = np.array([w @ by_r, 0.0, w @ by_both, w @ (by_both + digamma(b + more) - digamma(b))])
        hessian = np.zeros((4, 4))
        hessian[0, 0] = w @ (trigamma(r + x) - trigamma(r))
        both = w @ (trigamma(a + b) - trigamma(a + b + more))
        hessian[2:, 2:] = both
        hessian[3, 3] += w @ (trigamma(b + more) - trigamma(b))
        return float(value), gradient, hessian

    def _ages(self, r: float, alpha: float, a: float, b: float) -> Derivatives:
        """r ln alpha - (r + x) ln(alpha + T), summed over days of age."""
        age = alpha + self.ages
        clock = self.steps * self.purchases_by_age
        exposure = r * self.customers_by_age + clock
        logs = self.customers_by_age @ np.log1p(self.ages / alpha)
        value = -r * logs - clock @ np.log(age)
        gradient = np.array([-logs, self.n * r / alpha - exposure @ (1.0 / age), 0.0, 0.0])
        hessian = np.zeros((4, 4))
        hessian[0, 1] = hessian[1, 0] = self.n / alpha - self.customers_by_age @ (1.0 / age)
        hessian[1, 1] = -self.n * r / alpha**2 + exposure @ (1.0 / age**2)
        return float(value), gradient, hessian

    def _histories(self, r: float, alpha: float, a: float, b: float) -> Derivatives:
        """Sum of softplus(d) and its derivatives, chunk by chunk."""
        tables = Tables.of(self.rows, self.shift, r, alpha, a, b)
        sums = Sums()
        for start in range(0, len(self.rows), CHUNK):
            part = slice(start, start + CHUNK)
            sums.add(tables, self.rows, part, self.row_weights[part])
        return sums.derivatives(a)


@dataclass(frozen=True)
class Tables:
    """Everything a history needs, by its whole-numbered x, t_x and T."""

    log_last: FloatArray
    log_age: FloatArray
    inverse_last: FloatArray
    inverse_age: FloatArray
    shape: FloatArray
    stay: FloatArray
    log_odds: FloatArray

    @classmethod
    def of(cls, rows: Patterns, shift: int, r: float, alpha: float, a: float, b: float, steps: int = 1) -> Tables:
        last, age, x = alpha + rows.recency.values, alpha + rows.T.values, rows.frequency.values
        with np.errstate(divide="ignore", invalid="ignore"):  # b - 1 at x = 0 of BG/NBD, which has no such rows
            stay = 1.0 / (b + x + shift - 1.0)
            log_odds = np.log(a) + np.log(stay)
        return cls(np.log(last), np.log(age), 1.0 / last, 1.0 / age, r + steps * x, stay, log_odds)


class Sums:
    """The fifteen sums that value, gradient and Hessian of softplus(d) are made of."""

    def __init__(self) -> None:
        self.value = self.by_gap = self.by_curve = self.by_stay = 0.0
        self.first = np.zeros(4)
        self.second = np.zeros((4, 4))

    def add(self, tables: Tables, rows: Patterns, part: slice, weight: FloatArray) -> None:
        x, last, age = rows.frequency.index[part], rows.recency.index[part], rows.T.index[part]
        slopes = self.slopes(tables, x, last, age)
        d = tables.log_odds[x] + tables.shape[x] * slopes[0]
        small = np.exp(-np.abs(d))
        half = 1.0 / (1.0 + small)
        left = weight * np.where(d > 0, half, small * half)
        self.value += float(weight @ (np.maximum(d, 0.0) + np.log1p(small)))
        self.second += (slopes * (weight * small * half * half)) @ slopes.T
        self.bend(tables, slopes, left, x, last, age)

    def slopes(self, tables: Tables, x: IndexArray, last: IndexArray, age: IndexArray) -> FloatArray:
        """Of d by r, alpha, ln a and -b, shape (4, n)."""
        slopes = np.empty((4, len(x)))
        np.subtract(tables.log_age[age], tables.log_last[last], out=slopes[0])
        np.subtract(tables.inverse_age[age], tables.inverse_last[last], out=slopes[1])
        slopes[1] *= tables.shape[x]
        slopes[2] = 1.0
        slopes[3] = tables.stay[x]
        return slopes

    def bend(
        self, tables: Tables, slopes: FloatArray, left: FloatArray, x: IndexArray, last: IndexArray, age: IndexArray
    ) -> None:
        """Slopes and curvature of d itself, `left` being how much of each customer has left."""
        inverse_age, inverse_last = tables.inverse_age[age], tables.inverse_last[last]
        self.first += slopes @ left
        self.by_gap += float(left @ (inverse_age - inverse_last))
        self.by_curve -= float((left * slopes[1]) @ (inverse_age + inverse_last))
        self.by_stay += float((left * slopes[3]) @ slopes[3])

    def derivatives(self, a: float) -> Derivatives:
        """With respect to r, alpha, a, b: the slopes of d are the sums' own times (1, 1, 1/a, -1)."""
        factor = np.array([1.0, 1.0, 1.0 / a, -1.0])
        hessian = self.second * np.outer(factor, factor)
        hessian[0, 1] += self.by_gap
        hessian[1, 0] += self.by_gap
        hessian[1, 1] += self.by_curve
        hessian[2, 2] -= self.first[2] / a**2
        hessian[3, 3] += self.by_stay
        return self.value, self.first * factor, hessian


def _histogram(column: Column, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values that occur and the weight on each."""
    totals = np.bincount(column.index, weights, len(column.values))
    present = totals > 0
    return column.values[present], np.asarray(totals[present], dtype=float)


def position_of_zero(column: Column) -> int:
    """Position of the value 0 in the table, or -1."""
    return 0 if len(column.values) and column.values[0] == 0 else -1
