"""The beta-geometric family: how it is fitted, and what a fit predicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashapp.domain import living
from dashapp.domain.buying_windows import buys_between
from dashapp.domain.estimation import describe, settle
from dashapp.domain.histories import CHUNK, Likelihood, Tables, position_of_zero
from dashapp.domain.model import PurchaseFit
from dashapp.domain.numerics import Optimum, minimise
from dashapp.domain.patterns import Cells, Patterns
from dashapp.domain.periods import periods_ratio
from dashapp.errors import NotEnoughData

FloatArray = NDArray[np.float64]
NAMES = ("r", "alpha", "a", "b")
SAMPLE = 20_000
"A search that starts from the optimum of this many histories needs three or four passes over all of them."
SMALLEST_SAMPLE = 500
ROUGH = 1e-4
"Slope at which a search on a sample ends: the rest of the way is shorter than what the sample is wrong by."
MIN_CUSTOMERS = 20
MIN_REPEATERS = 3
STARTS = (np.zeros(4), np.log([0.5, 5.0, 0.5, 2.0]))


class BetaGeometricFit(PurchaseFit):
    """A fitted BG/NBD or MBG/NBD."""

    leaves_by_purchase = True
    shift: int

    @property
    def estimates(self) -> tuple[float, float, float, float]:
        """r, alpha [time_unit], a, b."""
        return self.parameters["r"], self.parameters["alpha"], self.parameters["a"], self.parameters["b"]

    def p_alive(self, patterns: Patterns) -> FloatArray:
        r, alpha, a, b = self.estimates
        tables = Tables.of(patterns, self.shift, r, alpha, a, b)
        alive = np.empty(len(patterns))
        for start in range(0, len(patterns), CHUNK):
            part = slice(start, start + CHUNK)
            x = patterns.frequency.index[part]
            gap = tables.log_age[patterns.T.index[part]] - tables.log_last[patterns.recency.index[part]]
            d = np.minimum(tables.log_odds[x] + tables.shape[x] * gap, 700.0)
            alive[part] = 1.0 / (1.0 + np.exp(d))
        if not self.shift:
            alive[patterns.frequency.index <= position_of_zero(patterns.frequency)] = 1.0
        return alive

    def _posterior(self, cells: Cells) -> tuple[FloatArray, FloatArray, float, FloatArray]:
        """Shape and rate of the purchase rate, a and c of the chance to leave, of a living customer."""
        r, alpha, a, b = self.estimates
        return r + cells.frequency, alpha + cells.T, a, b + cells.frequency + self.shift

    def expected_if_alive(self, cells: Cells, periods: ArrayLike) -> FloatArray:
        times = np.asarray(periods, dtype=float)
        shape, rate, a, c = self._posterior(cells)
        if times.ndim == 2:
            shape, rate, c = shape[:, None], rate[:, None], c[:, None]
        return living.expected_purchases(shape, rate, a, c, times)

    def at_least_if_alive(self, cells: Cells, periods: float, counts: ArrayLike) -> FloatArray:
        return living.at_least(*self._posterior(cells), periods, counts)

    def buys_between_if_alive(self, cells: Cells, start: float, end: float) -> FloatArray:
        return buys_between(*self._posterior(cells), start, end)

    def leaving(self, factor: float) -> Self:
        """The odds of leaving after a purchase, a : b on average, times `factor`."""
        return replace(self, parameters={**self.parameters, "a": self.parameters["a"] * factor})

    def expected_if_leaving(self, cells: Cells, periods: ArrayLike, factor: float) -> FloatArray:
        return self.leaving(factor).expected_if_alive(cells, periods)

    def time_scale(self, cells: Cells) -> FloatArray:
        return self.parameters["alpha"] + cells.T

    def in_unit(self, time_unit: str) -> Self:
        """The same fit with times in `time_unit`: alpha changes, and the log-likelihood by sum(x) ln(ratio)."""
        ratio = periods_ratio(self.time_unit, time_unit)
        return replace(
            self,
            parameters={**self.parameters, "alpha": self.parameters["alpha"] * ratio},
            standard_errors={**self.standard_errors, "alpha": self.standard_errors["alpha"] * ratio},
            log_likelihood=self.log_likelihood - self.facts["purchases"] * float(np.log(ratio)),
            time_unit=time_unit,
        )


FitType = TypeVar("FitType", bound=BetaGeometricFit)


def estimate(kind: type[FitType], name: str, patterns: Patterns, near: BetaGeometricFit | None = None) -> FitType:
    """Maximum likelihood in days. Raises NotEnoughData that says what is missing.

    near: a fit in days to similar customers, where the search begins: it ends at the same place, sooner.
    """
    merged = patterns.merged()
    require_enough(merged)
    likelihood = Likelihood(merged, kind.shift)
    first = _climb(merged, likelihood) if near is None else _climb_from(near, merged, likelihood)
    optimum, status = settle(first, likelihood, lambda: Likelihood(merged, kind.shift, prior_weight=1.0), STARTS)
    facts = {"purchases": float(likelihood.counts @ likelihood.customers_by_count)}
    scale = np.array([1.0, likelihood.scale, 1.0, 1.0])
    return describe(kind, name, NAMES, likelihood, optimum, status, scale=scale, offset=np.zeros(4), facts=facts)


def _climb(merged: Patterns, likelihood: Likelihood) -> Optimum:
    """Both starts on a sample, the better end of them on everything; both on everything where a sample says little."""
    size = min(SAMPLE, len(merged) // 4)
    if size < SMALLEST_SAMPLE:
        return minimise(likelihood, STARTS)
    rough = Likelihood(merged.thinned(size), likelihood.shift)
    found = minimise(rough, STARTS, ROUGH)
    if not found.converged or found.at_bound.any():
        return minimise(likelihood, STARTS)
    return minimise(likelihood, [found.theta + np.log([1.0, rough.scale / likelihood.scale, 1.0, 1.0])])


def _climb_from(near: BetaGeometricFit, merged: Patterns, likelihood: Likelihood) -> Optimum:
    found = minimise(likelihood, [np.log(near.estimates) - np.log([1.0, likelihood.scale, 1.0, 1.0])])
    return found if found.converged and not found.at_bound.any() else _climb(merged, likelihood)


def require_enough(merged: Patterns) -> None:
    """Raises NotEnoughData where no estimate would mean anything."""
    weights = merged.weights
    customers, repeaters = float(weights.sum()), float(weights[merged.frequency.array > 0].sum())
    if customers < MIN_CUSTOMERS or repeaters < MIN_REPEATERS:
        raise NotEnoughData(
            f"A purchase model needs {MIN_CUSTOMERS} customers, {MIN_REPEATERS} of them with a repeat purchase; "
            f"there are {customers:g} with {repeaters:g}.",
            "Load a longer history or widen the filter.",
        )
