"""How likely purchase histories are under Pareto/NBD, with exact first and second derivatives.

With the anchor at the last purchase, A = alpha + t_x, B = beta + t_x, and v, G of `departures` over T - t_x:
    ln L = ln G(r+x) - ln G(r) + r ln alpha + s ln beta - (r+x) ln A - s ln B + ln(exp(-v) + G)
    P(alive) = exp(-v) / (exp(-v) + G)
The moment of leaving is a missing value: it lies at u of (t_x, T] with density exp(-v(u)) s / (beta + u), or after T.
So the gradient is the mean, over what it may have been, of the slopes at that moment, and the Hessian the mean of the
curvatures plus the covariance of the slopes: one pass over the nodes gives all.
Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2005), "A note on deriving the Pareto/NBD model", eq. 18.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, polygamma

from dashapp.domain.departures import Moments, moments
from dashapp.domain.patterns import Patterns

FloatArray = NDArray[np.float64]
Derivatives = tuple[float, FloatArray, FloatArray]
"Value, gradient and Hessian."
PRIOR_VARIANCE = 9.0
PRIOR = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, -1.0], [0.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]])
"The prior is on ln r, ln s and ln(beta / alpha), which no change of the time unit moves."


class Likelihood:
    """Mean negative log-likelihood in theta = ln(r, alpha / scale, s, beta / scale), with gradient and Hessian."""

    constant = 0.0

    def __init__(self, patterns: Patterns, scale: float | None = None, prior_weight: float = 0.0) -> None:
        self.prior_weight, self.weights = prior_weight, patterns.weights
        self.n = float(self.weights.sum())
        self.x, self.last, T = patterns.frequency.array, patterns.recency.array, patterns.T.array
        self.span = T - self.last
        self.purchases = float(np.sum(self.weights * self.x))
        self.scale = scale or max(float(np.sum(self.weights * T)) / self.n / 10.0, 1e-6)
        customers = np.bincount(patterns.frequency.index, self.weights)
        self.counts, self.customers = patterns.frequency.values[: len(customers)], customers

    def __call__(self, theta: FloatArray) -> Derivatives:
        natural = np.exp(theta) * np.array([1.0, self.scale, 1.0, self.scale])
        constants, histories = self._constants(*natural), self._histories(*natural)
        gradient = (constants[1] + histories[1]) * natural
        hessian = (constants[2] + histories[2]) * np.outer(natural, natural) + np.diag(gradient)
        precision = PRIOR * self.prior_weight / PRIOR_VARIANCE
        return (
            (float(theta @ precision @ theta) / 2.0 - constants[0] - histories[0]) / self.n,
            (precision @ theta - gradient) / self.n,
            (precision - hessian) / self.n,
        )

    def _constants(self, r: float, alpha: float, s: float, beta: float) -> Derivatives:
        """ln G(r+x) - ln G(r), and the slopes and curves of r ln alpha + s ln beta by alpha and beta."""
        x, w, n = self.counts, self.customers, self.n
        gradient = np.array([w @ (digamma(r + x) - digamma(r)), n * r / alpha, 0.0, n * s / beta])
        hessian = np.diag([
            w @ (polygamma(1, r + x) - polygamma(1, r)), -n * r / alpha**2, 0.0, -n * s / beta**2,
        ])  # fmt: skip
        hessian[0, 1] = hessian[1, 0] = n / alpha
        hessian[2, 3] = hessian[3, 2] = n / beta
        return float(w @ (gammaln(r + x) - gammaln(r))), gradient, hessian

    def _histories(self, r: float, alpha: float, s: float, beta: float) -> Derivatives:
        """-r ln(A / alpha) - x ln A - s ln(B / beta) + ln(exp(-v) + G), chunk by chunk."""
        shape, first, second = r + self.x, alpha + self.last, beta + self.last
        buying = float(np.sum(self.weights * np.log1p(self.last / alpha)))
        staying = float(np.sum(self.weights * np.log1p(self.last / beta)))
        sums = _Sums(s)
        sums.value = -r * buying - s * staying - float(np.sum(self.weights * self.x * np.log(first)))
        sums.first[0], sums.first[2] = -buying, -staying
        for part in moments(shape, first, s, second, self.span):
            rows = part.rows
            sums.add(part, self.weights[rows], shape[rows], first[rows], second[rows], self.span[rows])
        return sums.value, sums.first, sums.second


class _Sums:
    """Value, gradient and Hessian of the sum over histories; slopes are those by r, alpha, s, beta."""

    def __init__(self, s: float) -> None:
        self.s, self.value = s, 0.0
        self.first = np.zeros(4)
        self.second = np.zeros((4, 4))

    def add(
        self,
        part: Moments,
        weight: FloatArray,
        shape: FloatArray,
        alpha: FloatArray,
        beta: FloatArray,
        span: FloatArray,
    ) -> None:
        """Every moment before T with its chance, and staying until T as one moment more."""
        log_alpha, log_beta = np.log1p(span / alpha), np.log1p(span / beta)
        stay = np.exp(-shape * log_alpha - self.s * log_beta)
        total = stay + part.leave.sum(axis=0)
        self.value += float(weight @ np.log(total))
        share = weight / total
        left = self._mean(
            self._slopes(part.later, part.log_alpha, part.log_beta, shape, alpha, beta, 1.0),
            part.leave * share, shape, 1.0,
        )  # fmt: skip
        stayed = self._mean(
            self._slopes(span[None], log_alpha[None], log_beta[None], shape, alpha, beta, 0.0),
            (stay * share)[None], shape, 0.0,
        )  # fmt: skip
        mean = left + stayed
        self.first += mean.sum(axis=1)
        self.second -= (mean / weight) @ mean.T

    def _slopes(
        self, later: FloatArray, log_alpha: FloatArray, log_beta: FloatArray, shape: FloatArray, alpha: FloatArray,
        beta: FloatArray, leaves: float,
    ) -> FloatArray:  # fmt: skip
        """Of -(r+x) ln(alpha+u) - s ln(beta+u), plus ln s - ln(beta+u) where the customer leaves at u."""
        slopes = np.empty((4, *later.shape))
        np.negative(log_alpha, out=slopes[0])
        np.divide(-shape, alpha + later, out=slopes[1])
        np.subtract(leaves / self.s, log_beta, out=slopes[2])
        np.divide(-self.s - leaves, beta + later, out=slopes[3])
        return slopes

    def _mean(self, slopes: FloatArray, chance: FloatArray, shape: FloatArray, leaves: float) -> FloatArray:
        """Sum of chance x slope per history, (4, rows); the Hessian's part of these moments is added up on the way."""
        weighted = slopes * chance
        mean = weighted.sum(axis=1)
        square = weighted.reshape(4, -1) @ slopes.reshape(4, -1).T
        by_rate = float(np.sum(mean[1] / shape))
        by_mortality = float(mean[3].sum()) / (self.s + leaves)
        curves = np.diag([
            0.0, np.sum((weighted[1] * slopes[1]).sum(axis=0) / shape),
            -leaves * float(chance.sum()) / self.s**2, square[3, 3] / (self.s + leaves),
        ])  # fmt: skip
        curves[0, 1] = curves[1, 0] = by_rate
        curves[2, 3] = curves[3, 2] = by_mortality
        self.second += square + curves
        return np.asarray(mean)
