"""What a customer's past says on the evening of a cut-off, as columns: the one source of every learned prediction.

Everything is read from days up to the cut-off; whatever comes later changes no feature (tested).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.purchase_days import PurchaseDays, number

FloatArray = NDArray[np.float64]
YEAR = 365
WINDOWS = (30, 90, 180, 365)
"Days up to the cut-off."

FEATURES = {
    "frequency": "repeat purchase days",
    "days_since_last_order": "days from the last purchase to the cut-off",
    "T_days": "days from the first purchase to the cut-off",
    "monetary_value": "mean money per repeat purchase day; 0 without a repeat",
    "first_value": "money of the first purchase, returns taken off",
    "mean_gap_days": "mean days between purchases; T_days without a repeat, the least the gap can be",
    "gap_variation": "standard deviation of the gaps over their mean; 1 below two gaps, as if purchases were random",
    "lateness": "days since the last purchase over the mean gap",
    "returns_share": "money of days that brought less than nothing over the money of all others, 0 to 1",
    **{f"purchases_{days}": f"purchase days in the last {days} days" for days in WINDOWS},
    **{f"value_{days}": f"money of the last {days} days, returns taken off" for days in WINDOWS},
    "season_purchases": "purchase days in the horizon's window one year earlier",
    "season_value": "money of that window",
}
"""Name to meaning. Money in the shop's currency."""


def features(
    days: PurchaseDays, cut_off: date, horizon_days: int, wanted: Collection[str] = tuple(FEATURES)
) -> pd.DataFrame:
    """One row per customer of `days.summary(cut_off)`, in its order: customer_key and the `wanted` of FEATURES."""
    known = days.known(cut_off)
    rfm = days.summary(cut_off)
    count, recency, age, money = (
        rfm[name].to_numpy(dtype=float) for name in ("frequency", "recency_days", "T_days", "monetary_value")
    )
    gap = np.where(count > 0, recency / np.maximum(count, 1.0), age)

    @cache
    def window(back: int, length: int) -> tuple[FloatArray, FloatArray]:
        bought, paid = days.window(cut_off - timedelta(days=back), length)
        return bought[known], paid[known]

    columns: dict[str, Callable[[], FloatArray]] = {
        "frequency": lambda: count,
        "days_since_last_order": lambda: age - recency,
        "T_days": lambda: age,
        "monetary_value": lambda: money,
        "first_value": lambda: _first_value(days, cut_off)[known],
        "mean_gap_days": lambda: gap,
        "gap_variation": lambda: _gap_variation(days, cut_off, count, gap),
        "lateness": lambda: (age - recency) / np.maximum(gap, 1.0),
        "returns_share": lambda: _returns_share(days, cut_off)[known],
        "season_purchases": lambda: window(YEAR, min(horizon_days, YEAR))[0],
        "season_value": lambda: window(YEAR, min(horizon_days, YEAR))[1],
    }
    for days_back in WINDOWS:
        columns[f"purchases_{days_back}"] = lambda back=days_back: window(back, back)[0]  # type: ignore[misc]
        columns[f"value_{days_back}"] = lambda back=days_back: window(back, back)[1]  # type: ignore[misc]
    told = {name: columns[name]() for name in FEATURES if name in wanted}
    return pd.DataFrame({"customer_key": rfm["customer_key"].to_numpy(), **told}, copy=False)


def _gap_variation(days: PurchaseDays, cut_off: date, count: FloatArray, mean: FloatArray) -> FloatArray:
    """Coefficient of variation of the gaps of each known customer, of whom repeats and mean gap are given."""
    rows = np.flatnonzero((days.day <= number(cut_off)) & days.is_purchase)
    customer, day = days.customer[rows], days.day[rows].astype(float)
    same = customer[1:] == customer[:-1]
    gaps = np.where(same, np.diff(day), 0.0)
    squares = np.bincount(customer[1:], gaps * gaps, len(days))[days.known(cut_off)]
    spread = np.sqrt(np.maximum(squares / np.maximum(count, 1.0) - mean * mean, 0.0))
    return np.where(count > 1, spread / np.maximum(mean, 1.0), 1.0)


def _first_value(days: PurchaseDays, cut_off: date) -> FloatArray:
    rows = np.flatnonzero((days.day <= number(cut_off)) & (days.ordinal == 1))
    return np.asarray(np.bincount(days.customer[rows], days.amount[rows], len(days)), dtype=float)


def _returns_share(days: PurchaseDays, cut_off: date) -> FloatArray:
    past = np.flatnonzero(days.day <= number(cut_off))
    customer, amount = days.customer[past], days.amount[past]
    back = np.bincount(customer, np.maximum(-amount, 0.0), len(days))
    paid = np.bincount(customer, np.maximum(amount, 0.0), len(days))
    return np.asarray(np.minimum(back / np.maximum(paid, 0.01), 1.0))
