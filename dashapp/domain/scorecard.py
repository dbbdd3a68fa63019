"""What was predicted of customers against what came: an old prediction judged by new data, nothing fitted again.

The old fit predicts the days that have passed, exactly: the horizon once it is over, any part of it before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.predictive import spend_interval
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import known, uncertain_purchases, uncertain_value

FloatArray = NDArray[np.float64]
FEWEST_DAYS = 28
"Before that, what came says more about the week than about the prediction."
SAME_WORLD = 0.9
"Share of customers who must be there again with the history they had."


@dataclass(frozen=True)
class Prediction:
    """One earlier prediction of every customer known then."""

    predicted_on: date
    horizon_days: int
    customers: pd.DataFrame
    """customer_id, frequency, recency_days, T_days, monetary_value; clv, clv_low, clv_high, expected_value [money, the
    last one neither discounted nor times margin; NULL where no money was shown]."""
    fits: Fits


def days_passed(predicted_on: date, horizon_days: int, observed_until: date) -> int:
    """Days of the horizon that lie in data observed until then."""
    return min(horizon_days, max(0, (observed_until - predicted_on).days))


def first_comparison(predicted_on: date, horizon_days: int) -> date:
    """The day that data must reach before anything is compared."""
    return predicted_on + timedelta(days=min(FEWEST_DAYS, horizon_days))


@dataclass(frozen=True)
class Score:
    """Predicted and actual over the days passed. Money is net sales, not discounted; None where none was shown."""

    days: int
    customers: int
    same_share: float
    "Share of the customers who are in the new data with the history they had then."
    purchases: float | None = None
    purchases_low: float | None = None
    purchases_high: float | None = None
    actual_purchases: float | None = None
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    actual_value: float | None = None
    inside_share: float | None = None
    "Of customers whose money lies in their own 80 % interval."

    @property
    def same_world(self) -> bool:
        return self.same_share >= SAME_WORLD

    @property
    def error_pct(self) -> float | None:
        """By how much the prediction was too high, in percent of what came; None where nothing came."""
        if self.value is None or not self.actual_value:
            return None
        return 100.0 * (self.value / self.actual_value - 1.0)


def compare(prediction: Prediction, days: PurchaseDays, ids: pd.Series, observed_until: date) -> Score:
    """Judge a prediction of which FEWEST_DAYS or the horizon have passed.

    days: what is known now; ids: customer_id indexed by the customer_key of `days`.
    """
    then = prediction.customers
    passed = days_passed(prediction.predicted_on, prediction.horizon_days, observed_until)
    row = pd.Series(np.arange(len(days)), index=ids.reindex(days.keys)).reindex(then["customer_id"]).to_numpy()
    there = np.flatnonzero(~np.isnan(row))
    place = row[there].astype(np.intp)
    share = _same_history(prediction, days, there, place)
    if share < SAME_WORLD:
        return Score(passed, len(then), share)
    purchases, money = (np.zeros(len(then)) for _ in range(2))
    bought, spent = days.window(prediction.predicted_on, passed)
    purchases[there], money[there] = bought[place], spent[place]
    counted = _total(uncertain_purchases(prediction.fits.purchases, then, passed), prediction.fits)
    values = _money(prediction, passed, money)
    return Score(passed, len(then), share, *counted, float(purchases.sum()), **values)


def _same_history(
    prediction: Prediction, days: PurchaseDays, there: NDArray[np.intp], place: NDArray[np.intp]
) -> float:
    now = days.summary(prediction.predicted_on)
    position = np.full(len(days), -1)
    position[days.known(prediction.predicted_on)] = np.arange(len(now))
    found = position[place]
    known_then = found >= 0
    columns = ["frequency", "T_days"]
    old = prediction.customers[columns].to_numpy()[there[known_then]]
    new = now[columns].to_numpy()[found[known_then]]
    return float((old == new).all(axis=1).sum() / max(len(prediction.customers), 1))


def _total(uncertain: Any, fits: Fits) -> tuple[float, float | None, float | None]:
    found = uncertain.totals()
    low, high = float(found.low[0]), float(found.high[0])
    sure = known(fits) and np.isfinite(low)
    return float(found.total[0]), low if sure else None, high if sure else None


def _money(prediction: Prediction, passed: int, money: FloatArray) -> dict[str, float | None]:
    """Nothing where the prediction showed no money."""
    if prediction.customers["clv"].isna().any():
        return {}
    value, low, high = _total(uncertain_value(prediction.fits, prediction.customers, passed), prediction.fits)
    below, above = _bounds(prediction, passed)
    came = np.maximum(money, 0.0)
    inside = float(np.mean((came >= below - 0.005) & (came <= above + 0.005)))
    return {
        "value": value, "value_low": low, "value_high": high, "actual_value": float(money.sum()),
        "inside_share": inside,
    }  # fmt: skip


def _bounds(prediction: Prediction, passed: int) -> tuple[FloatArray, FloatArray]:
    """Intervals of the customers' own spend: the published ones over the whole horizon, the model's over a part."""
    then = prediction.customers
    if passed == prediction.horizon_days:
        clv = then["clv"].to_numpy(dtype=float)
        per_clv = np.divide(then["expected_value"].to_numpy(dtype=float), clv, out=np.zeros(len(clv)), where=clv > 0)
        return then["clv_low"].to_numpy(dtype=float) * per_clv, then["clv_high"].to_numpy(dtype=float) * per_clv
    purchases = prediction.fits.purchases
    periods = to_periods(passed, purchases.time_unit)
    return spend_interval(purchases, prediction.fits.spend, Patterns.from_frame(then), then["monetary_value"], periods)
