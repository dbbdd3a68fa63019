"""What every model is: `fit` turns a summary of customers into a Fitted that predicts, and that JSON can hold.

A model is one file in `models/` with a `MODEL`. A new purchase model supplies three functions of a living customer
(`p_alive`, `expected_if_alive`, `at_least_if_alive`); everything else follows from them here.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dashapp.domain.discounting import discounted
from dashapp.domain.patterns import Cells, Patterns

FloatArray = NDArray[np.float64]


class Status(StrEnum):
    """How far the figures of a fit can be believed."""

    CONVERGED = "converged"
    REGULARISED = "regularised"
    FALLBACK = "fallback"
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Estimates with what is known about their quality. Times are in `time_unit`, money in the shop's currency."""

    model: str
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float]
    "Of the parameters, from the curvature of the log-likelihood; NaN where it has none."
    log_likelihood: float
    "Of all customers, density per `time_unit`."
    n_customers: float
    status: Status
    message: str = ""
    "Why the status is not 'converged'; empty otherwise."
    at_bound: bool = False
    gradient_norm: float = 0.0
    "Largest slope of the mean log-likelihood over the log-parameters, at the estimates."
    time_unit: str = "day"
    engine: str = "tenure"
    covariance: tuple[tuple[float, ...], ...] = ()
    """Of ln(parameter - its lower limit), rows and columns by parameter name; 0 for a parameter at its bound, which is
    held fixed. Empty where the surface is not curved, and for fits of earlier versions."""
    facts: Mapping[str, float] = field(default_factory=dict)
    "Further figures a reader should know, for example the correlation of frequency and spend."

    lower_limits: ClassVar[Mapping[str, float]] = {}
    "Of the parameters that must exceed something other than 0."

    @property
    def aic(self) -> float:
        return 2.0 * len(self.parameters) - 2.0 * self.log_likelihood

    def interval(self, name: str, z: float = 1.96) -> tuple[float, float]:
        """Confidence interval of one parameter, on the log scale so that it stays positive."""
        value = self.parameters[name]
        spread = math.exp(z * self.standard_errors[name] / value)
        return value / spread, value * spread

    def moved(self, log_steps: FloatArray) -> Self:
        """The same fit at other parameters: ln(parameter - its lower limit) plus a step each, in order of names."""
        steps = dict(zip(sorted(self.parameters), log_steps, strict=True))
        limits = self.lower_limits
        parameters = {
            name: limits.get(name, 0.0) + (value - limits.get(name, 0.0)) * math.exp(steps[name])
            for name, value in self.parameters.items()
        }
        return replace(self, parameters=parameters)

    def to_json(self) -> str:
        """Every field as one JSON object; NaN is null, so that any reader can parse it."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return json.dumps({name: _plain(value) for name, value in values.items()}, sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        values = {name: _numbers(value) for name, value in json.loads(text).items()}
        return cls(**{**values, "status": Status(values["status"])})


@dataclass(frozen=True)
class Forecast:
    """What customers will do in the horizon; each property is one number per customer, in the order asked."""

    p_alive: FloatArray
    cells: Cells
    active: FloatArray
    "P(at least one purchase | alive), per cell, as are the next two."
    expected: FloatArray
    discounted: FloatArray

    @property
    def p_active(self) -> FloatArray:
        return self._of_customers(self.active, self.p_alive)

    @property
    def expected_purchases(self) -> FloatArray:
        return self._of_customers(self.expected, self.p_alive)

    @property
    def residual(self) -> FloatArray:
        """Expected purchases, each counted at what it is worth today."""
        return self._of_customers(self.discounted, self.p_alive)

    @property
    def residual_if_active(self) -> FloatArray:
        """The same, given that the customer buys at least once."""
        return self._of_customers(_ratio(self.discounted, self.active))

    @property
    def discount_ratio(self) -> FloatArray:
        """residual / expected_purchases: the mean worth today of one unit of money received in the horizon."""
        return self._of_customers(_ratio(self.discounted, self.expected))

    def _of_customers(self, per_cell: FloatArray, factor: FloatArray | None = None) -> FloatArray:
        values = per_cell[self.cells.inverse]
        if factor is not None:
            values *= factor
        return values


class PurchaseFit(Fitted, ABC):
    """A fitted model of when customers buy and leave."""

    customers_leave: ClassVar[bool] = True
    "False where p_alive is 1 for everybody, so that silence only tells of a low rate."
    tells_who_left: ClassVar[bool] = True
    "False where P(alive) of a one-time buyer is 1 by assumption: it ranks customers upside down and is not shown."
    leaves_by_purchase: ClassVar[bool] = False
    "True where a customer can leave only after a purchase, so that whoever buys sooner leaves sooner."

    def patterns(self, rfm: pd.DataFrame) -> Patterns:
        """The histories in a summary, and of what kind each customer is where the model tells kinds apart."""
        return Patterns.from_frame(rfm)

    @abstractmethod
    def p_alive(self, patterns: Patterns) -> FloatArray:
        """Probability of still being a customer at T, shape (n,)."""

    def cells(self, patterns: Patterns) -> Cells:
        """All that the future of a customer alive at T depends on; the next two answer for these."""
        return patterns.cells

    @abstractmethod
    def expected_if_alive(self, cells: Cells, periods: ArrayLike) -> FloatArray:
        """Expected purchases in the next `periods` of a customer alive at T; broadcasts like (cells, periods)."""

    @abstractmethod
    def at_least_if_alive(self, cells: Cells, periods: float, counts: ArrayLike) -> FloatArray:
        """P(at least n purchases in the next `periods` | alive at T) for n = counts >= 1, shape (cells, counts)."""

    def buys_between_if_alive(self, cells: Cells, start: float, end: float) -> FloatArray:
        """P(at least one purchase in (start, end] periods | alive at T), per cell; NaN where no form is known."""
        return np.full(len(cells), np.nan)

    @abstractmethod
    def leaving(self, factor: float) -> Self:
        """The same model with `factor` times the readiness to leave: its rate, or its odds after a purchase."""

    def expected_if_leaving(self, cells: Cells, periods: ArrayLike, factor: float) -> FloatArray:
        """expected_if_alive of customers whose readiness to leave becomes `factor` times what it was until now.

        Where they leave as time goes by, E with a rate of f mu over t is E with mu over f t, divided by f.
        """
        return self.expected_if_alive(cells, np.asarray(periods) * factor) / factor

    def expected_purchases(self, patterns: Patterns, periods: float) -> FloatArray:
        """Expected purchases in the next `periods`, shape (n,), >= 0."""
        cells = self.cells(patterns)
        return self.p_alive(patterns) * self.expected_if_alive(cells, periods)[cells.inverse]

    def p_active(self, patterns: Patterns, periods: float) -> FloatArray:
        """Probability of at least one purchase in the next `periods`: "will buy again", shape (n,)."""
        cells = self.cells(patterns)
        active = self.at_least_if_alive(cells, periods, [1])[:, 0]
        return self.p_alive(patterns) * active[cells.inverse]

    def purchase_distribution(self, patterns: Patterns, periods: float, up_to: int) -> FloatArray:
        """P(exactly n purchases in the next `periods`) for n = 0..up_to, shape (n, up_to + 1)."""
        cells = self.cells(patterns)
        tail = self.at_least_if_alive(cells, periods, np.arange(1, up_to + 2))[cells.inverse]
        tail = np.column_stack([np.ones(len(patterns)), self.p_alive(patterns)[:, None] * tail])
        return np.maximum(tail[:, :-1] - tail[:, 1:], 0.0)

    def residual(self, patterns: Patterns, periods: float, discount: float) -> FloatArray:
        """Expected purchases in the next `periods`, each discounted at `discount` per period, shape (n,)."""
        cells = self.cells(patterns)
        return self.p_alive(patterns) * self.residual_if_alive(cells, periods, discount)[cells.inverse]

    def residual_if_alive(self, cells: Cells, periods: float, discount: float) -> FloatArray:
        """What expected_purchases brings, each purchase discounted to today, shape (cells,)."""
        return discounted(lambda times: self.expected_if_alive(cells, times), self.time_scale(cells), periods, discount)

    def time_scale(self, cells: Cells) -> FloatArray:
        """Periods over which a living customer's purchase rate bends, shape (cells,)."""
        return cells.T + 1.0

    def forecast(self, patterns: Patterns, periods: float, discount: float) -> Forecast:
        """All predictions at once: the work per (x, T) is done once and shared."""
        cells = self.cells(patterns)
        return Forecast(
            self.p_alive(patterns),
            cells,
            self.at_least_if_alive(cells, periods, [1])[:, 0],
            self.expected_if_alive(cells, periods),
            self.residual_if_alive(cells, periods, discount),
        )


