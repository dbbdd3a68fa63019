"""Gamma-Gamma (Fader & Hardie 2013): what customers spend per purchase, independent of how often they buy.

Spend per purchase z ~ Gamma(p, nu), nu ~ Gamma(q, v); a customer with x repeat purchases of mean m has
nu ~ Gamma(q + p x, v + x m). q > 1 always, so that the population has a mean. Fitted to x >= 1 and m > 0 only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv, betaln, digamma, gammaln, polygamma

from dashapp.domain.estimation import describe, settle
from dashapp.domain.gamma_ratio import digamma_gain, log_gamma_ratio
from dashapp.domain.model import SpendFit
from dashapp.domain.numerics import minimise
from dashapp.errors import InputError, NotEnoughData

FloatArray = NDArray[np.float64]
NAMES = ("p", "q", "v")
CHUNK = 8192
MIN_CUSTOMERS = 10
SAMPLE = 20_000
STARTS = (np.log([2.0, 2.0, 2.0]), np.log([6.0, 3.0, 0.5]))
PRIOR_VARIANCE = 9.0
"""Of ln p and ln(q - 1), only where the data alone leave a parameter open. Where hardly anybody bought more than twice,
p and v can grow and shrink together for ever."""
LARGEST_LOG = 690.0
SETTLED = -50.0
"Log-density of ln(spend / w) below which the rest of that tail holds less than 1e-20 of the customers."


class Likelihood:
    """Mean negative log-likelihood in theta = ln(p, q - 1, v / scale), with gradient and Hessian.

    The scale is the geometric mean of spend, so that a change of currency changes no step of the search. Only the total
    spend over v needs each customer; everything else is a histogram of x or a sum that is taken once. What grows with q
    is taken as differences, because where customers hardly differ the optimum lies at a q and a v of many thousands.
    """

    def __init__(self, x: FloatArray, m: FloatArray, weights: FloatArray, prior_weight: float = 0.0) -> None:
        self.n, self.prior_weight = float(weights.sum()), prior_weight
        log_m = np.log(m)
        self.scale = float(np.exp(_inner(weights, log_m) / self.n))
        self.x, self.total, self.weights, self.weighted_x = x, x * m / self.scale, weights, weights * x
        counts = np.bincount(x.astype(np.intp), weights)
        self.counts = np.flatnonzero(counts).astype(float)
        self.customers = counts[counts > 0]
        log_total = log_m - math.log(self.scale) + np.log(x)
        self.sum_x = float(self.weighted_x.sum())
        self.sum_x_log_total = _inner(self.weighted_x, log_total)
        self.constant = -_inner(weights, log_m)

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        p, beyond_one, v = (float(value) for value in np.exp(theta))
        slopes = np.array([p, beyond_one, 1.0])  # the third derivative is that by ln v already
        constants, customers = self._counts(p, 1.0 + beyond_one, v), self._customers(p, 1.0 + beyond_one, v)
        gradient = (constants[1] + customers[1]) * slopes
        hessian = (constants[2] + customers[2]) * np.outer(slopes, slopes) + np.diag(gradient * [1.0, 1.0, 0.0])
        precision = np.array([1.0, 1.0, 0.0]) * self.prior_weight / (PRIOR_VARIANCE * self.n)
        return (
            -(constants[0] + customers[0]) / self.n + float(precision @ theta**2) / 2.0,
            -gradient / self.n + precision * theta,
            -hessian / self.n + np.diag(precision),
        )

    def _counts(self, p: float, q: float, v: float) -> tuple[float, FloatArray, FloatArray]:
        """ln G(px+q) - ln G(q) - ln G(px) + px ln(x m / v), by p, q and ln v."""
        x, w, px = self.counts, self.customers, p * self.counts
        log_ratio = self.sum_x_log_total - self.sum_x * math.log(v)
        value = w @ (log_gamma_ratio(q, px) - gammaln(px)) + p * log_ratio
        both = polygamma(1, px + q)
        gradient = np.array([
            (w * x) @ (digamma(px + q) - digamma(px)) + log_ratio, w @ digamma_gain(q, px), -p * self.sum_x
        ])  # fmt: skip
        hessian = np.zeros((3, 3))
        hessian[0, 0] = (w * x * x) @ (both - polygamma(1, px))
        hessian[0, 1] = hessian[1, 0] = (w * x) @ both
        hessian[1, 1] = w @ both - self.n * polygamma(1, q)
        hessian[0, 2] = hessian[2, 0] = -self.sum_x
        return float(value), gradient, hessian

    def _customers(self, p: float, q: float, v: float) -> tuple[float, FloatArray, FloatArray]:
        """-(px+q) ln(1 + x m / v), by p, q and ln v, chunk by chunk."""
        sums = np.zeros((2, 3))
        for start in range(0, len(self.x), CHUNK):
            part = slice(start, start + CHUNK)
            ratio = self.total[part] / v
            inverse = 1.0 / (1.0 + ratio)
            share = ratio * inverse
            weights = np.stack([self.weights[part], self.weighted_x[part]])
            sums += weights @ np.stack([_log_beyond_one(ratio, inverse), share, share * inverse]).T
        (log, share, curvature), (x_log, x_share, x_curvature) = sums
        value = -(p * x_log + q * log)
        gradient = np.array([-x_log, -log, p * x_share + q * share])
        hessian = np.zeros((3, 3))
        hessian[0, 2] = hessian[2, 0] = x_share
        hessian[1, 2] = hessian[2, 1] = share
        hessian[2, 2] = -(p * x_curvature + q * curvature)
        return float(value), gradient, hessian


def _log_beyond_one(ratio: FloatArray, inverse: FloatArray) -> FloatArray:
    """ln(1 + ratio), `inverse` being 1 / (1 + ratio): what the sum rounded off is added again. log1p takes thrice."""
    one_more = 1.0 + ratio
    log: FloatArray = np.log(one_more) + (ratio - (one_more - 1.0)) * inverse
    return log


class GammaGammaFit(SpendFit):
    """A fitted Gamma-Gamma. `facts["correlation"]`, of frequency and spend among repeaters, should be small."""

    lower_limits: ClassVar[Mapping[str, float]] = {"q": 1.0}

    @property
    def population_mean(self) -> float:
        """Mean spend per purchase of a customer nothing is known about."""
        p, q, v = (self.parameters[name] for name in NAMES)
        return p * v / (q - 1.0)

    def expected_order_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> FloatArray:
        p, q = self.parameters["p"], self.parameters["q"]
        value = self.spend_scale(frequency, monetary_value)  # changed in place: memory is what a million of them cost
        value *= p
        weight = p * np.asarray(frequency, dtype=float)
        weight += q - 1.0
        value /= weight
        return np.asarray(value)

    def spend_scale(self, frequency: ArrayLike, monetary_value: ArrayLike) -> FloatArray:
        """v + x m; refunds beyond the purchases count as 0, the least the model knows."""
        scale: FloatArray = np.maximum(np.asarray(monetary_value, dtype=float), 0.0)
        scale *= np.asarray(frequency)
        scale += self.parameters["v"]
        return scale

    def total_below(self, frequency: ArrayLike, counts: ArrayLike, log_ratio: ArrayLike) -> FloatArray:
        """total / (v + x m) ~ BetaPrime(p n, q + p x): a regularised incomplete beta function."""
        p, q = self.parameters["p"], self.parameters["q"]
        logit, a, b = np.asarray(log_ratio, float), p * np.asarray(counts, float), q + p * np.asarray(frequency, float)
        log_share = -np.logaddexp(0.0, -logit)
        open_ = (a + b) * log_share - b * logit - betaln(a, b) > SETTLED
        share, first, second, between = np.broadcast_arrays(np.exp(log_share), a, b, open_)
        below: FloatArray = (share * (first + second) > first).astype(float)  # 0 or 1 where the density is nothing
        below[between] = betainc(first[between], second[between], share[between])
        return below

    def total_square(
        self, frequency: ArrayLike, monetary_value: ArrayLike, mean_count: ArrayLike, mean_square_count: ArrayLike
    ) -> FloatArray:
        """Second moment of w BetaPrime(p n, Q), Q = q + p x: w^2 p n (p n + 1) / ((Q - 1) (Q - 2)), mean over n."""
        p = self.parameters["p"]
        tail = self.parameters["q"] + p * np.asarray(frequency, dtype=float)
        counts = p * (p * np.asarray(mean_square_count) + np.asarray(mean_count))
        scale = self.spend_scale(frequency, monetary_value)
        with np.errstate(divide="ignore"):
            return np.where(tail > 2.0, scale**2 * counts / np.maximum((tail - 1.0) * (tail - 2.0), 0.0), np.inf)

    def total_range(self, frequency: float, counts: int, tail: float) -> tuple[float, float]:
        p, tail_shape = self.parameters["p"], self.parameters["q"] + self.parameters["p"] * frequency
        low, high = betaincinv(p, tail_shape, tail), betaincinv(tail_shape, p * counts, tail)
        return -_log_odds(1.0 - low, low), _log_odds(1.0 - high, high)


def _log_odds(above: float, below: float) -> float:
    return float(np.clip(math.log(max(above, 1e-300)) - math.log(max(below, 1e-300)), -LARGEST_LOG, LARGEST_LOG))


class GammaGamma:
    name = "gamma_gamma"
    target = "spend"
    title = "Gamma-Gamma"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> GammaGammaFit:
        x, m, w = _repeaters(rfm, weights)
        likelihood = Likelihood(x, m, w)
        first = minimise(_thinned(x, m, w, likelihood.scale), STARTS)
        first = minimise(likelihood, [first.theta]) if len(x) > SAMPLE else first
        optimum, status = settle(first, likelihood, lambda: Likelihood(x, m, w, prior_weight=1.0), STARTS)
        scale, offset = np.array([1.0, 1.0, likelihood.scale]), np.array([0.0, 1.0, 0.0])
        facts = {"correlation": _correlation(x, m, w)}
        return describe(
            GammaGammaFit, self.name, NAMES, likelihood, optimum, status, scale=scale, offset=offset, facts=facts
        )

    def restore(self, text: str) -> GammaGammaFit:
        return GammaGammaFit.from_json(text)


def _repeaters(rfm: pd.DataFrame, weights: ArrayLike | None) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequency, mean spend and weight where the model applies. Raises InputError and NotEnoughData."""
    missing = {"frequency", "monetary_value"} - set(rfm.columns)
    if missing:
        raise InputError(f"The summary lacks {', '.join(sorted(missing))}.", "Build it with rfm.summarise.")
    x, m = rfm["frequency"].to_numpy(dtype=float), rfm["monetary_value"].to_numpy(dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    used = (x >= 1) & (m > 0) & np.isfinite(m)
    x, m, w = x[used], m[used], w[used]
    if w.sum() < MIN_CUSTOMERS or np.ptp(m) == 0:
        raise NotEnoughData(
            f"The spend model needs {MIN_CUSTOMERS} repeat customers whose mean spends are positive and differ; "
            f"there are {w.sum():g}.",
            "Load amounts for a longer history or widen the filter.",
        )
    return x, m, w


def _thinned(x: FloatArray, m: FloatArray, w: FloatArray, scale: float) -> Likelihood:
    """Every k-th customer, in the money scale of all, so that its optimum is a start for all."""
    stride = max(1, -(-len(x) // SAMPLE))
    sample = Likelihood(x[::stride], m[::stride], w[::stride])
    sample.total *= sample.scale / scale
    sample.sum_x_log_total += float(sample.sum_x) * math.log(sample.scale / scale)
    sample.scale = scale
    return sample


def _correlation(x: FloatArray, m: FloatArray, w: FloatArray) -> float:
    if np.ptp(x) == 0:
        return 0.0
    n = float(w.sum())
    x, m = x - _inner(w, x) / n, m - _inner(w, m) / n
    return _inner(w, x * m) / math.sqrt(_inner(w, x * x) * _inner(w, m * m))


def _inner(weights: FloatArray, values: FloatArray) -> float:
    """Sum of products, added in one order: a threaded dot product of long arrays adds in another and ends elsewhere."""
    return float(np.sum(weights * values))


MODEL = GammaGamma()
