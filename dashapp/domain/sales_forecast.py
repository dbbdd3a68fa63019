"""What the present customers together buy in each month ahead. New customers are not in it.

Expectations are those of every customer; how far off their sum may be is worked out on at most `LARGEST` of them,
evenly spread over their histories, as in cohort_forecasts.py. What a customer does by chance in a month has at most the
variance that the month adds to all that comes before its end, because who buys much now tends to buy much later: the
bounds hold `level` or more. That the model itself is wrong, about a season for instance, is in no bound.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from dashapp.domain.cohort_forecasts import Everybody, scaled, thinned
from dashapp.domain.predictive import LEVEL
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain, uncertain_value

LARGEST = 2000
"Customers whose uncertainty stands for all."
COLUMNS = ("month", "customers", "sales", "low", "high")


def forecast(fits: Fits, rfm: pd.DataFrame, days: list[int], level: float = LEVEL) -> pd.DataFrame:
    """One row per month; columns COLUMNS, `month` counting from 1.

    rfm: frequency, recency_days, T_days, monetary_value; days: from the end of the data to the end of the month under
    way, and to that of each month after it. sales: money in the month, undiscounted. Both fits must be `known`.
    """
    everybody = np.zeros(len(rfm), dtype=np.intp)
    few = rfm.iloc[thinned(rfm, everybody, LARGEST)].reset_index(drop=True)
    whole = Everybody(fits, rfm)
    sums = [float(whole.value(end).sum()) for end in days]
    until = [uncertain_value(fits, few, end) if end else None for end in days]
    rows = []
    for month, ((before, start), (total, end)) in enumerate(pairwise(zip(sums, until, strict=True)), start=1):
        assert end is not None  # only the first day may be the last of the data
        sales = total - before
        found = scaled(_between(start, end), np.array([sales]), np.zeros(len(few), dtype=np.intp)).totals(None, level)
        rows.append((month, len(rfm), sales, float(found.low[0]), float(found.high[0])))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _between(start: Uncertain | None, end: Uncertain) -> Uncertain:
    """What comes after `start` and by `end`."""
    if start is None:
        return end
    variance = np.full(len(end.variance), np.inf)
    np.subtract(end.variance, start.variance, out=variance, where=np.isfinite(end.variance))
    return Uncertain(end.mean - start.mean, end.slopes - start.slopes, np.maximum(variance, 0.0))
