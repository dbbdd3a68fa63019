"""The filter bar as one value: to and from the address, to a period, to a sentence. Binding to SQL is the store's.

Relative ranges stay relative: they are anchored at `observed_until`, the last day the data knows, never the clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from dashapp.domain import saved as saved_segments
from dashapp.domain.ranges import RANGES, Period, months_back
from dashapp.domain.vocabulary import SEGMENTS, Basis, Compare
from dashapp.errors import FilterError

CHOICES = ("country", "channel", "segment", "cohort", "category", "product", "saved")
"The fields that hold chosen values, in the order of the bar; empty means any."
MAX_CHOICES = 100
MAX_SAVED = 8
MAX_TEXT = 200
MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")


MONTHS = {"l12m": 12, "mtd": 1, "qtd": 3, "ytd": 12, "lm": 1, "lq": 3, "ly": 12}
"Ranges that follow the calendar, and how far back the one before begins: a part of a month against the same part."
ROLLING = ("l7d", "l28d", "l90d")
"Ranges of days: a year earlier is 52 weeks, so that a Saturday stands against a Saturday."


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for. Every field has a default, so the empty address is the default view."""

    range: str = "l12m"
    start: date | None = None
    "First day, only with range='custom'."
    end: date | None = None
    "Last day, only with range='custom'."
    compare: Compare = Compare.PREVIOUS_YEAR
    basis: Basis = Basis.NET_SALES
    country: tuple[str, ...] = field(default=())
    channel: tuple[str, ...] = field(default=())
    segment: tuple[str, ...] = field(default=())
    cohort: tuple[str, ...] = field(default=())
    "Months of the first purchase, as YYYY-MM."
    category: tuple[str, ...] = field(default=())
    "Customers who ever bought something of it."
    product: tuple[str, ...] = field(default=())
    "Ids; customers who ever bought it."
    saved: tuple[str, ...] = field(default=())
    "Saved segments: texts of rules or names of kept lists (dashapp.domain.saved); customers of any of them."

    def __post_init__(self) -> None:
        if self.range != "custom" and self.range not in RANGES:
            raise FilterError("range", f"There is no date range {self.range!r}.", f"Use one of {', '.join(RANGES)}.")
        if self.range == "custom":
            self._check_custom()

    def _check_custom(self) -> None:
        if self.start is None or self.end is None:
            raise FilterError("range", "A custom range needs a first and a last day.", "Give both start and end.")
        if self.start > self.end:
            raise FilterError("start", "The first day lies after the last day.", "Swap start and end.")

    def period(self, observed_until: date) -> Period:
        """The days meant, given the last day the data knows."""
        if self.start and self.end and self.range == "custom":
            return Period(self.start, self.end)
        return RANGES[self.range][1](observed_until)

    def comparison(self, observed_until: date) -> Period | None:
        """The days compared with, or None. What has not happened yet is compared with nothing: an unfinished period
        stands against the same part of the earlier one, a whole month against a whole month.

        >>> Filters(range="mtd", compare=Compare.PREVIOUS_PERIOD).comparison(date(2024, 11, 19))
        Period(start=datetime.date(2024, 10, 1), end=datetime.date(2024, 10, 19))
        """
        asked = self.period(observed_until)
        if self.compare is Compare.NONE or self.range == "all" or asked.start > observed_until:
            return None
        known = Period(asked.start, min(asked.end, observed_until))
        if self.compare is Compare.PREVIOUS_PERIOD:
            return self._before(known)
        return _moved(known, 364) if self.range in ROLLING else _earlier(known, 12)

    def before(self, observed_until: date) -> Period | None:
        """The period right before this one, whatever it is compared with; None for all time and for the future."""
        return replace(self, compare=Compare.PREVIOUS_PERIOD).comparison(observed_until)

    def _before(self, known: Period) -> Period:
        months = MONTHS.get(self.range)
        return _earlier(known, months) if months else _moved(known, known.days)

    def neighbours(self) -> list[Filters]:
        """The views that one other comparison, basis or named period leads to, in this order.

        >>> [view.to_query() for view in Filters().neighbours()][1:4]
        [{'compare': 'none'}, {'basis': 'gross_sales'}, {'basis': 'gross_margin'}]
        """
        views = [replace(self, compare=compare) for compare in Compare]
        views += [replace(self, basis=basis) for basis in Basis]
        views += [replace(self, range=name, start=None, end=None) for name in RANGES]
        return [view for view in views if view != self]

    def to_query(self) -> dict[str, str]:
        """The address of this view; defaults are left out."""
        values = {name: _as_text(getattr(self, name)) for name in _FIELDS}
        return {name: text for name, text in values.items() if text != _as_text(getattr(_DEFAULT, name))}

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Filters:
        """Read an address or a form. Unknown keys are ignored. Raises FilterError naming the field."""
        if not isinstance(query, Mapping):
            raise FilterError("filters", "The filters are not a view.", "Reload the page.")
        return cls(**{name: read(name, query[name]) for name, read in _FIELDS.items() if _given(query.get(name))})

    @classmethod
    def usable(cls, query: Mapping[str, Any]) -> tuple[Filters, list[FilterError]]:
        """What of an address can be used, and why the rest cannot: those keys are left out one by one.

        >>> filters, refused = Filters.usable({"range": "l90d", "cohort": "March"})
        >>> filters.range, [error.field for error in refused]
        ('l90d', ['cohort'])
        """
        rest, refused = dict(query), list[FilterError]()
        for _ in _FIELDS:
            try:
                return cls.from_query(rest), refused
            except FilterError as error:
                refused.append(error)
                rest.pop(error.field, None)
        return cls(), refused

    @staticmethod
    def keys() -> tuple[str, ...]:
        """What filters are called in an address."""
        return tuple(_FIELDS)

    def choosing(self, values: Mapping[str, tuple[str, ...]]) -> Filters:
        """The same view with these of CHOICES in place of its own.

        >>> Filters(country=("France",), channel=("web",)).choosing({"country": ()}).choices()
        ['channel web']
        """
        changed: dict[str, Any] = {name: values[name] for name in CHOICES if name in values}
        return replace(self, **changed)

    def sentence(self, observed_until: date) -> str:
        """The view in words, for titles, exports and reports."""
        return ", ".join([str(self.period(observed_until)), self.basis.label.lower(), *self.choices()])

    def choices(self) -> list[str]:
        """What was chosen, a few words each.

        >>> Filters(country=("France", "Spain")).choices()
        ['country France or Spain']
        """
        chosen = ((name, getattr(self, name)) for name in CHOICES if name != "saved")
        told = [f"{name} {' or '.join(values)}" for name, values in chosen if values]
        return told + [f"({saved_segments.sentence(text)})" for text in self.saved]


