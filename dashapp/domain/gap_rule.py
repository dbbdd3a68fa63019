"""Who has been silent for longer than usual: a rule of thumb that looks back only and needs no model.

Usual is the gap that 90 % of a customer's own gaps between purchases do not exceed; below five gaps, that 90 % of
everybody's do not exceed. The twin in Python of the SQL rule, for any past day as well.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.gaps import Gaps
from dashapp.domain.purchase_days import PurchaseDays, number

IntArray = NDArray[np.int64]
GAPS_LEAST = 5
"Fewer gaps tell of no rhythm of one's own."


def usual_gaps(days: PurchaseDays, cut_off: date, without: int) -> IntArray:
    """Usual gap [days] of each customer of `days.summary(cut_off)`, from what was known then.

    without: what is usual where nobody ever bought twice, for example the days observed.
    """
    found = Gaps.of(days, number(cut_off))
    repeated = found.until_next > 0
    customer, gap = found.customer[repeated], found.until_next[repeated]
    if not len(gap):
        return np.full(len(days.known(cut_off)), without, dtype=np.int64)
    count = np.bincount(customer, minlength=len(days))
    ordered = gap[np.lexsort((gap, customer))]
    own = np.full(len(days), np.sort(gap)[_rank(np.array(len(gap)))])
    rhythmic = count >= GAPS_LEAST
    start = np.cumsum(count) - count
    own[rhythmic] = ordered[(start + _rank(count))[rhythmic]]
    return np.asarray(own[days.known(cut_off)])


def lapsed(days: PurchaseDays, cut_off: date, without: int) -> NDArray[np.bool_]:
    """True for each customer of `days.summary(cut_off)` silent for longer than usual on that day."""
    rfm = days.summary(cut_off)
    silent = (rfm["T_days"] - rfm["recency_days"]).to_numpy()
    return np.asarray(silent > usual_gaps(days, cut_off, without))


def _rank(count: IntArray) -> IntArray:
    """Place, from 0, of the smallest of `count` ascending values that 90 % of them do not exceed.

    >>> _rank(np.array([1, 10, 11])).tolist()
    [0, 8, 9]
    """
    return -(-9 * count // 10) - 1
