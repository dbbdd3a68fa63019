"""Histories of opportunities taken and missed, and how likely BG/BB finds them, with exact derivatives.

The formula is in models/bg_bb.py; each of its terms is a product of two beta functions, differentiated as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, digamma, polygamma

from dashapp.errors import InputError

FloatArray = NDArray[np.float64]
COLUMNS = ("frequency", "recency", "opportunities")
PRIOR_VARIANCE = 9.0
CHUNK = 2**18
"Terms per pass."


@dataclass(frozen=True)
class Opportunities:
    """Histories: `x` taken, the last of them the `t_x`-th (0 if none), out of `n`; all counts, shape (histories,)."""

    x: FloatArray
    t_x: FloatArray
    n: FloatArray
    weights: FloatArray

    @classmethod
    def of(cls, x: ArrayLike, t_x: ArrayLike, n: ArrayLike, weights: ArrayLike | None = None) -> Opportunities:
        """Raises InputError for histories that cannot have happened."""
        given = (x, t_x, n, 1.0 if weights is None else weights)
        arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(item, dtype=float)) for item in given))
        _check(*arrays)
        return cls(*arrays)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, weights: ArrayLike | None = None) -> Opportunities:
        missing = set(COLUMNS) - set(frame.columns)
        if missing:
            raise InputError(f"The summary lacks {', '.join(sorted(missing))}.", "Count the opportunities of each.")
        x, t_x, n = (frame[name] for name in COLUMNS)
        return cls.of(x, t_x, n, weights)

    def __len__(self) -> int:
        return len(self.n)

    def parts(self, columns: float | None = None) -> Iterator[Opportunities]:
        """Runs of histories whose table of so many columns, by default one per term of L, is of moderate size."""
        size = max(1, int(CHUNK // ((columns or self.n.max(initial=0.0)) + 1)))
        for rows in (slice(start, start + size) for start in range(0, len(self), size)):
            yield Opportunities(self.x[rows], self.t_x[rows], self.n[rows], self.weights[rows])

    def distinct(self) -> tuple[Opportunities, NDArray[np.intp]]:
        """Each history once with its customers added up, and where each row's lies."""
        rows, inverse = np.unique(np.column_stack([self.x, self.t_x, self.n]), axis=0, return_inverse=True)
        inverse = inverse.ravel()
        x, t_x, n = rows.T
        return Opportunities(x, t_x, n, np.bincount(inverse, self.weights).astype(float)), inverse


def _check(x: FloatArray, t_x: FloatArray, n: FloatArray, weights: FloatArray) -> None:
    hint = "Recency is the number of the last opportunity taken, from 1 to opportunities; 0 if none was."
    if not all(np.isfinite(item).all() for item in (x, t_x, n, weights)) or np.any(weights <= 0):
        raise InputError("Frequency, recency, opportunities and weights must be numbers, weights positive.", hint)
    if any(np.any((item < 0) | (item != np.floor(item))) for item in (x, t_x, n)):
        raise InputError("Frequency, recency and opportunities must be whole numbers, zero or more.", hint)
    if np.any(t_x > n) or np.any(x > t_x) or np.any((x == 0) != (t_x == 0)):
        raise InputError("Frequency must not exceed recency, nor recency the opportunities.", hint)


class Terms:
    """ln of the terms of L, shape (histories, opportunities + 1), -inf where a term does not occur."""

    def __init__(self, seen: Opportunities, alpha: float, beta: float, gamma: float, delta: float) -> None:
        self.estimates = alpha, beta, gamma, delta
        self.x, self.n = seen.x[:, None], seen.n[:, None]
        self.m = np.arange(seen.n.max(initial=0.0) + 1.0)
        self.missed = np.maximum(self.m - self.x, 0.0)
        self.gone = (self.m < self.n).astype(float)
        occurs = (self.m >= seen.t_x[:, None]) & (self.m <= self.n)
        log = betaln(alpha + self.x, beta + self.missed) - betaln(alpha, beta)
        log += betaln(gamma + self.gone, delta + self.m) - betaln(gamma, delta)
        self.log = np.where(occurs, log, -np.inf)
        top = self.log.max(axis=1, keepdims=True)
        self.total = (top + np.log(np.exp(self.log - top).sum(axis=1, keepdims=True)))[:, 0]

    def derivatives(self) -> tuple[FloatArray, FloatArray]:
        """Of ln L in the natural parameters: gradient (histories, 4) and Hessian (histories, 4, 4)."""
        share = np.exp(self.log - self.total[:, None])
        slopes, curves = np.zeros((4, *share.shape)), np.zeros((4, 4, *share.shape))
        alpha, beta, gamma, delta = self.estimates
        slopes[:2], curves[:2, :2] = _log_beta_slopes(alpha, beta, self.x, self.missed)
        slopes[2:], curves[2:, 2:] = _log_beta_slopes(gamma, delta, self.gone, self.m)
        gradient = np.einsum("hm,ihm->hi", share, slopes)
        hessian = np.einsum("hm,ijhm->hij", share, curves) + np.einsum("hm,ihm,jhm->hij", share, slopes, slopes)
        return gradient, hessian - gradient[:, :, None] * gradient[:, None, :]


def _log_beta_slopes(p: float, q: float, more_p: FloatArray, more_q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient (2, ...) and Hessian (2, 2, ...) of ln B(p + more_p, q + more_q) - ln B(p, q) in p and q."""
    total = p + q + more_p + more_q
    by_p, by_q = digamma(p + more_p) - digamma(p), digamma(q + more_q) - digamma(q)
    both, bend = digamma(p + q) - digamma(total), polygamma(1, p + q) - polygamma(1, total)
    by_p2, by_q2 = polygamma(1, p + more_p) - polygamma(1, p), polygamma(1, q + more_q) - polygamma(1, q)
    return np.stack([both + by_p, both + by_q]), np.array([[bend + by_p2, bend], [bend, bend + by_q2]])


class Likelihood:
    """Mean negative log-likelihood in theta = ln(alpha, beta, gamma, delta), with gradient and Hessian."""

    constant = 0.0

    def __init__(self, seen: Opportunities, prior_weight: float = 0.0) -> None:
        self.seen, self.n, self.prior_weight = seen, float(seen.weights.sum()), prior_weight

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        natural = np.exp(theta)
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        for some in self.seen.parts():
            terms = Terms(some, *natural)
            slopes, curves = terms.derivatives()
            value += float(some.weights @ terms.total)
            gradient += some.weights @ slopes
            hessian += np.tensordot(some.weights, curves, 1)
        gradient, hessian = gradient * natural, hessian * np.outer(natural, natural)
        hessian += np.diag(gradient)
        precision = self.prior_weight / PRIOR_VARIANCE
        return (
            (precision * float(theta @ theta) / 2.0 - value) / self.n,
            (precision * theta - gradient) / self.n,
            (precision * np.eye(4) - hessian) / self.n,
        )
