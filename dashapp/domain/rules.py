"""The conditions of a segment as one value: rows of field, operator and values; to and from a text and a sentence.

All rows of a group hold, and any of the groups: `country~is~France;order_count~at_least~3!segment~is~Champions` means
France with three orders or more, or the champions. The text is lossless and free of `|`, so it can be one value of the
filter bar. Binding to SQL is the store's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from dashapp import written
from dashapp.domain.ranges import RANGES, Period, days_of
from dashapp.domain.rule_fields import (
    BETWEEN,
    FIELDS,
    IS,
    IS_NOT,
    ONE_VALUE,
    OPERATORS,
    Field,
    Kind,
    operator_words,
)
from dashapp.errors import FilterError

MAX_RULES = 24
MAX_GROUPS = 12
MAX_VALUES = 50
MAX_VALUE_LENGTH = 200
MAX_TEXT = 4_000
"Characters of a whole text: what an address can carry."
_ESCAPED = str.maketrans({letter: f"%{ord(letter):02X}" for letter in "%~;,!|"})
_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Values are kept as canonical text: 7 and 7.0 are one rule. Raises FilterError naming the field."""

    field: str
    operator: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        about = FIELDS.get(self.field)
        if about is None:
            raise FilterError(self.field or "field", f"There is no field {self.field!r}.", "Choose one of the list.")
        if self.operator not in OPERATORS[about.kind]:
            hint = f"Use {', '.join(operator_words(about.kind, name) for name in OPERATORS[about.kind])}."
            raise FilterError(self.field, f"{about.label} cannot be asked with {self.operator!r}.", hint)
        read = tuple(_value(about, text) for text in self.values)
        object.__setattr__(self, "values", _counted(about, self.operator, read))

    @property
    def about(self) -> Field:
        return FIELDS[self.field]

    @property
    def bound(self) -> list[str | float | date]:
        """The values as the store binds them: a month as its first day."""
        kind = self.about.kind
        if kind in (Kind.NUMBER, Kind.SHARE):
            return [float(text) for text in self.values]
        if kind is Kind.DATE:
            return [date.fromisoformat(text) for text in self.values]
        return [date.fromisoformat(f"{text}-01") if kind is Kind.MONTH else text for text in self.values]

    @property
    def text(self) -> str:
        return f"{self.field}~{self.operator}~{','.join(_escaped(value) for value in self.values)}"

    def sentence(self, currency: str = "") -> str:
        """The row in words.

        >>> Rule("clv", "at_least", ("100",)).sentence("GBP"), Rule("category", "is_not", ("Home",)).sentence()
        ('predicted value at least GBP 100', 'bought category never any of Home')
        >>> Rule("product_in", "is", ("2024-01-01 2024-03-31 P 1",)).sentence()
        'bought the product within 2024-01-01 to 2024-03-31 (P 1)'
        """
        values = [_shown(self.about, value, currency) for value in self.values]
        joined = " and ".join(values) if self.operator == BETWEEN else " or ".join(values)
        label = self.about.label if self.about.label.startswith("RFM") else self.about.label.lower()
        return f"{label} {operator_words(self.about.kind, self.operator)} {joined}"

    @classmethod
    def from_text(cls, text: str) -> Rule:
        """Read one row. Raises FilterError."""
        parts = text.split("~")
        if len(parts) != 3:
            raise FilterError("saved", f"{text[:80]!r} is no condition.", "Use field~operator~values.")
        return cls(parts[0], parts[1], tuple(unquote(value) for value in parts[2].split(",")))


