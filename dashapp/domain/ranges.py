"""Periods: two days, and those that are said relative to the last day the data knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dashapp import written


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{written.day(self.start)} to {written.day(self.end)}"


def months_back(day: date, months: int) -> date:
    """First day of the month `months` before the month of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


LOOK_NEW = "in the first year of the data all customers look new"


def known_new_from(observed_from: date) -> date:
    """First day on which who buys for the first time is new indeed: a year of months after the first one.

    >>> known_new_from(date(2009, 12, 1)), known_new_from(date(2023, 1, 5))
    (datetime.date(2010, 12, 1), datetime.date(2024, 1, 1))
    """
    return months_back(observed_from, -12)


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _back(days: int) -> Callable[[date], Period]:
    return lambda until: Period(until - timedelta(days=days - 1), until)


def _last_quarter(until: date) -> Period:
    this = _quarter_start(until)
    return Period(months_back(this, 3), this - timedelta(days=1))


RANGES: dict[str, tuple[str, Callable[[date], Period]]] = {
    "l7d": ("Last 7 days", _back(7)),
    "l28d": ("Last 28 days", _back(28)),
    "l90d": ("Last 90 days", _back(90)),
    "l12m": ("Last 12 months", lambda until: Period(months_back(until, 11), until)),
    "mtd": ("Month to date", lambda until: Period(until.replace(day=1), until)),
    "qtd": ("Quarter to date", lambda until: Period(_quarter_start(until), until)),
    "ytd": ("Year to date", lambda until: Period(date(until.year, 1, 1), until)),
    "lm": ("Last month", lambda until: Period(months_back(until, 1), until.replace(day=1) - timedelta(days=1))),
    "lq": ("Last quarter", _last_quarter),
    "ly": ("Last year", lambda until: Period(date(until.year - 1, 1, 1), date(until.year - 1, 12, 31))),
    "all": ("All time", lambda until: Period(date(1900, 1, 1), until)),
}


def days_of(when: str, until: date) -> Period:
    """The days meant by the name of a range, or by two days with a space between. Raises ValueError.

    >>> str(days_of("lm", date(2024, 11, 19))), days_of("2024-01-01 2024-03-31", date(2024, 11, 19)).days
    ('1 Oct 2024 to 31 Oct 2024', 91)
    """
    if when in RANGES:
        return RANGES[when][1](until)
    first, last = when.split(" ")
    return Period(date.fromisoformat(first), date.fromisoformat(last))
