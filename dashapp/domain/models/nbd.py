"""NBD (Ehrenberg 1959): purchases at a gamma-spread rate, for ever. Nobody leaves, so it overrates the silent.

The yardstick of the family: what a model of leaving adds is what it predicts better than this one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, digamma, gammaln, polygamma

from dashapp.domain.beta_geometric import require_enough
from dashapp.domain.estimation import describe, settle
from dashapp.domain.model import PurchaseFit
from dashapp.domain.numerics import minimise
from dashapp.domain.patterns import Cells, Patterns
from dashapp.domain.periods import periods_ratio

FloatArray = NDArray[np.float64]
NAMES = ("r", "alpha")
STARTS = (np.zeros(2), np.log([0.3, 3.0]))
PRIOR_VARIANCE = 9.0
"Of ln r, a shape, which no change of the time unit moves."


class Likelihood:
    """Mean negative log-likelihood in theta = ln(r, alpha / scale), with gradient and Hessian.

    ln L = ln G(r+x) - ln G(r) + r ln alpha - (r+x) ln(alpha+T), so the distinct (x, T) are all there is to know.
    """

    constant = 0.0

    def __init__(self, patterns: Patterns, prior_weight: float = 0.0) -> None:
        cells = patterns.cells
        self.weights = np.bincount(cells.inverse, patterns.weights)
        self.x, self.T, self.prior_weight = cells.frequency, cells.T, prior_weight
        self.n, self.purchases = float(self.weights.sum()), float(np.sum(self.weights * self.x))
        self.scale = max(float(np.sum(self.weights * self.T)) / self.n / 10.0, 1e-6)

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        natural = np.exp(theta) * np.array([1.0, self.scale])
        r, alpha = natural
        w, x, shape, age = self.weights, self.x, r + self.x, alpha + self.T
        logs = np.log1p(self.T / alpha)
        value = np.sum(w * (gammaln(shape) - gammaln(r) - r * logs - x * np.log(age)))
        by_r = np.sum(w * (digamma(shape) - digamma(r) - logs))
        by_alpha = np.sum(w * (r / alpha - shape / age))
        across = np.sum(w * (1.0 / alpha - 1.0 / age))
        gradient = np.array([by_r, by_alpha]) * natural
        hessian = np.array([
            [np.sum(w * (polygamma(1, shape) - polygamma(1, r))), across],
            [across, np.sum(w * (shape / age**2 - r / alpha**2))],
        ])  # fmt: skip
        hessian = hessian * np.outer(natural, natural) + np.diag(gradient)
        precision = np.array([1.0, 0.0]) * self.prior_weight / PRIOR_VARIANCE
        return (
            (float(precision @ theta**2) / 2.0 - float(value)) / self.n,
            (precision * theta - gradient) / self.n,
            (np.diag(precision) - hessian) / self.n,
        )


class NbdFit(PurchaseFit):
    """A fitted NBD; alpha is a time."""

    customers_leave = False
    tells_who_left = False

    def p_alive(self, patterns: Patterns) -> FloatArray:
        return np.ones(len(patterns))

    def expected_if_alive(self, cells: Cells, periods: ArrayLike) -> FloatArray:
        times = np.asarray(periods, dtype=float)
        rate = (self.parameters["r"] + cells.frequency) / (self.parameters["alpha"] + cells.T)
        return np.asarray((rate[:, None] if times.ndim == 2 else rate) * times)

    def at_least_if_alive(self, cells: Cells, periods: float, counts: ArrayLike) -> FloatArray:
        """Poisson counts at a gamma-spread rate: a regularised incomplete beta function."""
        share = periods / (self.parameters["alpha"] + cells.T + periods)
        return np.asarray(betainc(np.asarray(counts), self.parameters["r"] + cells.frequency[:, None], share[:, None]))

    def buys_between_if_alive(self, cells: Cells, start: float, end: float) -> FloatArray:
        """Nobody leaves and no moment differs from another: only how long the window is matters."""
        return self.at_least_if_alive(cells, end - start, [1])[:, 0]

    def leaving(self, factor: float) -> NbdFit:
        return self

    def in_unit(self, time_unit: str) -> NbdFit:
        """The same fit with times in `time_unit`: alpha changes, and the log-likelihood by sum(x) ln(ratio)."""
        ratio = periods_ratio(self.time_unit, time_unit)
        return replace(
            self,
            parameters={**self.parameters, "alpha": self.parameters["alpha"] * ratio},
            standard_errors={**self.standard_errors, "alpha": self.standard_errors["alpha"] * ratio},
            log_likelihood=self.log_likelihood - self.facts["purchases"] * float(np.log(ratio)),
            time_unit=time_unit,
        )


class Nbd:
    name = "nbd"
    target = "purchases"
    title = "NBD (nobody leaves)"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> NbdFit:
        patterns = Patterns.from_frame(rfm, weights)
        merged = patterns.merged()
        require_enough(merged)
        likelihood = Likelihood(merged)
        optimum, status = settle(
            minimise(likelihood, STARTS), likelihood, lambda: Likelihood(merged, prior_weight=1.0), STARTS
        )
        scale, facts = np.array([1.0, likelihood.scale]), {"purchases": likelihood.purchases}
        return describe(
            NbdFit, self.name, NAMES, likelihood, optimum, status, scale=scale, offset=np.zeros(2), facts=facts
        )

    def restore(self, text: str) -> NbdFit:
        return NbdFit.from_json(text)


MODEL = Nbd()
