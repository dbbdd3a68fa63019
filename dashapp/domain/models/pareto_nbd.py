"""Pareto/NBD (Schmittlein, Morrison & Colombo 1987): purchases until an unseen moment of leaving.

Customers buy, and leave, each at their own rate; both rates are gamma-spread over them. A customer may leave at any
time, not only after a purchase. Best calibrated of the family on CDNOW.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dashapp.domain import pareto_living
from dashapp.domain.beta_geometric import require_enough
from dashapp.domain.departures import chances
from dashapp.domain.estimation import describe, settle
from dashapp.domain.model import PurchaseFit
from dashapp.domain.numerics import minimise
from dashapp.domain.pareto_histories import Likelihood
from dashapp.domain.patterns import Cells, Patterns
from dashapp.domain.periods import periods_ratio

FloatArray = NDArray[np.float64]
NAMES = ("r", "alpha", "s", "beta")
STARTS = (np.zeros(4), np.log([0.5, 2.0, 0.5, 2.0]))
SAMPLE = 5_000
"A search that starts from the optimum of this many histories needs three or four passes over all of them."


class ParetoNbdFit(PurchaseFit):
    """A fitted Pareto/NBD; alpha and beta are times."""

    @property
    def estimates(self) -> tuple[float, float, float, float]:
        """r, alpha [time_unit], s, beta [time_unit]."""
        return self.parameters["r"], self.parameters["alpha"], self.parameters["s"], self.parameters["beta"]

    def p_alive(self, patterns: Patterns) -> FloatArray:
        """One-time buyers of one age have one history: they, half of all customers or more, cost a look-up each."""
        cells = patterns.cells
        alive = self._stays(cells.frequency, np.zeros(len(cells)), cells.T)[cells.inverse]
        repeaters = np.flatnonzero(patterns.frequency.array > 0)
        some = patterns.take(repeaters)
        alive[repeaters] = self._stays(some.frequency.array, some.recency.array, some.T.array)
        return alive

    def _stays(self, frequency: FloatArray, recency: FloatArray, T: FloatArray) -> FloatArray:
        r, alpha, s, beta = self.estimates
        nothing, leaves = chances(r + frequency, alpha + recency, s, beta + recency, T - recency)
        return nothing / (nothing + leaves)

    def _posterior(self, cells: Cells) -> tuple[FloatArray, FloatArray, float, FloatArray]:
        """Shape and rate of the purchase rate, shape and rate of the leaving rate, of a customer alive at T."""
        r, alpha, s, beta = self.estimates
        return r + cells.frequency, alpha + cells.T, s, beta + cells.T

    def expected_if_alive(self, cells: Cells, periods: ArrayLike) -> FloatArray:
        times = np.asarray(periods, dtype=float)
        shape, rate, s, beta = self._posterior(cells)
        if times.ndim == 2:
            shape, rate, beta = shape[:, None], rate[:, None], beta[:, None]
        return pareto_living.expected_purchases(shape, rate, s, beta, times)

    def at_least_if_alive(self, cells: Cells, periods: float, counts: ArrayLike) -> FloatArray:
        return pareto_living.at_least(*self._posterior(cells), periods, counts)

    def buys_between_if_alive(self, cells: Cells, start: float, end: float) -> FloatArray:
        """Whoever survives `start` left no trace of buying until then: their leaving rate is Gamma(s, beta + start)."""
        shape, rate, s, beta = self._posterior(cells)
        survives = np.exp(-s * np.log1p(start / beta))
        return np.asarray(survives * pareto_living.at_least(shape, rate, s, beta + start, end - start, [1])[:, 0])

    def leaving(self, factor: float) -> Self:
        """The rate of leaving, s / beta on average, times `factor`."""
        return replace(self, parameters={**self.parameters, "beta": self.parameters["beta"] / factor})

    def time_scale(self, cells: Cells) -> FloatArray:
        return self.parameters["beta"] + cells.T

    def in_unit(self, time_unit: str) -> ParetoNbdFit:
        """The same fit with times in `time_unit`: alpha and beta change, the log-likelihood by sum(x) ln(ratio)."""
        ratio = periods_ratio(self.time_unit, time_unit)
        factors = {"alpha": ratio, "beta": ratio}
        return replace(
            self,
            parameters={name: value * factors.get(name, 1.0) for name, value in self.parameters.items()},
            standard_errors={name: value * factors.get(name, 1.0) for name, value in self.standard_errors.items()},
            log_likelihood=self.log_likelihood - self.facts["purchases"] * float(np.log(ratio)),
            time_unit=time_unit,
        )


class ParetoNbd:
    name = "pareto_nbd"
    target = "purchases"
    title = "Pareto/NBD"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> ParetoNbdFit:
        merged = Patterns.from_frame(rfm, weights).merged()
        require_enough(merged)
        likelihood = Likelihood(merged)
        sample = merged.thinned(SAMPLE)
        first = minimise(Likelihood(sample, likelihood.scale), STARTS)
        if len(sample) < len(merged):
            first = minimise(likelihood, [first.theta])
        # s and beta often run off together along a ridge
        optimum, status = settle(
            first, likelihood, lambda: Likelihood(merged, likelihood.scale, prior_weight=1.0), STARTS
        )
        scale = np.array([1.0, likelihood.scale, 1.0, likelihood.scale])
        facts = {"purchases": likelihood.purchases}
        return describe(
            ParetoNbdFit, self.name, NAMES, likelihood, optimum, status, scale=scale, offset=np.zeros(4), facts=facts
        )

    def restore(self, text: str) -> ParetoNbdFit:
        return ParetoNbdFit.from_json(text)


MODEL = ParetoNbd()
