"""Are the customers of today those of yesterday? Newcomers against earlier ones, both seen for the same first weeks.

One set of parameters for everybody takes for granted that those who came lately will go on as those before them did.
Compared are the share who bought again within FOLLOW_DAYS of the first purchase, with the interval of Newcombe (1998,
"Interval estimation for the difference between independent proportions", method 10), and the geometric mean of the
first purchase. Where the past reaches, the earlier ones are those of the same months a year before, so that a season
is no drift. Whoever was first seen in the first LEAD_DAYS of the data may be an old customer and is in neither group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.proportions import wilson
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.errors import NotEnoughData

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
FOLLOW_DAYS = 90
JOIN_DAYS = 180
LEAD_DAYS = 90
YEAR = 365
LEAST_CUSTOMERS = 100
LEAST_CHANGE = 0.10
"Of the share or the value, relative: less is no reason to doubt a forecast."
Z = 1.96


@dataclass(frozen=True)
class Drift:
    """Newcomers less those before them, each with its 95 % interval."""

    joined_from: date
    joined_until: date
    newcomers: int
    before: int
    same_season: bool
    "Whether those before came in the same months a year earlier; else they are all earlier ones."
    share: float
    "Of newcomers who bought again within FOLLOW_DAYS."
    share_before: float
    share_change: tuple[float, float]
    "Limits of the difference."
    value_change: tuple[float, float, float]
    "Geometric mean of the first purchase over that before, less 1, and its limits."

    @property
    def share_drifts(self) -> bool:
        low, high = self.share_change
        large = abs(self.share - self.share_before) > LEAST_CHANGE * self.share_before
        return large and (low > 0.0 or high < 0.0)

    @property
    def value_drifts(self) -> bool:
        change, low, high = self.value_change
        return abs(change) > LEAST_CHANGE and (low > 0.0 or high < 0.0)

    @property
    def drifts(self) -> bool:
        return self.share_drifts or self.value_drifts


def drift(days: PurchaseDays) -> Drift:
    """Raises NotEnoughData where there are not LEAST_CUSTOMERS newcomers and as many before them."""
    if not len(days):
        raise NotEnoughData("There is no purchase to compare customers by.", "Load some purchases.")
    start, end = int(days.day.min()), int(days.day.max())
    until = end - FOLLOW_DAYS
    newest = _joined(days, until - JOIN_DAYS + 1, until) & (days.first_day >= start + LEAD_DAYS)
    season = _joined(days, until - YEAR - JOIN_DAYS + 1, until - YEAR)
    is_whole = until - YEAR - JOIN_DAYS + 1 >= start + LEAD_DAYS and season.sum() >= LEAST_CUSTOMERS
    before = season if is_whole else _joined(days, start + LEAD_DAYS, until - JOIN_DAYS)
    if min(newest.sum(), before.sum()) < LEAST_CUSTOMERS:
        raise NotEnoughData(
            f"Customers who came lately can be compared from {LEAST_CUSTOMERS} in a half-year on; there are "
            f"{newest.sum():,}, and {before.sum():,} before them.",
            "Load a longer history.",
        )
    return _compared(days, newest, before, (until - JOIN_DAYS + 1, until), same_season=bool(is_whole))


def _joined(days: PurchaseDays, first: int, last: int) -> BoolArray:
    return (days.first_day >= first) & (days.first_day <= last)


def _compared(
    days: PurchaseDays, newest: BoolArray, before: BoolArray, joined: tuple[int, int], *, same_season: bool
) -> Drift:
    again, first = _came_back(days), _first_money(days)
    made = np.array([again[newest].sum(), again[before].sum()], dtype=float)
    of = np.array([newest.sum(), before.sum()], dtype=float)
    share, (low, high) = made / of, wilson(made, of)
    gap = share[0] - share[1]
    limits = (
        float(gap - np.hypot(share[0] - low[0], high[1] - share[1])),
        float(gap + np.hypot(high[0] - share[0], share[1] - low[1])),
    )
    return Drift(
        _date(joined[0]), _date(joined[1]), int(of[0]), int(of[1]), same_season, float(share[0]), float(share[1]),
        limits, _ratio(first[newest], first[before]),
    )  # fmt: skip


def _came_back(days: PurchaseDays) -> BoolArray:
    """Whether each customer's second purchase came within FOLLOW_DAYS."""
    second = np.flatnonzero((days.ordinal == 2) & days.is_purchase)
    customer = days.customer[second]
    back = np.zeros(len(days), dtype=bool)
    back[customer] = days.day[second] - days.first_day[customer] <= FOLLOW_DAYS
    return back


def _first_money(days: PurchaseDays) -> FloatArray:
    """Money of each customer's first day."""
    return days.amount[np.flatnonzero(np.diff(days.customer, prepend=-1))]


def _ratio(newest: FloatArray, before: FloatArray) -> tuple[float, float, float]:
    """Geometric mean over geometric mean, less 1, with limits (Welch); NaN where nothing was paid."""
    one, two = np.log(newest[newest > 0.0]), np.log(before[before > 0.0])
    if min(len(one), len(two)) < 2:
        return float("nan"), float("nan"), float("nan")
    gap = one.mean() - two.mean()
    half = Z * float(np.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)))
    return float(np.expm1(gap)), float(np.expm1(gap - half)), float(np.expm1(gap + half))


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)