def _ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """over / under; 1 where both vanish."""
    return np.where(under > 0.0, over / np.where(under > 0.0, under, 1.0), 1.0)


class SpendFit(Fitted, ABC):
    """A fitted model of what customers spend per purchase period."""

    @abstractmethod
    def expected_order_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> FloatArray:
        """Expected spend per future purchase; the population mean where frequency is 0."""

    @abstractmethod
    def spend_scale(self, frequency: ArrayLike, monetary_value: ArrayLike) -> FloatArray:
        """The customer's money scale w: all that the distribution of spend / w knows of money."""

    @abstractmethod
    def total_below(self, frequency: ArrayLike, counts: ArrayLike, log_ratio: ArrayLike) -> FloatArray:
        """P(ln(total spend of n = counts purchases / spend_scale) <= log_ratio), broadcasting."""

    @abstractmethod
    def total_square(
        self, frequency: ArrayLike, monetary_value: ArrayLike, mean_count: ArrayLike, mean_square_count: ArrayLike
    ) -> FloatArray:
        """E[(total spend of N purchases)^2] from E[N] and E[N^2]; infinite where spend has no variance."""

    @abstractmethod
    def total_range(self, frequency: float, counts: int, tail: float) -> tuple[float, float]:
        """log_ratio below which one purchase, and above which `counts` purchases, lie with probability `tail`."""


FitType = TypeVar("FitType", bound=Fitted, covariant=True)


class Model(Protocol[FitType]):
    """One entry of the shelf."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def target(self) -> str:
        """Which of the fits above it makes, and from what.

        'purchases', 'purchases by origin', 'spend', 'opportunities' or 'retention'.
        """

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> FitType:
        """Estimate from columns frequency, recency_days, T_days (and monetary_value). Raises NotEnoughData.

        For 'opportunities' from frequency, recency, opportunities; for 'retention' from period, customers.
        """

    def restore(self, text: str) -> FitType:
        """The inverse of Fitted.to_json."""


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: math.nan if item is None else item for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_numbers(item) for item in value)
    return value