@dataclass(frozen=True, slots=True)
class Rules:
    """Groups of rows: all rows of a group hold, and any of the groups does. Raises FilterError."""

    groups: tuple[tuple[Rule, ...], ...]

    def __post_init__(self) -> None:
        if not self.groups or not all(self.groups):
            raise FilterError("saved", "A segment needs at least one condition.", "Add one.")
        if len(self.groups) > MAX_GROUPS or sum(len(group) for group in self.groups) > MAX_RULES:
            text = f"A segment takes up to {MAX_RULES} conditions in {MAX_GROUPS} groups."
            raise FilterError("saved", text, "Remove some, or save a list of customers instead.")
        if len(self.text) > MAX_TEXT:
            raise FilterError("saved", "These conditions are too long for an address.", "Choose fewer values.")

    @property
    def text(self) -> str:
        return "!".join(";".join(rule.text for rule in group) for group in self.groups)

    def sentence(self, currency: str = "") -> str:
        """All conditions in words.

        >>> Rules.from_text("country~is~France;order_count~at_least~3!segment~is~Loyal").sentence()
        'country is France and orders at least 3 orders; or RFM segment is Loyal'
        """
        return "; or ".join(" and ".join(rule.sentence(currency) for rule in group) for group in self.groups)

    @classmethod
    def from_text(cls, text: str) -> Rules:
        """Read a text; for every valid one `Rules.from_text(rules.text) == rules`. Raises FilterError."""
        if not isinstance(text, str) or not text or len(text) > MAX_TEXT:
            raise FilterError("saved", "The conditions are missing or too long.", "Correct the address.")
        return cls(tuple(tuple(Rule.from_text(row) for row in group.split(";")) for group in text.split("!")))


