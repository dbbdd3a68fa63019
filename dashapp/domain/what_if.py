"""What the present customers would bring under other assumptions: answered from stored curves, with numpy alone.

A customer's future purchases are a curve over time that depends on little: how often and for how long they have bought.
`what_if_curves` writes each such curve once, as Chebyshev coefficients in time and in how readily customers leave, so a
population is a weighted sum of curves, and everything asked of it here is arithmetic on one small matrix.

`purchase_rate` and `leaving` multiply what the model says of every customer. Where customers leave after a purchase
(the beta-geometric family) faster buying brings the same purchases, and the same farewells, sooner: E(rate * t). Where
they leave as time goes by (Pareto/NBD) it brings more of them: rate * E(t).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray

from dashapp.domain.periods import discount_per_period
from dashapp.domain.simulated import bounds
from dashapp.errors import FilterError

FloatArray = NDArray[np.float64]
LEVEL = 0.80
LONGEST_HORIZON_DAYS = 3650
FACTORS = (0.25, 4.0)
"Smallest and largest times the present purchase rate, readiness to leave, and order value."
LONGEST_DAYS = LONGEST_HORIZON_DAYS * FACTORS[1]
TIME_SCALE_DAYS = 30.0
"Curves are told over ln(1 + t / this): close steps at first, wide ones later."
DAYS_PER_MONTH = 365.25 / 12
QUADRATURE_NODES = 32


@dataclass(frozen=True, slots=True)
class Scenario:
    """Assumptions of a reader. Raises FilterError naming the one that cannot be used."""

    gross_margin: float
    "Share of net sales that counts as value, above 0 and up to 1."
    annual_discount_rate: float
    horizon_days: int
    purchase_rate: float = 1.0
    "Times the present one; so are the next two."
    leaving: float = 1.0
    order_value: float = 1.0
    cac: float | None = None
    "Cost of winning one customer, in the shop's currency; None where the reader gave none."

    def __post_init__(self) -> None:
        low, high = FACTORS
        _within("gross_margin", "The gross margin", 100 * self.gross_margin, 0.01, 100, "%")
        _within("annual_discount_rate", "The discount rate", 100 * self.annual_discount_rate, 0, 500, "% a year")
        _within("horizon_days", "The horizon", self.horizon_days, 1, LONGEST_HORIZON_DAYS, "days")
        _within("purchase_rate", "The purchase rate", self.purchase_rate, low, high, "times the present one")
        _within("leaving", "The drop-out", self.leaving, low, high, "times the present one")
        _within("order_value", "The average order value", self.order_value, low, high, "times the present one")
        if self.cac is not None:
            _within("cac", "The cost of winning a customer", self.cac, 0.01, 1e9, "")


CONTROLS = tuple(item.name for item in fields(Scenario) if item.name != "cac")
"What changes the value, in the order a reader meets it."


def _within(name: str, words: str, value: float, low: float, high: float, unit: str) -> None:
    if not (math.isfinite(value) and low - 1e-9 <= value <= high + 1e-9):
        raise FilterError(name, f"{words} must lie between {low:g} and {high:g} {unit}".rstrip() + ".", "Correct it.")


def time_position(days: ArrayLike) -> FloatArray:
    """Days from now as Chebyshev's -1 to 1."""
    reach = math.log1p(LONGEST_DAYS / TIME_SCALE_DAYS)
    return np.asarray(2.0 * np.log1p(np.asarray(days, dtype=float) / TIME_SCALE_DAYS) / reach - 1.0)


def leaving_position(factor: ArrayLike) -> FloatArray:
    """Times the present readiness to leave as Chebyshev's -1 to 1."""
    return np.asarray(np.log(np.asarray(factor, dtype=float)) / math.log(FACTORS[1]))


@dataclass(frozen=True)
class Future:
    """Expected purchases over time."""

    coefficients: FloatArray
    "Of E(t) / t, purchases a day until day t; shape (..., time, leaving), one future for each of the first axes."
    leaves_by_purchase: bool

    def expected(self, days: FloatArray, scenario: Scenario) -> FloatArray:
        """Expected purchases until each of `days`, >= 0, shape (..., days)."""
        rate = scenario.purchase_rate
        times, factor = (rate * days, 1.0) if self.leaves_by_purchase else (days, rate)
        terms_of_time, terms_of_leaving = self.coefficients.shape[-2:]
        by_leaving = chebyshev.chebvander(leaving_position([scenario.leaving]), terms_of_leaving - 1)[0]
        at_leaving = self.coefficients @ by_leaving
        per_day = at_leaving @ chebyshev.chebvander(time_position(times), terms_of_time - 1).T
        return np.asarray(factor * times * np.maximum(per_day, 0.0))

    def residual(self, scenario: Scenario, horizon_days: float | None = None) -> FloatArray:
        """Expected purchases of the horizon, each counted at what it is worth today, shape (...)."""
        end = float(scenario.horizon_days if horizon_days is None else horizon_days)
        discount = discount_per_period(scenario.annual_discount_rate, "day")
        nodes, weights = _quadrature()
        span = math.log1p(end / TIME_SCALE_DAYS) / 2.0
        times = TIME_SCALE_DAYS * np.expm1(span * (nodes + 1.0))
        weights = discount * span * (times + TIME_SCALE_DAYS) * weights * np.exp(-discount * times)
        values = self.expected(np.append(times, end), scenario)
        return np.asarray(values @ np.append(weights, math.exp(-discount * end)))


