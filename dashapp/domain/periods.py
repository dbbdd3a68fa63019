"""How days, weeks and annual rates become a model's periods: the only place that converts.

A month is not thirty days, so months never appear: horizons are days, discount rates are annual.
"""

from __future__ import annotations

import math

DAYS_PER_YEAR = 365.25
DAYS_PER = {"day": 1.0, "week": 7.0}


def to_periods(days: float, time_unit: str) -> float:
    """`days` counted in `time_unit`.

    >>> to_periods(273, "week")
    39.0
    """
    return days / DAYS_PER[time_unit]


def periods_ratio(from_unit: str, to_unit: str) -> float:
    """How many of `to_unit` one `from_unit` holds.

    >>> periods_ratio("week", "day")
    7.0
    """
    return DAYS_PER[from_unit] / DAYS_PER[to_unit]


def discount_per_period(annual_discount_rate: float, time_unit: str) -> float:
    """The continuous rate delta per period: a payment after t periods is worth exp(-delta t) today.

    >>> round(math.exp(-discount_per_period(0.10, "day") * DAYS_PER_YEAR), 12) == round(1 / 1.10, 12)
    True
    """
    return math.log1p(annual_discount_rate) * DAYS_PER[time_unit] / DAYS_PER_YEAR
