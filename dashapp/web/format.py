"""How a value is written on screen: one place for signs, currencies and what a missing value looks like. Pure."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Literal

Unit = Literal["money", "count", "share", "days", "ratio"]
MISSING = "–"
MINUS = "\u2212"
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}
_SCALES = ((1e9, "bn"), (1e6, "m"), (1e4, "k"))


def money(value: float | None, currency: str = "", *, compact: bool = False) -> str:
    """
    >>> money(1234.5, "GBP"), money(2_412_345, "GBP", compact=True), money(-3, "CHF"), money(None)
    ('£1,234.50', '£2.41m', '−CHF 3.00', '–')
    """
    if _absent(value):
        return MISSING
    sign = MINUS if value < 0 else ""
    symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{sign}{symbol}{_scaled(abs(value)) if compact else f'{abs(value):,.2f}'}"


def number(value: float | None, digits: int = 0, *, compact: bool = False) -> str:
    """
    >>> number(12031), number(-0.5, 1), number(2_412_345, compact=True)
    ('12,031', '−0.5', '2.41m')
    """
    if _absent(value):
        return MISSING
    sign = MINUS if value < 0 else ""
    return sign + (_scaled(abs(value)) if compact else f"{abs(value):,.{digits}f}")


def percent(value: float | None, digits: int = 1) -> str:
    """
    >>> percent(0.1834)
    '18.3 %'
    """
    return MISSING if _absent(value) else f"{number(value * 100, digits)}\u00a0%"


def days(value: float | None) -> str:
    """
    >>> days(1), days(32.4)
    ('1 day', '32 days')
    """
    return MISSING if _absent(value) else f"{number(value)} {'day' if round(value) == 1 else 'days'}"


def ratio(value: float | None) -> str:
    """
    >>> ratio(3.14159)
    '3.1×'
    """
    return MISSING if _absent(value) else f"{number(value, 1)}×"


def value_of(value: float | None, unit: str, currency: str = "") -> str:
    """A key figure in its unit, short enough for a card."""
    match unit:
        case "money":
            return money(value, currency, compact=_absent(value) is False and abs(value or 0) >= 10_000)
        case "share":
            return percent(value)
        case "days":
            return days(value)
        case "ratio":
            return ratio(value)
        case _:
            return number(value, compact=not _absent(value) and abs(value or 0) >= 100_000)


def delta(value: float | None, previous: float | None, unit: str = "count") -> str:
    """Change against the comparison: percent, or percentage points for shares; signed, never colour alone.

    >>> delta(112.4, 100), delta(0.219, 0.2, "share"), delta(90, 100), delta(1, None), delta(1, 0)
    ('+12.4 %', '+1.9 pp', '−10.0 %', '–', '–')
    """
    if _absent(value) or _absent(previous):
        return MISSING
    if unit == "share":
        return f"{_signed((value - previous) * 100)}\u00a0pp"
    return MISSING if previous == 0 else f"{_signed((value - previous) / abs(previous) * 100)}\u00a0%"


def day(value: date | None) -> str:
    """
    >>> day(date(2011, 12, 9))
    '9 Dec 2011'
    """
    return MISSING if value is None else f"{value:%-d %b %Y}"


def ago(moment: datetime, now: datetime) -> str:
    """How long `moment` is gone. Both are UTC; naive means UTC.

    >>> ago(datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 12, 5))
    '2 hours ago'
    """
    seconds = max(0.0, (_utc(now) - _utc(moment)).total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else MINUS}{abs(value):,.1f}"


def _scaled(value: float) -> str:
    for size, word in _SCALES:
        if value >= size:
            divisor = 1e3 if word == "k" else size
            return f"{value / divisor:,.{2 if value / divisor < 10 else 1}f}{word}"
    return f"{value:,.0f}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
