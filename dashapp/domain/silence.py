"""How long a product may be silent before that means something, from its own gaps between days with a sale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.product_panel import Panel

FloatArray = NDArray[np.float64]
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Silence:
    """At one cut-off, per product, in months; NaN before the first sale."""

    length: FloatArray
    "Since the last sale."
    allowed: FloatArray
    "Longer than this is dormant."
    back_for: FloatArray
    "Since the first sale after a silence longer than allowed; infinite without one."


def at(panel: Panel, cutoff: int, gaps_least: int, floor_days: float, fallback_days: float) -> Silence:
    """Everything as it was known at the end of month `cutoff` - 1.

    allowed: the 95th percentile of the gaps and at least `floor_days`; with fewer than `gaps_least` gaps three times
    the median gap and at least `fallback_days`.
    """
    n = panel.shape[0]
    known = panel.sale_month < cutoff
    product, when = panel.sale_product[known], panel.sale_month[known]
    last = np.full(n, np.nan)
    last[product] = when
    ended = panel.gaps.until < cutoff
    gap, until = panel.gaps.length[ended], panel.gaps.until[ended]
    count = np.bincount(panel.gaps.product[ended], minlength=n)
    high = _quantile(gap, count, 0.95)
    median = _quantile(gap, count, 0.5)
    allowed = np.where(
        count >= gaps_least,
        np.maximum(high, floor_days / DAYS_PER_MONTH),
        np.maximum(3.0 * median, fallback_days / DAYS_PER_MONTH),
    )
    least = np.where(count >= gaps_least, floor_days, fallback_days) / DAYS_PER_MONTH
    return Silence(cutoff - last, allowed, cutoff - _last_return(gap, until, count, least))


def _quantile(ordered: FloatArray, count: NDArray[np.intp], share: float) -> FloatArray:
    """Of each product's ascending gaps, nearest rank; 0 without a gap."""
    start = np.cumsum(count) - count
    rank = np.minimum(np.ceil(share * count).astype(int) - 1, count - 1)
    value = np.zeros(len(count))
    some = count > 0
    value[some] = ordered[(start + np.maximum(rank, 0))[some]]
    return value


def _last_return(gap: FloatArray, until: FloatArray, count: NDArray[np.intp], least: FloatArray) -> FloatArray:
    """When each product last sold again after a silence that its other gaps make exceptional; -inf for none.

    gap, until: ascending within a product. The silence itself is left out of what it is measured by: the longest gap is
    compared with the second longest, and with `least`.
    """
    end = np.cumsum(count)
    back = np.full(len(count), -np.inf)
    some, several = count > 0, count > 1
    longest, second = np.zeros(len(count)), np.zeros(len(count))
    longest[some] = gap[end[some] - 1]
    second[several] = gap[end[several] - 2]
    exceptional = some & (longest > np.maximum(least, 1.5 * second))
    back[exceptional] = until[end[exceptional] - 1]
    return back