@lru_cache(maxsize=1)
def _quadrature() -> tuple[FloatArray, FloatArray]:
    """Gauss and Legendre's nodes and weights on -1 to 1."""
    return np.polynomial.legendre.leggauss(QUADRATURE_NODES)


@dataclass(frozen=True)
class Curves:
    """All curves of a snapshot; rows by number of the curve."""

    coefficients: FloatArray
    "Shape (curves, time, leaving)."
    slopes: FloatArray
    "Relative change of the value by one standard deviation of each axis of the parameters, shape (curves, axes)."
    spread: FloatArray
    "Variance of the value per (value times order value), by chance; infinite where spend has none. Shape (curves,)."
    leaves_by_purchase: bool
    customers_leave: bool
    newcomer: FloatArray
    "Coefficients of somebody who has just bought for the first time."
    newcomer_order_value: float
    "What somebody nothing is known of spends per later purchase."
    base: Scenario
    "The published assumptions."

    @cached_property
    def base_residual(self) -> FloatArray:
        """Discounted purchases of each curve under the published assumptions, shape (curves,)."""
        return Future(self.coefficients, self.leaves_by_purchase).residual(self.base)

    def population(self, curve: ArrayLike, customers: ArrayLike, value: ArrayLike, square: ArrayLike) -> Population:
        """Customers by curve: how many, their published value, and the sum of value times order value."""
        rows, worth = np.asarray(curve, dtype=np.intp), np.asarray(value, dtype=float)
        weights = worth / (self.base_residual[rows] * self.base.gross_margin)
        total = np.einsum("c,ctl->tl", weights, self.coefficients[rows])
        slopes = worth @ self.slopes[rows]
        variance = np.sum(np.asarray(square, dtype=float) * self.spread[rows])
        return Population(
            Future(total, self.leaves_by_purchase), int(np.sum(customers)), float(worth.sum()), slopes, float(variance),
            self.base,
        )  # fmt: skip


@dataclass(frozen=True)
class Population:
    """The customers a reader chose."""

    future: Future
    "Of all of them, in money of a whole margin rather than purchases."
    customers: int
    published: float
    "Their value as published."
    slopes: FloatArray
    variance: float
    base: Scenario

    def value(self, scenario: Scenario, horizon_days: float | None = None) -> float:
        """Discounted margin of the horizon; under the published assumptions it is the published value."""
        return scenario.gross_margin * scenario.order_value * float(self.future.residual(scenario, horizon_days))

    def band(self, scenario: Scenario) -> tuple[float, float] | None:
        """80 % of what parameters and chance leave open, in proportion to the published value; None where unknown."""
        low, high = bounds(np.array([self.published]), self.slopes[:, None], np.array([self.variance]), LEVEL)
        if not (self.published > 0.0 and np.isfinite(low[0]) and np.isfinite(high[0])):
            return None
        times = self.value(scenario) / self.published
        return float(low[0]) * times, float(high[0]) * times

    def contributions(self, scenario: Scenario) -> dict[str, float]:
        """What each changed control adds; they sum to the difference.

        Controls work together, so each is credited with its mean over every order of changing them (Shapley 1953).
        """
        changed = [name for name in CONTROLS if getattr(scenario, name) != getattr(self.base, name)]
        worth = {
            chosen: self.value(replace(self.base, **{name: getattr(scenario, name) for name in chosen}))
            for size in range(len(changed) + 1)
            for chosen in itertools.combinations(changed, size)
        }
        return {name: _share(name, changed, lambda chosen: worth[chosen]) for name in changed}

    def by_horizon(self, scenario: Scenario, days: FloatArray) -> FloatArray:
        """Value of the first days of the horizon, for each of `days`."""
        return np.array([self.value(scenario, float(end)) for end in days])


def _share(name: str, changed: list[str], worth: Callable[[tuple[str, ...]], float]) -> float:
    """Shapley's weighted mean of what `name` adds to every set of the others."""
    others, total = [other for other in changed if other != name], math.factorial(len(changed))
    share = 0.0
    for size in range(len(others) + 1):
        weight = math.factorial(size) * math.factorial(len(others) - size) / total
        for chosen in itertools.combinations(others, size):
            with_it = tuple(item for item in changed if item in chosen or item == name)
            share += weight * (worth(with_it) - worth(chosen))
    return share


@dataclass(frozen=True)
class Newcomer:
    """A customer who has just been won, against what winning one costs."""

    value: float
    "First purchase and what follows in the horizon, discounted, times margin."
    ratio: float
    "value / cac."
    payback_months: int | None
    "First month at whose end the margin so far reaches the cac; 0 on the first purchase, None not in the horizon."


def newcomer(curves: Curves, first_order: float, scenario: Scenario) -> Newcomer | None:
    """Value of a customer won now; first_order: mean net sales of a first purchase day. None without a cac."""
    if scenario.cac is None:
        return None
    future = Future(curves.newcomer, curves.leaves_by_purchase)
    worth = scenario.gross_margin * scenario.order_value
    value = worth * (first_order + curves.newcomer_order_value * float(future.residual(scenario)))
    months = np.arange(math.floor(scenario.horizon_days / DAYS_PER_MONTH) + 1, dtype=float)
    later = future.expected(months * DAYS_PER_MONTH, scenario)
    reached = np.flatnonzero(worth * (first_order + curves.newcomer_order_value * later) >= scenario.cac)
    return Newcomer(value, value / scenario.cac, int(months[reached[0]]) if len(reached) else None)
