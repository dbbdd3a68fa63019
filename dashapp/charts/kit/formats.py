"""How a number reads: compact money on figures and in sentences, never "nan". Separators are those of `written`."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from dashapp import written
from dashapp.domain.payback import Mean
from dashapp.written import MINUS as MINUS

NOTHING = "–"
_STEPS = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def known(value: Any) -> bool:
    """Whether there is a number at all.

    >>> known(0), known(None), known(float("nan"))
    (True, False, False)
    """
    return value is not None and not (isinstance(value, float) and not math.isfinite(value)) and value == value


def number(value: Any, decimals: int = 0) -> str:
    """
    >>> number(1234.5, 1), number(None)
    ('1,234.5', '–')
    """
    return written.number(value, decimals) if known(value) else NOTHING


def compact(value: Any) -> str:
    """Three significant figures at most.

    >>> compact(2_412_000), compact(950), compact(-12_340), compact(999_999), compact(3.2)
    ('2.41m', '950', '−12.3k', '1.00m', '3.20')
    """
    if not known(value):
        return NOTHING
    size = abs(float(value))
    for step, letter in _STEPS:
        if size >= step * 0.9995:
            return _three(float(value) / step) + letter
    return _three(float(value)) if size < 100 and size % 1 else written.number(value)


def _three(value: float) -> str:
    size = abs(value)
    return written.number(value, 0 if size >= 99.95 else 1 if size >= 9.995 else 2)


def money(value: Any, currency: str) -> str:
    """
    >>> money(2_412_000, "GBP"), money(-950, "CHF"), money(12, "")
    ('£2.41m', '−\\u2060CHF\\xa0950', '12')
    """
    if not known(value):
        return NOTHING
    return written.with_sign(_minus(value), written.style().in_currency(compact(abs(float(value))), currency))


def amount(value: Any, currency: str) -> str:
    """Money to the cent, where one customer is looked at.

    >>> amount(1234.5, "GBP"), amount(-3, "CHF"), amount(None, "GBP")
    ('£1,234.50', '−\\u2060CHF\\xa03.00', '–')
    """
    if not known(value):
        return NOTHING
    words = written.style().in_currency(written.number(abs(float(value)), 2), currency)
    return written.with_sign(_minus(value), words)


def _minus(value: Any) -> str:
    return MINUS if float(value) < 0 else ""


def percent(share: Any, decimals: int = 1) -> str:
    """
    >>> percent(0.1234), percent(-0.05)
    ('12.3\\xa0%', '−5.0\\xa0%')
    """
    return written.percent(float(share), decimals) if known(share) else NOTHING


def change(now: Any, before: Any) -> str:
    """The relative change in words, or nothing when there is no base.

    >>> change(112, 100), change(90, 100), change(100, 100), change(5, 0)
    ('up 12.0\\xa0%', 'down 10.0\\xa0%', 'unchanged', '')
    """
    if not known(now) or not known(before) or float(before) <= 0:
        return ""
    share = float(now) / float(before) - 1
    if abs(share) < 0.0005:
        return "unchanged"
    return f"{'up' if share > 0 else 'down'} {percent(abs(share))}"


def day(value: date) -> str:
    """
    >>> day(date(2024, 3, 5))
    '5 Mar 2024'
    """
    return written.day(value)


def plural(count: int, noun: str) -> str:
    """
    >>> plural(1, "customer"), plural(1200, "customer")
    ('1 customer', '1,200 customers')
    """
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def ratio_words(found: Mean | None) -> str:
    """A ratio with its 80 % interval.

    >>> ratio_words(Mean(1.44, 1.2, 1.68)), ratio_words(Mean(1.5, None, None)), ratio_words(None)
    ('1.44× (80\\xa0%: 1.20 to 1.68)', '1.50×', '–')
    """
    if found is None:
        return NOTHING
    bounds = "" if found.low is None else f" ({written.span(number(found.low, 2), number(found.high, 2))})"
    return f"{number(found.value, 2)}×{bounds}"
