"""Customers who have not come yet: a scenario beside the value of those who have, never a part of it.

It takes for granted that acquisition goes on as in the last 12 complete months, each calendar month as it was then, and
that whoever comes brings what earlier customers who began alike brought (cold_start.py). Nothing is fitted and nothing
grows: the reader sees an assumption, with the horizon and the discount it is counted at.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from dashapp.domain.drift import LEAD_DAYS
from dashapp.domain.periods import DAYS_PER_YEAR
from dashapp.domain.purchase_days import PurchaseDays, number


@dataclass(frozen=True)
class Won:
    """Customers of one past month by their first purchase."""

    customers: int
    value: float
    "What one of them is expected to bring in the days the prior knows, before margin; 0 where nobody came."


@dataclass(frozen=True)
class Terms:
    """At what the scenario is counted."""

    horizon_days: int
    annual_discount_rate: float
    gross_margin: float
    paid_share: float = 1.0
    "Present value of what a customer brings, at the first purchase, over its plain sum."


@dataclass(frozen=True)
class Cohort:
    """The customers of the days of one month within the horizon."""

    first_day: date
    last_day: date
    customers: float
    value_per_customer: float
    "After margin, not discounted."
    discount: float
    "What a unit of it is worth on the last observed day."
    amount: Decimal
    "Their product, to the cent."


def past_months(until: date) -> tuple[date, date]:
    """First day of the first and last day of the last of the 12 newest complete months.

    >>> past_months(date(2025, 6, 29)), past_months(date(2025, 6, 30))
    ((datetime.date(2024, 6, 1), datetime.date(2025, 5, 31)), (datetime.date(2024, 7, 1), datetime.date(2025, 6, 30)))
    """
    end = (until + timedelta(days=1)).replace(day=1)
    return end.replace(year=end.year - 1), end - timedelta(days=1)


def is_observed(first: date, observed_from: date) -> bool:
    """Whether who was new from that day on can be told from old customers seen for the first time."""
    return first >= observed_from + timedelta(days=LEAD_DAYS)


def paid_share(days: PurchaseDays, since: date, until: date, window_days: int, annual_discount_rate: float) -> float:
    """Present value, at the first purchase, of what customers brought in their first window_days, over its plain sum.

    Of the customers the prior rests on: first seen LEAD_DAYS after `since` or later, and window_days before `until`.
    """
    first = days.first_day
    whole = (first >= number(since) + LEAD_DAYS) & (first <= number(until) - window_days)
    rows = np.flatnonzero(whole[days.customer] & (days.age < window_days))
    by_age = np.bincount(days.age[rows], days.cents[rows], window_days)
    paid = by_age * (1.0 + annual_discount_rate) ** (-np.arange(window_days) / DAYS_PER_YEAR)
    return float(paid.sum() / by_age.sum()) if by_age.sum() > 0.0 else 1.0


def scenario(won: Mapping[int, Won], until: date, terms: Terms) -> list[Cohort]:
    """One cohort for each month with a day in the horizon, the first and the last cut to those days.

    won: by calendar month, 1 to 12. A month is discounted to `until` from its middle, and what its customers bring
    later by `paid_share`.
    """
    return [_cohort(won[first.month], first, last, until, terms) for first, last in _spans(until, terms.horizon_days)]


def _spans(until: date, horizon_days: int) -> Iterator[tuple[date, date]]:
    day, end = until + timedelta(days=1), until + timedelta(days=horizon_days)
    while day <= end:
        last = min(day.replace(day=monthrange(day.year, day.month)[1]), end)
        yield day, last
        day = last + timedelta(days=1)


def _cohort(won: Won, first: date, last: date, until: date, terms: Terms) -> Cohort:
    days = (last - first).days + 1
    customers = won.customers * days / monthrange(first.year, first.month)[1]
    ahead = (first - until).days + (days - 1) / 2
    discount = (1.0 + terms.annual_discount_rate) ** (-ahead / DAYS_PER_YEAR) * terms.paid_share
    value = won.value * terms.gross_margin
    return Cohort(first, last, customers, value, discount, Decimal(f"{customers * value * discount:.2f}"))
