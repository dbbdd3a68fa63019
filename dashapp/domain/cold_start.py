"""What customers who began like this one brought: all there is to say of somebody who has just come.

Customers are grouped by the channel and the category of their first purchase. A group's mean is drawn towards that of
all customers as far as its size cannot carry it (entry_products.shrink). The interval of a single customer is that of
everybody, scaled to the group's mean: wide by design. Only customers observed for the whole window count, so that
nobody's future is needed, and nobody of the first LEAD_DAYS of the data, who may be an old customer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.drift import LEAD_DAYS
from dashapp.domain.entry_products import between_variance, shrink

FloatArray = NDArray[np.float64]
WINDOWS_DAYS = (365, 180, 90)
"The longest that LEAST_CUSTOMERS were observed for is told."
LEAST_CUSTOMERS = 100
LEAST_IN_GROUP = 10
"Smaller groups have no part in how much groups differ."
TAIL = 0.10
"On either side of the interval of a single customer."
COLUMNS = ("channel", "category", "window_days", "customers", "value", "low", "high", "weight")


def window(T_days: pd.Series, lead_days: pd.Series) -> int | None:
    """The longest window that enough customers were observed for.

    T_days: first purchase to the end of the data; lead_days: start of the data to the first purchase.
    """
    sizes = {days: int(((T_days >= days) & (lead_days >= LEAD_DAYS)).sum()) for days in WINDOWS_DAYS}
    return next((days for days, size in sizes.items() if size >= LEAST_CUSTOMERS), None)


def beginnings(customers: pd.DataFrame) -> pd.DataFrame:
    """One row per (channel, category) there is; columns COLUMNS.

    customers: channel, category, window_days [the same everywhere], value: money of the window, NaN for customers not
    observed that long or first seen in the lead. `customers` counts those who were; value is their mean drawn towards
    everybody's, low and high hold 80 % of single customers, weight is how much of the mean is the group's own.
    """
    group, names = _groups(customers)
    values = customers["value"].to_numpy(dtype=float)
    mature = np.isfinite(values)
    place, seen = group[mature], values[mature]
    n = np.bincount(place, minlength=len(names))
    safe = np.maximum(n, 1)
    mean = np.bincount(place, seen, minlength=len(names)) / safe
    freedom = max(int(np.maximum(n - 1, 0).sum()), 1)
    variance = float(np.sum((seen - mean[place]) ** 2)) / freedom / safe
    overall = float(seen.mean())
    between = np.nan_to_num(between_variance(mean, variance, overall, n >= LEAST_IN_GROUP))
    # An empty group has no mean to weigh: its variance is without end.
    value, _ = shrink(mean, np.where(n > 0, variance, np.inf), overall, float(between))
    low, high = np.quantile(seen, [TAIL, 1.0 - TAIL])
    scale = value / overall if overall > 0.0 else np.ones(len(names))
    weight = between / np.maximum(between + np.where(n > 0, variance, np.inf), 1e-300)
    found = pd.DataFrame(names, columns=["channel", "category"])
    columns = (customers["window_days"].iloc[0], n, value, low * scale, high * scale, weight)
    return found.assign(**dict(zip(COLUMNS[2:], columns, strict=True)))


def _groups(customers: pd.DataFrame) -> tuple[NDArray[np.intp], list[tuple[str, str]]]:
    """Number of each customer's group and the groups by number; no million of pairs is made to tell a hundred apart."""
    (channel, channels), (category, categories) = (
        pd.factorize(customers[name], sort=True, use_na_sentinel=False) for name in ("channel", "category")
    )
    group, keys = pd.factorize(channel * len(categories) + category, sort=True)
    return group, [(channels[key // len(categories)], categories[key % len(categories)]) for key in keys.tolist()]
