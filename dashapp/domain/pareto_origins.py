"""How likely purchase histories are under Pareto/NBD with static covariates, with exact derivatives.

Of a customer with dummies z, alpha_i = alpha exp(-g'z) and beta_i = beta exp(-h'z) (Fader & Hardie 2007, "Incorporating
time-invariant covariates into the Pareto/NBD and BG/NBD models"). All customers of one kind share alpha_i and beta_i,
so theirs is the plain likelihood in ln(r, alpha_i, s, beta_i), which are linear in theta: its derivatives serve.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.pareto_histories import PRIOR, PRIOR_VARIANCE, Likelihood
from dashapp.domain.patterns import Patterns

FloatArray = NDArray[np.float64]
Derivatives = tuple[float, FloatArray, FloatArray]
RIDGE_VARIANCE = 1.0
"Of g and h, which are log ratios and so have no unit: a level of few customers stays near the base."


class OriginLikelihood:
    """Mean negative log-likelihood in theta = ln(r, alpha / scale, s, beta / scale), g, h, with gradient and Hessian.

    ridge: whether g and h are held by their ridge; prior_weight: of the weak prior on the other four.
    """

    constant = 0.0

    def __init__(
        self, patterns: Patterns, dummies: FloatArray, scale: float, *, ridge: bool = True, prior_weight: float = 0.0
    ) -> None:
        kind = np.zeros(len(patterns), dtype=np.intp) if patterns.kind is None else patterns.kind.index
        present = np.unique(kind)
        self.parts = [Likelihood(patterns.take(np.flatnonzero(kind == code)), scale) for code in present]
        self.maps = [_map(dummies[code]) for code in present]
        self.n = float(patterns.weights.sum())
        self.precision = np.zeros((4 + 2 * dummies.shape[1],) * 2)
        self.precision[:4, :4] = PRIOR * prior_weight / PRIOR_VARIANCE
        if ridge:
            self.precision[4:, 4:] = np.eye(2 * dummies.shape[1]) / RIDGE_VARIANCE

    def __call__(self, theta: FloatArray) -> Derivatives:
        value = float(theta @ self.precision @ theta) / 2.0
        gradient, hessian = self.precision @ theta, self.precision.copy()
        for part, to_kind in zip(self.parts, self.maps, strict=True):
            mean, slope, curve = part(to_kind @ theta)
            value += part.n * mean
            gradient += part.n * (to_kind.T @ slope)
            hessian += part.n * (to_kind.T @ curve @ to_kind)
        return value / self.n, gradient / self.n, hessian / self.n


def _map(z: FloatArray) -> FloatArray:
    """From theta to ln(r, alpha_i, s, beta_i)."""
    k = len(z)
    to_kind = np.hstack([np.eye(4), np.zeros((4, 2 * k))])
    to_kind[1, 4 : 4 + k] = -z
    to_kind[3, 4 + k :] = -z
    return to_kind
