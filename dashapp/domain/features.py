"""What a customer's past says on the evening of a cut-off, as columns: the one source of every learned prediction.

Everything is read from days up to the cut-off; whatever comes later changes no feature (tested).
"""

from __future__ import annotations

from datetime import date, timedelta

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


def features(days: PurchaseDays, cut_off: date, horizon_days: int) -> pd.DataFrame:
    """One row per customer of `days.summary(cut_off)`, in its order: customer_key and the columns of FEATURES."""
    known = days.known(cut_off)
    rfm = days.summary(cut_off)
    since = rfm["T_days"].to_numpy(dtype=float) - rfm["recency_days"].to_numpy(dtype=float)
    gap, variation = _gaps(days, cut_off, rfm)
    columns = {
        "frequency": rfm["frequency"].to_numpy(dtype=float),
        "days_since_last_order": since,
        "T_days": rfm["T_days"].to_numpy(dtype=float),
        "monetary_value": rfm["monetary_value"].to_numpy(dtype=float),
        "first_value": _first_value(days, cut_off)[known],
        "mean_gap_days": gap,
        "gap_variation": variation,
        "lateness": since / np.maximum(gap, 1.0),
        "returns_share": _returns_share(days, cut_off)[known],
    }
    for length in WINDOWS:
        bought, money = days.window(cut_off - timedelta(days=length), length)
        columns[f"purchases_{length}"], columns[f"value_{length}"] = bought[known], money[known]
    bought, money = days.window(cut_off - timedelta(days=YEAR), min(horizon_days, YEAR))
    columns["season_purchases"], columns["season_value"] = bought[known], money[known]
    ordered = {"customer_key": rfm["customer_key"].to_numpy(), **{name: columns[name] for name in FEATURES}}
    return pd.DataFrame(ordered, copy=False)


def _gaps(days: PurchaseDays, cut_off: date, rfm: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Mean gap [days] and coefficient of variation of the gaps of each known customer."""
    rows = np.flatnonzero((days.day <= number(cut_off)) & days.is_purchase)
    customer, day = days.customer[rows], days.day[rows].astype(float)
    same = customer[1:] == customer[:-1]
    gaps = np.where(same, np.diff(day), 0.0)
    squares = np.bincount(customer[1:], gaps * gaps, len(days))[days.known(cut_off)]
    count = rfm["frequency"].to_numpy(dtype=float)
    recency, age = (rfm[name].to_numpy(dtype=float) for name in ("recency_days", "T_days"))
    mean = np.where(count > 0, recency / np.maximum(count, 1.0), age)
    spread = np.sqrt(np.maximum(squares / np.maximum(count, 1.0) - mean * mean, 0.0))
    return mean, np.where(count > 1, spread / np.maximum(mean, 1.0), 1.0)


def _first_value(days: PurchaseDays, cut_off: date) -> FloatArray:
    rows = np.flatnonzero((days.day <= number(cut_off)) & (days.ordinal == 1))
    return np.asarray(np.bincount(days.customer[rows], days.amount[rows], len(days)), dtype=float)


def _returns_share(days: PurchaseDays, cut_off: date) -> FloatArray:
    past = np.flatnonzero(days.day <= number(cut_off))
    customer, amount = days.customer[past], days.amount[past]
    back = np.bincount(customer, np.maximum(-amount, 0.0), len(days))
    paid = np.bincount(customer, np.maximum(amount, 0.0), len(days))
    return np.asarray(np.minimum(back / np.maximum(paid, 0.01), 1.0))
