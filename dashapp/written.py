"""How numbers, money and days are written here: one locale and one first day of the week per process.

Interface text stays English; what follows the locale is separators, the place of the currency and of the percent sign,
and dates. Files and programs never come through here: theirs are plain numbers and ISO days. `en_GB` is the house's own
style (compact symbols, a space before % at which no line ends); every other locale is what Babel knows of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol, parse_pattern

DEFAULT = "en_GB"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUS = "−"
NO_BREAK = "\u00a0"
JOINED = "\u2060"
"No line ends here: between a sign and the currency behind it, where browsers break."
_NAME = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z]{4})?([_-]([A-Za-z]{2}|\d{3}))?")
_ENGLISH_NUMBER = re.compile(
    r"(?<![\w.,])(?:(?P<exact>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?P<share>\s?%)?|(?P<whole>\d+)\s?%)(?![\w]|[.,]\d)"
)
"Thousands with commas, decimals and shares; a bare whole number or a day is written the same everywhere."
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}


@dataclass(frozen=True)
class Style:
    """A locale's way of writing."""

    locale: str
    decimal: str
    group: str
    groups: tuple[int, int]
    "Digits of the first group and of all further ones: 3 and 3, or 3 and 2 in India."
    percent: tuple[str, str]
    "Before and after the number; so is money, where ¤ stands for the currency."
    money: tuple[str, str]
    symbol: Callable[[str], str]
    day: Callable[[date], str]
    month: Callable[[date], str]
    time: Callable[[datetime], str]

    def number(self, value: float, decimals: int = 0) -> str:
        """With separators; the minus sign is a real one."""
        whole, _, rest = f"{abs(value):.{decimals}f}".partition(".")
        sign = MINUS if value < 0 and (whole + rest).strip("0") else ""
        return f"{sign}{self._grouped(whole)}{self.decimal + rest if rest else ''}"

    def in_currency(self, text: str, currency: str) -> str:
        """The amount `text`, without sign, as money of `currency`; both stay on one line."""
        if not currency:
            return text
        symbol = self.symbol(currency)
        before, after = (part.replace("¤", symbol).replace(" ", NO_BREAK) for part in self.money)
        apart = NO_BREAK if before and before[-1].isalpha() else ""
        return f"{before}{apart}{text}{after}"

    def _grouped(self, digits: str) -> str:
        first, further = self.groups
        if len(digits) <= first:
            return digits
        head, tail = digits[:-first], digits[-first:]
        parts = [head[max(end - further, 0) : end] for end in range(len(head), 0, -further)]
        return self.group.join([*reversed(parts), tail])


def _english() -> Style:
    return Style(
        DEFAULT, ".", ",", (3, 3), ("", f"{NO_BREAK}%"), ("¤", ""), lambda currency: _SYMBOLS.get(currency, currency),
        lambda day: f"{day:%-d %b %Y}", lambda day: f"{day:%b %Y}", lambda moment: f"{moment:%H:%M}",
    )  # fmt: skip


@lru_cache(maxsize=32)
def style_of(name: str) -> Style:
    """The style of a locale. Raises ValueError for one that Babel does not know."""
    locale = known(name)
    if locale == DEFAULT:
        return _english()
    found = Locale.parse(locale)
    numbers, percents, money = (
        parse_pattern(pattern.pattern)
        for pattern in (found.decimal_formats[None], found.percent_formats[None], found.currency_formats["standard"])
    )
    return Style(
        locale, get_decimal_symbol(found), get_group_symbol(found), numbers.grouping,
        (percents.prefix[0], percents.suffix[0]), (money.prefix[0], money.suffix[0]),
        lambda currency: get_currency_symbol(currency, found),
        lambda day: format_date(day, "medium", found), lambda day: format_skeleton("yMMM", day, locale=found),
        lambda moment: format_time(moment, "short", locale=found),
    )  # fmt: skip


