"""How a period is cut into buckets: chosen so that a chart never has more than a few hundred marks."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from dashapp import written
from dashapp.domain.ranges import Period

DAILY_UP_TO_DAYS = 45
WEEKLY_UP_TO_DAYS = 200
MONTHLY_UP_TO_DAYS = 3660
"Ten years of months are 120 bars; beyond that quarters."


class Grain(StrEnum):
    """A bucket; the value is what date_trunc understands. Weeks start on the day `written` was told."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


def grain_of(period: Period) -> Grain:
    """The bucket for a period.

    >>> grain_of(Period(date(2024, 1, 1), date(2024, 1, 28))), grain_of(Period(date(2024, 1, 1), date(2024, 12, 31)))
    (<Grain.DAY: 'day'>, <Grain.MONTH: 'month'>)
    """
    limits = ((DAILY_UP_TO_DAYS, Grain.DAY), (WEEKLY_UP_TO_DAYS, Grain.WEEK), (MONTHLY_UP_TO_DAYS, Grain.MONTH))
    return next((grain for days, grain in limits if period.days <= days), Grain.QUARTER)


def bucket(day: date, grain: Grain) -> date:
    """First day of the bucket that holds `day`.

    >>> bucket(date(2024, 5, 16), Grain.WEEK), bucket(date(2024, 5, 16), Grain.QUARTER)
    (datetime.date(2024, 5, 13), datetime.date(2024, 4, 1))
    """
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=(day.weekday() + written.week_shift_days()) % 7)
    if grain is Grain.MONTH:
        return day.replace(day=1)
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def following(start: date, grain: Grain) -> date:
    """First day of the next bucket."""
    span = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31, Grain.QUARTER: 92}[grain]
    return bucket(start + timedelta(days=span), grain)


def last_day(start: date, grain: Grain) -> date:
    """Last day of the bucket that begins at `start`.

    >>> last_day(date(2024, 2, 1), Grain.MONTH)
    datetime.date(2024, 2, 29)
    """
    return following(start, grain) - timedelta(days=1)


def of_month(start: date) -> Period:
    """The days of the month that begins at `start`."""
    return Period(start, last_day(start, Grain.MONTH))


def buckets(period: Period, grain: Grain) -> list[date]:
    """First days of every bucket the period touches, also the empty ones."""
    starts = [bucket(period.start, grain)]
    while (after := following(starts[-1], grain)) <= period.end:
        starts.append(after)
    return starts


def is_partial(start: date, period: Period, grain: Grain) -> bool:
    """Whether the period covers only a part of the bucket that begins at `start`."""
    return start < period.start or last_day(start, grain) > period.end


def incomplete(start: date, period: Period, grain: Grain) -> str:
    """Which days of a bucket the period covers.

    >>> incomplete(date(2024, 11, 1), Period(date(2024, 1, 1), date(2024, 11, 19)), Grain.MONTH)
    '1 to 19 Nov 2024'
    """
    first = max(start, period.start)
    last = min(following(start, grain) - timedelta(days=1), period.end)
    is_same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.day} to {written.day(last)}" if is_same_month else str(Period(first, last))


def label(start: date, grain: Grain) -> str:
    """
    >>> label(date(2024, 4, 1), Grain.QUARTER), label(date(2024, 4, 1), Grain.MONTH)
    ('Q2 2024', 'Apr 2024')
    """
    if grain is Grain.QUARTER:
        return f"Q{(start.month + 2) // 3} {start.year}"
    return written.month(start) if grain is Grain.MONTH else written.day(start)
