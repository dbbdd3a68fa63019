"""How a value is written on screen: the words of the charts, plus changes, durations and key figures. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from dashapp import written
from dashapp.charts.kit.formats import MINUS, NOTHING, amount, compact, day, known, money, number, percent, plural
from dashapp.written import moment

__all__ = [
    "MINUS",
    "NOTHING",
    "ago",
    "amount",
    "compact",
    "day",
    "days",
    "delta",
    "interval",
    "known",
    "moment",
    "money",
    "number",
    "percent",
    "plural",
    "signed_money",
    "signed_percent",
    "value_of",
]


def days(value: float | None) -> str:
    """
    >>> days(1), days(32.4)
    ('1 day', '32 days')
    """
    if value is None or not known(value):
        return NOTHING
    return f"{number(value)} {'day' if round(value) == 1 else 'days'}"


def value_of(value: float | None, unit: str, currency: str = "") -> str:
    """A key figure in its unit, short enough for a card.

    >>> value_of(2_412_000, "money", "GBP"), value_of(0.183, "share"), value_of(3.14, "ratio"), value_of(12031, "count")
    ('£2.41m', '18.3\\xa0%', '3.1×', '12,031')
    """
    if value is None or not known(value):
        return NOTHING
    match unit:
        case "money":
            return money(value, currency)
        case "share":
            return percent(value)
        case "days":
            return days(value)
        case "ratio":
            return f"{number(value, 1)}×"
        case _:
            return compact(value) if abs(value) >= 1e6 else number(value)


def interval(low: float | None, high: float | None, currency: str) -> str:
    """The 80 % interval of a customer's predicted value.

    >>> interval(12.0, 80.0, "EUR"), interval(0.0, 0.0, "EUR")
    ('80\\xa0%: €12.00 to €80.00', '80\\xa0%: nothing at all')
    """
    if not known(low) or not known(high):
        return NOTHING
    if high == 0:
        return f"{percent(0.8, 0)}: nothing at all"
    return written.span(amount(low, currency), amount(high, currency))


def delta(value: float | None, previous: float | None, unit: str = "count") -> str:
    """Change against the comparison: percent, or percentage points for shares; signed, never colour alone.

    >>> delta(112.4, 100), delta(0.219, 0.2, "share"), delta(90, 100), delta(1, None), delta(1, 0)
    ('+12.4\\xa0%', '+1.9\\xa0pp', '−10.0\\xa0%', '–', '–')
    """
    if value is None or previous is None or not known(value) or not known(previous):
        return NOTHING
    if unit == "share":
        return f"{written.signed((value - previous) * 100)}{written.NO_BREAK}pp"
    return NOTHING if previous == 0 else signed_percent((value - previous) / abs(previous))


def signed_money(value: float | None, currency: str) -> str:
    """A change of money; nothing has no sign.

    >>> signed_money(1200.0, "GBP"), signed_money(-950.0, "GBP"), signed_money(0.0, "GBP")
    ('+\\u2060£1.20k', '−\\u2060£950', '£0')
    """
    words = money(value, currency)
    return written.with_sign("+", words) if value is not None and known(value) and value > 0 else words


def ago(moment: datetime, now: datetime) -> str:
    """How long `moment` is gone. Without a zone it is UTC.

    >>> ago(datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 12, 5))
    '2 hours ago'
    """
    seconds = max(0.0, (_utc(now) - _utc(moment)).total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def signed_percent(share: float) -> str:
    """
    >>> signed_percent(0.124), signed_percent(-0.05)
    ('+12.4\\xa0%', '−5.0\\xa0%')
    """
    return f"{'+' if share >= 0 else ''}{percent(share)}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