def known(name: str) -> str:
    """The name as Babel writes it: `de-de` is de_DE. Raises ValueError.

    >>> known("de-de"), known("fr")
    ('de_DE', 'fr')
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"is no locale; write one such as en_GB, en_US, de_DE or fr_FR, not {name[:20]!r}")
    try:
        found = str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"is no locale that Babel knows: {name!r}") from error
    return found


class _Here:
    """What this process was told to use."""

    style = _english()
    week_start = 0


def use(locale: str = DEFAULT, week_start: str = "monday") -> None:
    """From here on everything is written this way. Raises ValueError for what is not known."""
    _Here.style, _Here.week_start = style_of(locale), WEEKDAYS.index(week_start)


def style() -> Style:
    """How this process writes."""
    return _Here.style


def week_shift_days() -> int:
    """Days to add so that the chosen first day of the week falls on a Monday."""
    return -_Here.week_start % 7


def number(value: float, decimals: int = 0) -> str:
    """
    >>> number(1234.5, 1), number(-12)
    ('1,234.5', '−12')
    """
    return style().number(float(value), decimals)


def percent(share: float, decimals: int = 1) -> str:
    """
    >>> percent(0.1234), percent(-0.05, 0)
    ('12.3\\xa0%', '−5\\xa0%')
    """
    before, after = style().percent
    text = number(abs(float(share)) * 100, decimals)
    return f"{MINUS if share < 0 and text.strip('0.,') else ''}{before}{text}{after}"


def span(low: str, high: str) -> str:
    """What holds 80 % of what may be, the bounds in words already.

    >>> span("£90", "£110")
    '80\\xa0%: £90 to £110'
    """
    return f"{percent(0.8, 0)}: {low} to {high}"


def signed(value: float, decimals: int = 1) -> str:
    """
    >>> signed(12.4), signed(-3)
    ('+12.4', '−3.0')
    """
    return f"{'+' if value >= 0 else ''}{number(value, decimals)}"


def with_sign(sign: str, money: str) -> str:
    """
    >>> with_sign("−", "£950"), with_sign("+", "950 €"), with_sign("", "£950")
    ('−\\u2060£950', '+950 €', '£950')
    """
    return f"{sign}{JOINED}{money}" if sign and not money[0].isdigit() else f"{sign}{money}"


def day(value: date) -> str:
    """
    >>> day(date(2024, 3, 5))
    '5 Mar 2024'
    """
    return style().day(value)


def month(value: date) -> str:
    """
    >>> month(date(2024, 3, 5))
    'Mar 2024'
    """
    return style().month(value)


def moment(value: datetime) -> str:
    """Day and minute, in whatever zone `value` is.

    >>> moment(datetime(2024, 3, 5, 9, 30))
    '5 Mar 2024 09:30'
    """
    return f"{style().day(value)} {style().time(value)}"


def held(text: str) -> str:
    """Words as they are, save that no line ends before a percent sign.

    >>> held("below 30 %")
    'below 30\\xa0%'
    """
    return text.replace(" %", f"{NO_BREAK}%")


def local(sentence: str) -> str:
    """A sentence with numbers of the English way, as snapshots and errors hold it, in the way of this process.

    Not for sentences that went through here already: 1.234 is a thousand in one locale and one in another.
    >>> local("Off by 18.3% in 1,234 days.")
    'Off by 18.3\\xa0% in 1,234 days.'
    """
    return _ENGLISH_NUMBER.sub(_localised, sentence)


def _localised(found: re.Match[str]) -> str:
    digits_found = (found["exact"] or found["whole"]).replace(",", "")
    text = style().number(float(digits_found), len(digits_found.partition(".")[2]))
    before, after = style().percent if found["share"] or found["whole"] else ("", "")
    return f"{before}{text}{after}"


def digits(text: str) -> str:
    """Plain digits with a point, as a field shows them.

    >>> digits("38.5")
    '38.5'
    """
    return text.replace(".", style().decimal)


def plain(text: str) -> str:
    """What somebody typed, as plain digits with a point where it can be read so.

    Whole groups of three after the locale's own separator are thousands; any other point or comma is a decimal one.
    >>> plain("1,234"), plain("10,5"), plain("1 250.75 %")
    ('1234', '10.5', '1250.75')
    """
    bare = re.sub(r"[\s\u00a0\u202f%]", "", text).replace("−", "-")
    group, decimal = re.escape(style().group), re.escape(style().decimal)
    if style().group.strip() and re.fullmatch(rf"-?\d{{1,3}}({group}\d{{2,3}})*{group}\d{{3}}({decimal}\d*)?", bare):
        bare = bare.replace(style().group, "")
    return bare.replace(",", ".")