def _moved(period: Period, days: int) -> Period:
    return Period(period.start - timedelta(days=days), period.end - timedelta(days=days))


def _earlier(period: Period, months: int) -> Period:
    """
    >>> _earlier(Period(date(2025, 2, 1), date(2025, 2, 28)), 12)
    Period(start=datetime.date(2024, 2, 1), end=datetime.date(2024, 2, 29))
    """
    return Period(_same_day(period.start, months), _same_day(period.end, months, is_end=True))


def _same_day(day: date, months: int, *, is_end: bool = False) -> date:
    """The same day that many months earlier; the last day of a month is the last one as an end."""
    first = months_back(day, months)
    length = monthrange(first.year, first.month)[1]
    is_last = is_end and day.day == monthrange(day.year, day.month)[1]
    return first.replace(day=length if is_last else min(day.day, length))


def _given(value: Any) -> bool:
    return value is not None and value != "" and value != []


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return "|".join(value)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _read_word(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise FilterError(name, f"{name} must be one short text.", "Correct the address or clear the filter.")
    return value


def _read_date(name: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(_read_word(name, value))
    except ValueError as error:
        raise FilterError(name, f"{value!r} is not a date for {name}.", "Use YYYY-MM-DD.") from error


def _read_choices(name: str, value: Any) -> tuple[str, ...]:
    given: Sequence[Any] = value.split("|") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or len(given) > MAX_CHOICES:
        raise FilterError(name, f"{name} takes up to {MAX_CHOICES} values.", "Choose fewer.")
    return tuple(sorted({_read_word(name, item) for item in given}))


def _read_segment(name: str, value: Any) -> tuple[str, ...]:
    chosen = _read_choices(name, value)
    if unknown := [item for item in chosen if item not in SEGMENTS]:
        raise FilterError(name, f"There is no segment {unknown[0]!r}.", f"Segments are {', '.join(SEGMENTS)}.")
    return chosen


def _read_cohort(name: str, value: Any) -> tuple[str, ...]:
    chosen = _read_choices(name, value)
    if unknown := [item for item in chosen if not MONTH.fullmatch(item)]:
        raise FilterError(name, f"{unknown[0]!r} is not a month.", "Use YYYY-MM.")
    return chosen


def _read_saved(name: str, value: Any) -> tuple[str, ...]:
    given: Sequence[Any] = value.split("|") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or len(given) > MAX_SAVED:
        raise FilterError(name, f"Up to {MAX_SAVED} saved segments at once.", "Choose fewer.")
    return tuple(sorted({saved_segments.canonical(text) for text in given}))


def _read_enum(kind: type[Basis] | type[Compare]) -> Callable[[str, Any], Any]:
    def read(name: str, value: Any) -> Any:
        try:
            return kind(_read_word(name, value))
        except ValueError as error:
            raise FilterError(name, f"{value!r} is not a {name}.", f"Use one of {', '.join(kind)}.") from error

    return read


_FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "range": _read_word,
    "start": _read_date,
    "end": _read_date,
    "compare": _read_enum(Compare),
    "basis": _read_enum(Basis),
    "country": _read_choices,
    "channel": _read_choices,
    "segment": _read_segment,
    "cohort": _read_cohort,
    "category": _read_choices,
    "product": _read_choices,
    "saved": _read_saved,
}
_DEFAULT = Filters()
