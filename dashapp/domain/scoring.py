"""What every customer is worth: from a summary of purchases to CLV with its interval, in one pure step.

Used by the refresh and by what-if recomputation alike, so the same assumptions give the same figures in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashapp.domain import shelf
from dashapp.domain.model import Forecast, PurchaseFit, SpendFit, Status
from dashapp.domain.periods import discount_per_period, to_periods
from dashapp.domain.predictive import spend_interval
from dashapp.domain.widening import Widening
from dashapp.errors import InputError, NotConverged

Report = Callable[[float, str], None]
LONGEST_HORIZON_DAYS = 3650
HIGHEST_DISCOUNT_RATE = 5.0
HIGHEST_CORRELATION = 0.3
"Beyond this, spend depends on frequency and Gamma-Gamma's assumption fails (science.md section 5)."
SCORE_COLUMNS = (
    "customer_key", "p_alive", "p_active", "expected_purchases", "expected_order_value", "clv", "clv_low", "clv_high",
    "value_at_risk",
)  # fmt: skip


@dataclass(frozen=True)
class Assumptions:
    """What a reader may choose. Raises InputError with one sentence and a hint."""

    model: str = shelf.DEFAULT_PURCHASES
    "A purchase model of the shelf."
    horizon_days: int = 365
    annual_discount_rate: float = 0.10
    gross_margin: float = 1.0
    "Share of spend that counts as value; 1 means revenue."

    def __post_init__(self) -> None:
        _require(_is_number(self.horizon_days), "The horizon must be a number of days.", "Use 365 for a year.")
        _require(
            self.horizon_days == int(self.horizon_days) and 1 <= self.horizon_days <= LONGEST_HORIZON_DAYS,
            f"The horizon must be 1 to {LONGEST_HORIZON_DAYS} whole days, not {self.horizon_days}.",
            "Use 365 for a year.",
        )
        _require(
            _is_number(self.annual_discount_rate) and 0.0 <= self.annual_discount_rate <= HIGHEST_DISCOUNT_RATE,
            f"The annual discount rate must lie between 0 and {HIGHEST_DISCOUNT_RATE:g}, "
            f"not {self.annual_discount_rate}.",
            "Write 10 % as 0.10.",
        )
        _require(
            _is_number(self.gross_margin) and 0.0 < self.gross_margin <= 1.0,
            f"The gross margin must lie above 0 and up to 1, not {self.gross_margin}.",
            "Write 40 % as 0.40; 1 counts revenue.",
        )
        known = shelf.titles("purchases")
        _require(self.model in known, f"There is no purchase model {self.model!r}.", f"Models are {', '.join(known)}.")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Fits:
    """A pair of fitted models that score together."""

    purchases: PurchaseFit
    spend: SpendFit


@dataclass(frozen=True)
class Scores:
    """One row per customer in the order asked, and how it was reached."""

    frame: pd.DataFrame
    "customer_key; probabilities 0-1; expected_purchases [count]; expected_order_value [money]; clv... [after margin]."
    purchases: PurchaseFit
    spend: SpendFit
    notes: tuple[str, ...] = ()
    "Sentences a reader must see beside the figures; empty when all is well."


def score(
    rfm: pd.DataFrame,
    assumptions: Assumptions,
    progress: Report | None = None,
    fitted: Fits | None = None,
    widening: Widening | None = None,
) -> Scores:
    """Value of every customer in `rfm` over the horizon, as of the day the summary was cut off.

    rfm: customer_key, frequency, recency_days, T_days, monetary_value, one row per customer; it is not changed.
    fitted: score with these parameters, for example those of all customers, instead of fitting to `rfm`.
    widening: how far earlier windows strayed; without one the intervals are as the model gives them.
    clv is the expected spend, each payment discounted to today, times the gross margin; clv_low and clv_high are the
    80 % predictive interval of the undiscounted spend, widened, times margin and the customer's mean discount;
    value_at_risk is P(buys nothing) times the value if the customer does buy; p_alive is NaN where the model cannot
    tell who left.
    Raises InputError, NotEnoughData, NotConverged.
    """
    tell = progress or (lambda fraction, message: None)
    _require("customer_key" in rfm.columns, "The summary lacks customer_key.", "Build it with rfm.summarise.")
    fits = fitted or fit(rfm, assumptions.model, tell)
    tell(0.4, "Predicting purchases")
    patterns = fits.purchases.patterns(rfm)
    periods = to_periods(assumptions.horizon_days, fits.purchases.time_unit)
    discount = discount_per_period(assumptions.annual_discount_rate, fits.purchases.time_unit)
    forecast = fits.purchases.forecast(patterns, periods, discount)
    tell(0.7, "Computing intervals")
    money = rfm["monetary_value"].to_numpy(dtype=float)
    stretch = widening.stretch if widening else 0.0
    interval = spend_interval(fits.purchases, fits.spend, patterns, money, periods, stretch=stretch)
    order_value = fits.spend.expected_order_value(patterns.frequency.array, money)
    left = forecast.p_alive if fits.purchases.tells_who_left else np.full(len(rfm), np.nan)
    frame = _frame(rfm["customer_key"].to_numpy(), left, forecast, order_value, interval, assumptions.gross_margin)
    tell(1.0, "Scored")
    return Scores(frame, fits.purchases, fits.spend, _warnings(fits))


def fit(rfm: pd.DataFrame, model: str, tell: Report = lambda fraction, message: None) -> Fits:
    """Purchase and spend model of these customers. Raises NotEnoughData and NotConverged.

    Where the model asked for finds no optimum, the default is used; its status is then 'fallback'.
    """
    tell(0.0, "Fitting the purchase model")
    purchases = _fit_purchases(rfm, model)
    tell(0.2, "Fitting the spend model")
    spend = shelf.spend_models()[shelf.DEFAULT_SPEND].fit(rfm)
    if spend.status is Status.NOT_CONVERGED:
        raise NotConverged("The spend model found no optimum.", "Load a longer history or widen the filter.")
    return Fits(purchases, spend)


def _fit_purchases(rfm: pd.DataFrame, model: str) -> PurchaseFit:
    fitted = _try(rfm, model)
    if fitted is not None:
        return fitted
    default = _try(rfm, shelf.DEFAULT_PURCHASES) if model != shelf.DEFAULT_PURCHASES else None
    if default is None:
        raise NotConverged("No purchase model found an optimum.", "Load a longer history or widen the filter.")
    asked, used = shelf.purchase_model(model).title, shelf.purchase_model(shelf.DEFAULT_PURCHASES).title
    note = f"{asked} found no optimum; {used} is used."
    return replace(default, status=Status.FALLBACK, message=note)


def _try(rfm: pd.DataFrame, name: str) -> PurchaseFit | None:
    try:
        fitted = shelf.purchase_model(name).fit(rfm)
    except NotConverged:
        return None
    return None if fitted.status is Status.NOT_CONVERGED else fitted


def _frame(
    keys: np.ndarray[Any, Any],
    p_alive: np.ndarray[Any, Any],
    forecast: Forecast,
    order_value: np.ndarray[Any, Any],
    interval: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]],
    margin: float,
) -> pd.DataFrame:
    value = order_value * margin
    worth_today = forecast.discount_ratio * margin
    columns = (
        keys, p_alive, forecast.p_active, forecast.expected_purchases, order_value, forecast.residual * value,
        interval[0] * worth_today, interval[1] * worth_today,
        (1.0 - forecast.p_active) * forecast.residual_if_active * value,
    )  # fmt: skip
    return pd.DataFrame(dict(zip(SCORE_COLUMNS, columns, strict=True)), copy=False)


def _warnings(fits: Fits) -> tuple[str, ...]:
    notes = [item.message for item in (fits.purchases, fits.spend) if item.message]
    correlation = fits.spend.facts.get("correlation", 0.0)
    if abs(correlation) > HIGHEST_CORRELATION:
        notes.append(
            f"Spend and frequency are correlated ({correlation:.2f}); the spend model assumes they are not, "
            "so values of very frequent customers are less certain."
        )
    return tuple(notes)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and bool(np.isfinite(value))


def _require(condition: bool, message: str, hint: str) -> None:
    if not condition:
        raise InputError(message, hint)
