"""Do sales follow the calendar? An index per month, and a test against months that are all alike.

ln(sales) = trend + month + noise: the trend's slope is found together with the months, from how each month differs
between years, so that neither a rise nor an incomplete year passes for a season. What is left of the logarithms is
compared between months by Kruskal & Wallis (1952); as months have two or three values each, the chance of a larger
statistic comes from permutations, not from the chi-square limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.errors import InputError, NotEnoughData

FloatArray = NDArray[np.float64]
MIN_MONTHS = 24
LEVEL = 0.05
PERMUTATIONS = 4999
SEED = 12


@dataclass(frozen=True)
class Seasonality:
    """`index` is what a month sells of an average month's sales, January first; their mean is 1."""

    index: tuple[float, ...]
    p_value: float
    "Of so large a difference between months that are all alike."
    monthly_growth: float
    "The trend: 0.01 is one percent more each month."
    months: int

    @property
    def seasonal(self) -> bool:
        return self.p_value < LEVEL


def seasonality(sales: pd.Series) -> Seasonality:
    """sales: money per complete calendar month, indexed by dates or periods, without a gap, in any order.

    Raises NotEnoughData below 24 months and where a month sold nothing, InputError where months are missing.
    """
    months, logs = _logs(sales)
    calendar = months % 12
    detrended, slope = _detrended(months, logs, calendar)
    levels = np.exp([detrended[calendar == month].mean() for month in range(12)])
    index = levels / levels.mean()
    return Seasonality(tuple(map(float, index)), _p_value(detrended, calendar), float(np.expm1(slope)), len(months))


def _logs(sales: pd.Series) -> tuple[NDArray[np.int64], FloatArray]:
    """Months since January 1970, ascending, and the logarithm of what each sold."""
    index = sales.index.to_timestamp() if isinstance(sales.index, pd.PeriodIndex) else sales.index
    months = np.asarray(index, dtype="datetime64[M]").astype(np.int64)
    order = np.argsort(months, kind="stable")
    months, values = months[order], sales.to_numpy(dtype=float)[order]
    if np.any(np.diff(months) != 1):
        raise InputError("Every month must occur once, without a gap.", "Add up sales per calendar month.")
    if len(months) < MIN_MONTHS or not np.all(values > 0):
        sold = int(np.sum(values > 0))
        raise NotEnoughData(
            f"Not enough for a season: it takes {MIN_MONTHS} months, all with sales; there are {len(months)}, "
            f"{sold} with sales.",
            "Load a longer history or widen the filter.",
        )
    return months, np.log(values)


def _detrended(months: NDArray[np.int64], logs: FloatArray, calendar: NDArray[np.int64]) -> tuple[FloatArray, float]:
    """What is left without the slope, which is that of values and times about the mean of their calendar month."""
    times = months - months.mean()
    within = times - _month_means(times, calendar)
    slope = float(within @ logs / (within @ within))
    return logs - slope * times, slope


def _month_means(values: FloatArray, calendar: NDArray[np.int64]) -> FloatArray:
    return np.asarray((np.bincount(calendar, values) / np.bincount(calendar))[calendar])


def _p_value(values: FloatArray, calendar: NDArray[np.int64]) -> float:
    """Share of permutations with a Kruskal-Wallis statistic as large, the one seen included."""
    ranks, counts = pd.Series(values).rank().to_numpy(), np.bincount(calendar)
    shuffled = np.random.default_rng(SEED).permuted(np.tile(ranks, (PERMUTATIONS, 1)), axis=1)
    member = (calendar[:, None] == np.arange(12)).astype(float)
    seen, others = ((ranks @ member) ** 2 / counts).sum(), ((shuffled @ member) ** 2 / counts).sum(axis=1)
    return float((1 + np.sum(others >= seen * (1.0 - 1e-12))) / (PERMUTATIONS + 1))
