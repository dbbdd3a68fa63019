"""How far forecasts of a shop's months were off: the same forecast made anew at the ends of earlier months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from dashapp.domain import scoring
from dashapp.domain.cohort_forecasts import Everybody
from dashapp.domain.origins import SHORTEST_PAST
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.widening import LARGEST
from dashapp.errors import NotConverged, NotEnoughData

CUSTOMERS = 50_000
"More are thinned to so many; their months stray by chance a few per cent, shops by tens."
YEAR = 12


@dataclass(frozen=True)
class Off:
    """How one forecast of a month was off."""

    error: float
    "ln(came / forecast)."
    forecast: float
    "Money of the month, of all customers."


def errors(
    days: PurchaseDays, observed_from: date, observed_until: date, model: str, ends: list[int]
) -> list[list[Off]]:
    """Of each month ahead, one list per month, from the ends of up to twelve earlier months.

    ends: days from the end of the data to the ends of months, as sales_forecast.forecast takes them. Only months that
    were over count, and only forecasts that had at least as much past behind them; at most LARGEST either way.
    Where customers are known by a summary alone there is no earlier month.
    """
    few = days.sample(CUSTOMERS)
    found: list[list[Off]] = [[] for _ in ends[1:]]
    if not len(few):
        return found
    for back in range(1, YEAR + 1):
        cut_off = (pd.Timestamp(observed_until) - pd.DateOffset(months=back)).date()
        past, ahead = (cut_off - observed_from).days + 1, (observed_until - cut_off).days
        known = [end for end in ends if end <= min(ahead, past)]
        if past >= 2 * SHORTEST_PAST and len(known) > 1:
            for month, off in enumerate(_off(few, cut_off, model, known, len(days) / len(few))):
                found[month].append(off)
    return found


def _off(days: PurchaseDays, cut_off: date, model: str, ends: list[int], share: float) -> list[Off]:
    """Of one cut-off; none where the models could not be fitted. share: customers for each of `days`."""
    rfm = days.summary(cut_off)
    try:
        everybody = Everybody(scoring.fit(rfm, model), rfm)
    except (NotEnoughData, NotConverged):
        return []
    known = days.known(cut_off)
    told = np.diff([everybody.value(end).sum() for end in ends])
    came = np.diff([days.window(cut_off, end)[1][known].sum() for end in ends])
    errors = np.clip(np.log(np.maximum(came, 1e-9) / np.maximum(told, 1e-9)), -LARGEST, LARGEST)
    return [Off(float(error), float(sales) * share) for error, sales in zip(errors, told, strict=True)]
