"""What the present customers together buy in each month ahead. New customers are not in it.

Expectations are those of every customer; what chance does to their sum is worked out on at most `LARGEST` of them,
evenly spread over their histories, as in cohort_forecasts.py. Chance is not all of it: about a season, for instance,
the model is wrong. So bounds are as wide as its forecasts were off in earlier months (sales_past.py). What was not yet
seen of a year is presumed: two months that strayed by chance and as far as any shop may (widening.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.cohort_forecasts import Everybody, scaled, thinned
from dashapp.domain.periods import to_periods
from dashapp.domain.predictive import LEVEL
from dashapp.domain.sales_past import YEAR, Off
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain, uncertain_value
from dashapp.domain.widening import PRESUMED, PRESUMED_WINDOWS, reach, scale

FloatArray = NDArray[np.float64]
LARGEST = 2000
"Customers whose uncertainty stands for all."
COLUMNS = ("month", "customers", "sales", "low", "high")


def forecast(
    fits: Fits, rfm: pd.DataFrame, days: list[int], errors: Sequence[Sequence[Off]] = (), level: float = LEVEL
) -> pd.DataFrame:
    """One row per month; columns COLUMNS, `month` counting from 1.

    rfm: frequency, recency_days, T_days, monetary_value; days: from the end of the data to the end of the month under
    way, and to that of each month after it. errors: of each month ahead, as sales_past.errors tells. sales: money in
    the month, undiscounted; bounds are NaN where chance has no finite variance. Both fits must be `known`.
    """
    everybody = np.zeros(len(rfm), dtype=np.intp)
    few = rfm.iloc[thinned(rfm, everybody, LARGEST)].reset_index(drop=True)
    whole = Everybody(fits, rfm)
    sums = [float(whole.value(end).sum()) for end in days]
    until = [uncertain_value(fits, few, end) if end else None for end in days]
    bought, square = _purchases(fits, few, days)
    rows, strayed = [], 0.0
    for month, ((before, start), (total, end)) in enumerate(pairwise(zip(sums, until, strict=True)), start=1):
        assert end is not None  # only the first day may be the last of the data
        sales = total - before
        part = _between(start, end, bought[month - 1], bought[month], square)
        chance = _by_chance(scaled(part, np.array([sales]), np.zeros(len(few), dtype=np.intp)))
        seen = [_as_large(off, chance, sales) for off in (errors[month - 1] if errors else ())]
        strayed, wide = _spread(seen, max(float(np.hypot(chance, PRESUMED)), strayed), level)
        rows.append((month, len(rfm), sales, sales / wide, sales * wide))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _by_chance(month: Uncertain) -> float:
    """Standard deviation of the logarithm of the month's sum: what customers do, and parameters not known exactly."""
    total = float(month.mean.sum())
    variance = float(month.variance.sum()) + month.total_standard_error**2
    return float(np.sqrt(np.log1p(variance / total**2))) if total > 0.0 else 0.0


def _spread(seen: Sequence[float], presumed: float, level: float) -> tuple[float, float]:
    """How far forecasts of this month stray, and the factor either way that holds `level`.

    presumed: what chance does and any shop may do, or what a nearer month did: a month further off is no surer.
    """
    if not np.isfinite(presumed):
        return presumed, np.nan
    weight = PRESUMED_WINDOWS * max(1.0 - len(seen) / YEAR, 0.0)
    return scale(seen, presumed, weight), float(np.exp(reach(seen, (1.0 + level) / 2.0, presumed, weight)))


def _as_large(off: Off, chance: float, sales: float) -> float:
    """How far the shop of then would have strayed had it been as large as now: chance is more of a smaller sum."""
    return float(np.sqrt(max(off.error**2 - chance**2 * (sales / max(off.forecast, 1e-9) - 1.0), 0.0)))


def _purchases(fits: Fits, rfm: pd.DataFrame, days: list[int]) -> tuple[list[FloatArray], FloatArray]:
    """Expected purchases of every customer until each day, and the mean square of money of one purchase."""
    patterns, unit = fits.purchases.patterns(rfm), fits.purchases.time_unit
    bought = [fits.purchases.expected_purchases(patterns, to_periods(day, unit)) for day in days]
    money = rfm["monetary_value"].to_numpy(dtype=float)
    return bought, fits.spend.total_square(patterns.frequency.array, money, 1.0, 1.0)


def _between(
    start: Uncertain | None, end: Uncertain, before: FloatArray, by: FloatArray, square: FloatArray
) -> Uncertain:
    """What comes after `start` and by `end`; before, by: expected purchases until then, square: money of one, squared.

    Were it known how often a customer buys, purchases would come by chance alone: variance `square` for each expected.
    The rest is that it is not known, in proportion to the money of the month.
    """
    mean = end.mean if start is None else end.mean - start.mean
    slopes = end.slopes if start is None else end.slopes - start.slopes
    share = np.divide(mean, end.mean, out=np.zeros(len(mean)), where=end.mean > 0.0)
    known = np.isfinite(end.variance)
    by_chance = np.where(known, by, 0.0) * np.where(known, square, 0.0)
    rest = np.maximum(np.where(known, end.variance, np.inf) - by_chance, 0.0)
    month = (by - before) * np.where(known, square, 0.0) + rest * np.where(known, share**2, 1.0)
    return Uncertain(mean, slopes, month)
