"""What a cohort does in the months ahead: the share that buys in each, and what a customer of it brings until then.

Expectations are those of every customer. How far off they may be is worked out on at most `LARGEST` customers of a
cohort, evenly spread over its histories, and scaled to the whole: both what is not known of the parameters and what
customers do by chance (uncertainty.py). A buyer of a month is a coin of its own chance, so a count of buyers has the
variance of the sum of coins; bounds are never sums of single bounds. That the model itself is wrong, about a season for
instance, is in no bound: of cohorts of thousands it is most of the error (CDNOW).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.model import PurchaseFit
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.predictive import LEVEL
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain, parameter_slopes, uncertain_value

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
MONTHS = 6
LARGEST = 200
"Customers of a cohort whose uncertainty stands for all of it."
COLUMNS = ("cohort", "month", "customers", "share", "share_low", "share_high", "value", "value_low", "value_high")


def month_ends(observed_until: date, horizon_days: int) -> list[date]:
    """The end of the month under way, then of the whole months ahead: at most MONTHS, none beyond the horizon.

    >>> [str(day) for day in month_ends(date(2024, 11, 19), 70)]
    ['2024-11-30', '2024-12-31']
    >>> month_ends(date(2024, 11, 30), 30)
    [datetime.date(2024, 11, 30)]
    """
    first = pd.Timestamp(observed_until) + pd.offsets.MonthEnd(0)
    ends = [(first + pd.offsets.MonthEnd(ahead)).date() for ahead in range(MONTHS + 1)]
    return [end for end in ends if end <= observed_until + timedelta(days=horizon_days)]


def forecast(
    fits: Fits, rfm: pd.DataFrame, cohort: IndexArray, days: list[int], with_value: bool = True, level: float = LEVEL
) -> pd.DataFrame:
    """One row per cohort and month; columns COLUMNS, `month` counting from 1.

    rfm: frequency, recency_days, T_days, monetary_value; cohort: number of each customer's, 0..; days: from the end of
    the data to the end of the month under way, and to that of each month after it. share: of the cohort that buys in
    that month; value: money per customer, undiscounted, from the end of the data to the end of the month. Bounds hold
    `level`. Both fits must be `known`. Values are NaN without `with_value`, shares where the model tells none.
    """
    some = thinned(rfm, cohort)
    few, place = rfm.iloc[some].reset_index(drop=True), cohort[some]
    sizes = np.bincount(cohort)
    whole, part = Everybody(fits, rfm), fits.purchases.patterns(few)
    frames = []
    for month, (start, end) in enumerate(pairwise(days), start=1):
        mean = np.bincount(cohort, whole.buys(start, end)).astype(float)
        found = [mean, *_shares(fits.purchases, part, place, mean, start, end, level)]
        if with_value:
            mean = np.bincount(cohort, whole.value(end)).astype(float)
            value = scaled(uncertain_value(fits, few, end), mean, place).totals(place, level)
            found += [mean, value.low, value.high]
        else:
            found += [np.full(len(sizes), np.nan)] * 3
        columns = [np.arange(len(sizes)), month, sizes, *(item / sizes for item in found)]
        frames.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))


class Everybody:
    """Expectations of every customer; what does not depend on the month is worked out once."""

    def __init__(self, fits: Fits, rfm: pd.DataFrame) -> None:
        self.purchases = fits.purchases
        patterns = fits.purchases.patterns(rfm)
        self.cells, self.alive = fits.purchases.cells(patterns), fits.purchases.p_alive(patterns)
        money = rfm["monetary_value"].to_numpy(dtype=float)
        self.worth = self.alive * fits.spend.expected_order_value(patterns.frequency.array, money)

    def buys(self, start: int, end: int) -> FloatArray:
        window = (to_periods(day, self.purchases.time_unit) for day in (start, end))
        return self.alive * self.purchases.buys_between_if_alive(self.cells, *window)[self.cells.inverse]

    def value(self, days: int) -> FloatArray:
        periods = to_periods(days, self.purchases.time_unit)
        return self.worth * self.purchases.expected_if_alive(self.cells, periods)[self.cells.inverse]


def _shares(
    purchases: PurchaseFit, patterns: Patterns, place: IndexArray, mean: FloatArray, start: int, end: int, level: float
) -> tuple[FloatArray, FloatArray]:
    """Bounds of how many buy in the month; nobody is more than one buyer."""
    window = [to_periods(day, purchases.time_unit) for day in (start, end)]
    cells = purchases.cells(patterns)

    def chance(fit: PurchaseFit) -> FloatArray:
        return fit.p_alive(patterns) * fit.buys_between_if_alive(cells, *window)[cells.inverse]

    each = chance(purchases)
    uncertain = Uncertain(each, parameter_slopes(purchases, chance), each * (1.0 - each))
    bounds = scaled(uncertain, mean, place).totals(place, level)
    return bounds.low, bounds.high


def scaled(some: Uncertain, total: FloatArray, place: IndexArray) -> Uncertain:
    """The same customers, each standing for as many as it takes to reach the total of the group."""
    reached = np.bincount(place, some.mean, len(total))
    factor = np.divide(total, reached, out=np.ones(len(total)), where=reached > 0.0)[place]
    return replace(some, mean=some.mean * factor, slopes=some.slopes * factor, variance=some.variance * factor)


def thinned(rfm: pd.DataFrame, cohort: IndexArray, largest: int = LARGEST) -> IndexArray:
    """At most `largest` customers of each cohort, evenly spread in order of frequency, recency and spend."""
    history = Patterns.from_frame(rfm)
    ages, counts = history.recency, history.frequency  # their places in order; one number sorts faster than three
    key = (cohort * len(counts.values) + counts.index) * len(ages.values) + ages.index
    order = np.lexsort([rfm["monetary_value"].to_numpy(), key])
    sizes = np.bincount(cohort)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = sizes[cohort[order]]
    kept = np.minimum(size, largest)
    # a step of the ramp rank * kept / size, half a stratum in: one customer of each stratum
    is_kept = (rank * kept + size // 2) // size != ((rank - 1) * kept + size // 2) // size
    is_kept |= size <= largest
    return np.asarray(order[is_kept], dtype=np.intp)
