"""How far the parameters of the beta-geometric family move when other customers had come: a check of the delta method.

Each replicate gives every customer a Poisson(1) weight. Customers who share a history share a row, so a row of w
customers weighs Poisson(w), and the fit to all of them is where each search starts: two steps of Newton's method away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.beta_geometric import NAMES, BetaGeometricFit
from dashapp.domain.histories import Likelihood
from dashapp.domain.numerics import MAX_ITERATIONS, minimise
from dashapp.domain.patterns import Patterns

FloatArray = NDArray[np.float64]
REPLICATES = 200
SEED = 20_260_101
NEAR = 1e-4
"""Squared distance to the optimum, in standard errors, from which one more step of Newton's method is the last: what
is left of it is of the order of NEAR over the root of the customers."""


@dataclass(frozen=True)
class Draws:
    """The parameters of every replicate."""

    names: tuple[str, ...]
    values: FloatArray
    "Shape (replicates, names), in the time unit of the fit."

    @property
    def standard_errors(self) -> dict[str, float]:
        return dict(zip(self.names, map(float, self.values.std(axis=0, ddof=1)), strict=True))

    def interval(self, name: str, level: float) -> tuple[float, float]:
        """Percentiles of one parameter that hold `level` of the replicates."""
        column = self.values[:, self.names.index(name)]
        low, high = np.quantile(column, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
        return float(low), float(high)


def draws(fitted: BetaGeometricFit, patterns: Patterns, replicates: int = REPLICATES, seed: int = SEED) -> Draws:
    """Refit `fitted` to `replicates` resamples of the customers it was fitted to, `patterns` in its time unit.

    The same seed gives the same draws, replicate by replicate, on any number of threads.
    """
    merged, start = patterns.merged(), np.log(fitted.estimates)
    found = [_refit(fitted.shift, merged, start, np.random.default_rng([seed, number])) for number in range(replicates)]
    return Draws(NAMES, np.exp(np.array(found).reshape(-1, len(NAMES))))


def _refit(shift: int, merged: Patterns, start: FloatArray, rng: np.random.Generator) -> FloatArray:
    """ln(r, alpha, a, b) of one resample."""
    weight = rng.poisson(merged.weights).astype(float)
    drawn = np.flatnonzero(weight)
    likelihood = Likelihood(replace(merged.take(drawn), weight=weight[drawn]), shift)
    scale = np.log([1.0, likelihood.scale, 1.0, 1.0])
    near = _near(likelihood, start - scale)
    return scale + (minimise(likelihood, [start - scale]).theta if near is None else near)


def _near(likelihood: Likelihood, theta: FloatArray) -> FloatArray | None:
    """The optimum, where plain Newton steps lead to it from close by."""
    for _ in range(MAX_ITERATIONS):
        _, gradient, hessian = likelihood(theta)
        if np.linalg.eigvalsh(hessian)[0] <= 0.0:
            return None
        step = np.linalg.solve(hessian, gradient)
        if np.max(np.abs(step)) > 1.0:
            return None
        theta = theta - step
        if likelihood.n * float(gradient @ step) < NEAR:
            return theta
    return None