def _counted(about: Field, operator: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values in their order, where there are as many as the operator takes."""
    if not values or not all(values):
        raise FilterError(about.name, f"{about.label} needs a value.", "Fill it in, or remove the condition.")
    if operator == BETWEEN:
        if len(values) != 2:
            raise FilterError(about.name, f"{about.label} between needs two values.", "Give the lower and the upper.")
        low, high = values
        if (float(low) > float(high)) if about.kind in (Kind.NUMBER, Kind.SHARE) else low > high:
            raise FilterError(about.name, f"{about.label}: {low} lies above {high}.", "Swap the two.")
    elif operator in ONE_VALUE and len(values) != 1:
        raise FilterError(about.name, f"{about.label} takes one value here.", "Remove the others.")
    if len(values) > MAX_VALUES:
        raise FilterError(about.name, f"{about.label} takes up to {MAX_VALUES} values.", "Choose fewer.")
    return tuple(sorted(set(values))) if operator in (IS, IS_NOT) else values


def _value(about: Field, text: str) -> str:
    """A value as its canonical text. Raises FilterError."""
    given = text.strip() if isinstance(text, str) else ""
    if len(given) > MAX_VALUE_LENGTH:
        raise FilterError(about.name, f"A value of {about.label} is too long.", "Shorten it.")
    if not given:
        return ""
    if about.kind in (Kind.NUMBER, Kind.SHARE):
        return _number(about, given)
    if about.kind is Kind.MOMENT:
        return _moment(about, given)
    if about.kind is Kind.SPAN:
        return _span(about, given)
    if about.kind is Kind.CHANGE:
        return _change(about, given)
    if about.kind is Kind.MONTH and not _MONTH.fullmatch(given):
        raise FilterError(about.name, f"{given!r} is not a month.", "Write it like 2024-03.")
    return _date(about, given) if about.kind is Kind.DATE else given


def _number(about: Field, given: str) -> str:
    """A number as written by Python; a share may come as 70 %."""
    as_percent = about.kind is Kind.SHARE and given.endswith("%")
    try:
        number = float(given.rstrip("% ")) / 100 if as_percent else float(given)
    except ValueError as error:
        raise FilterError(about.name, f"{given!r} is not a number.", "Use digits and a point.") from error
    if not math.isfinite(number):
        raise FilterError(about.name, f"{given!r} is not a number.", "Use digits and a point.")
    if about.kind is Kind.SHARE and not 0 <= number <= 1:
        raise FilterError(about.name, f"{given} is no probability.", "Write 0.7 or 70 %.")
    return format(number, ".15g")


def _moment(about: Field, given: str) -> str:
    day, _, segment = given.partition(" ")
    if segment not in about.values:
        raise FilterError(about.name, f"{given!r} is no segment on a day.", "Write it like 2024-12-31 Loyal.")
    return f"{_date(about, day)} {segment}"


def parts_of_span(value: str) -> tuple[str, str]:
    """When it was done, as `ranges.days_of` reads it, and the product or category named after that.

    >>> parts_of_span("l90d P 1"), parts_of_span("2024-01-01 2024-03-31")
    (('l90d', 'P 1'), ('2024-01-01 2024-03-31', ''))
    """
    first, _, rest = value.partition(" ")
    if first in RANGES:
        return first, rest.strip()
    last, _, thing = rest.partition(" ")
    return f"{first} {last}", thing.strip()


def _span(about: Field, given: str) -> str:
    example = " ".join(["2024-01-01 2024-03-31", *([f"and the {about.unit}"] if about.unit else [])])
    when, thing = parts_of_span(given)
    if when not in RANGES:
        try:
            days = days_of(when, date.max)
        except ValueError as error:
            raise FilterError(about.name, f"{given!r} are no two days.", f"Write it like {example}.") from error
        if days.start > days.end:
            raise FilterError(about.name, f"{days.start} lies after {days.end}.", "Swap the two.")
        when = f"{days.start} {days.end}"
    if bool(thing) != bool(about.unit):
        raise FilterError(about.name, f"{given!r} names no {about.unit or 'span alone'}.", f"Write it like {example}.")
    return f"{when} {thing}".strip()


def parts_of_change(value: str) -> tuple[Period, Period, str]:
    """The period, the earlier one it stands against, and what became of it. Raises ValueError.

    >>> parts_of_change("2024-01-01 2024-03-31 2023-01-01 2023-03-31 net_sales grew")[2]
    'net_sales grew'
    """
    *days, change = [*value.split(" ", 4), *[""] * 5][:5]
    first, last, earlier, until = map(date.fromisoformat, days)
    return Period(first, last), Period(earlier, until), change


def _change(about: Field, given: str) -> str:
    example = "Write it like 2024-01-01 2024-03-31 2023-01-01 2023-03-31 net_sales grew."
    try:
        now, before, change = parts_of_change(given)
    except ValueError as error:
        raise FilterError(about.name, f"{given!r} does not begin with four days.", example) from error
    for days in (now, before):
        if days.start > days.end:
            raise FilterError(about.name, f"{days.start} lies after {days.end}.", "Swap the two.")
    if change not in about.values:
        raise FilterError(about.name, f"{change!r} is no change.", example)
    return f"{now.start} {now.end} {before.start} {before.end} {change}"


def _date(about: Field, given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise FilterError(about.name, f"{given!r} is not a day.", "Write it like 2024-03-31.") from error


def _escaped(value: str) -> str:
    """The signs that part a text written as %XX; everything else stays readable."""
    return value.translate(_ESCAPED)


def _shown(about: Field, value: str, currency: str) -> str:
    if about.kind is Kind.SHARE:
        return written.percent(float(value), 0)
    if about.kind is Kind.SPAN:
        when, thing = parts_of_span(value)
        words = f"the {RANGES[when][0].lower()}" if when in RANGES else when.replace(" ", " to ")
        return f"{words}{thing and f' ({thing})'}"
    if about.kind is Kind.CHANGE:
        now, before, change = parts_of_change(value)
        told = change.replace("_", " ")
        return f"{told}, {now.start} to {now.end} against {before.start} to {before.end}"
    if about.kind is not Kind.NUMBER:
        return value.replace("_", " ") if about.name == "customer_state" else value
    number = f"{float(value):,.15g}"
    return f"{currency} {number}".strip() if about.unit == "money" else f"{number} {about.unit}".strip()
