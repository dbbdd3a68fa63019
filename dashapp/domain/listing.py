"""The customers list as one value: search, sort, states and column limits; to and from the address and the grid.

Names of columns come from the whitelists here and never from the browser; values are bound by the store.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashapp.domain.vocabulary import CustomerState
from dashapp.errors import FilterError

NUMBERS = (
    "order_count", "net_sales", "average_order_value", "days_since_last_order", "average_gap_days", "return_count",
    "p_active", "p_alive", "expected_purchases", "expected_order_value", "clv", "clv_low", "clv_high", "value_at_risk",
    "health_score",
)  # fmt: skip
DATES = ("first_order_date", "last_order_date")
TEXTS = ("customer_id", "country", "channel", "segment", "risk_band")
SCORES = ("r_score", "fm_score")
"Recency, and frequency with money, 1 to 5 as in the RFM grid: a list can be limited by them, not sorted."
DAYS = ("bought_on",)
"Some day of purchase, not the first or the last: likewise."
_NUMERIC = (*NUMBERS, *SCORES)
_DATED = (*DATES, *DAYS)
SORTS = (*TEXTS, "customer_state", *NUMBERS, *DATES)
"Columns a list may be sorted by; the query breaks ties by customer_key."

KEYS = ("search", "sort", "states", "limits")
"What a list is called by in an address."

MAX_SEARCH = 100
MAX_WORDS = 4
MAX_LIMITS = 12
MAX_ROWS = 500
"Largest block one request may ask for."


@dataclass(frozen=True, slots=True)
class Limits:
    """What one column must hold: from `low` to `high`, both included, or text that `contains`."""

    column: str
    low: str = ""
    high: str = ""
    contains: str = ""

    def __post_init__(self) -> None:
        if self.column not in (*_NUMERIC, *_DATED, *TEXTS):
            raise FilterError(
                self.column or "limits", f"There is no column {self.column!r} to filter by.", "Clear the filter."
            )
        allowed = (self.contains,) if self.column in TEXTS else (self.low, self.high)
        if not any(allowed) or any(allowed) != any((self.low, self.high, self.contains)):
            raise FilterError(self.column, f"The filter on {self.column} holds no value.", "Clear the filter.")
        for text in (self.low, self.high, self.contains):
            self._check(text)

    def _check(self, text: str) -> None:
        if len(text) > MAX_SEARCH or "~" in text or "|" in text:
            raise FilterError(self.column, f"The filter on {self.column} is too long or has ~ or |.", "Shorten it.")
        if text and self.column in _NUMERIC:
            _number(self.column, text)
        if text and self.column in _DATED:
            _date(self.column, text)


@dataclass(frozen=True, slots=True)
class Listing:
    """One view of the customers list beyond the filter bar. The default is everyone, the most valuable first."""

    search: str = ""
    sort: str = "clv"
    descending: bool = True
    states: tuple[str, ...] = field(default=())
    limits: tuple[Limits, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.search) > MAX_SEARCH:
            raise FilterError("search", f"A search takes up to {MAX_SEARCH} characters.", "Shorten it.")
        if len(self.words) > MAX_WORDS:
            raise FilterError("search", f"A search takes up to {MAX_WORDS} words.", "Leave some out.")
        if self.sort not in SORTS:
            raise FilterError("sort", f"The list cannot be sorted by {self.sort!r}.", f"Use one of {', '.join(SORTS)}.")
        if unknown := [state for state in self.states if state not in list(CustomerState)]:
            raise FilterError("states", f"There is no state {unknown[0]!r}.", f"Use {', '.join(CustomerState)}.")
        columns = [limit.column for limit in self.limits]
        if len(columns) > MAX_LIMITS or len(set(columns)) < len(columns):
            raise FilterError("limits", f"A list takes one filter a column and {MAX_LIMITS} in all.", "Clear some.")

    @property
    def words(self) -> tuple[str, ...]:
        """What is searched for, word by word, in small letters without accents.

        >>> Listing(search=" José  GARCÍA ").words
        ('jose', 'garcia')
        """
        letters = unicodedata.normalize("NFKD", self.search.lower())
        return tuple("".join(letter for letter in letters if not unicodedata.combining(letter)).split())

    def to_query(self) -> dict[str, str]:
        """The address of this view; defaults are left out."""
        values = {
            "search": self.search,
            "sort": "" if self.sort == "clv" and self.descending else f"{'-' * self.descending}{self.sort}",
            "states": "|".join(self.states),
            "limits": "|".join(f"{limit.column}~{limit.low}~{limit.high}~{limit.contains}" for limit in self.limits),
        }
        return {name: text for name, text in values.items() if text}

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Listing:
        """Read an address. Unknown keys are ignored. Raises FilterError naming the field.

        >>> Listing.from_query({"sort": "-net_sales", "states": "lapsed"}).sort
        'net_sales'
        """
        sort = _word(query, "sort") or "-clv"
        return cls(
            search=_word(query, "search").strip(),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
            states=tuple(sorted(set(_word(query, "states").split("|")) - {""})),
            limits=tuple(_limit(text) for text in _word(query, "limits").split("|") if text),
        )

    @classmethod
    def from_grid(cls, search: Any, states: Any, sort_model: Any, filter_model: Any) -> Listing:
        """Read what the grid sends: its sort and filter models beside the search box and the state boxes."""
        sort = sort_model[0] if isinstance(sort_model, list) and sort_model else {}
        if not isinstance(sort, dict) or not isinstance(filter_model or {}, dict):
            raise FilterError("sort", "The grid sent something that is no sort or filter.", "Reload the page.")
        limits = (_grid_limit(str(column), model) for column, model in (filter_model or {}).items())
        return cls(
            search=_word({"search": search}, "search").strip(),
            sort=str(sort.get("colId", "clv")),
            descending=sort.get("sort", "desc") == "desc",
            states=tuple(sorted({str(state) for state in states or ()})),
            limits=tuple(sorted(limits, key=lambda limit: limit.column)),
        )

    def parameters(self) -> dict[str, Any]:
        """The limits of every column as bound parameters, None where nothing is asked."""
        bound: dict[str, Any] = {f"{column}_{end}": None for column in (*_NUMERIC, *_DATED) for end in ("low", "high")}
        bound |= {f"{column}_like": None for column in TEXTS}
        for limit in self.limits:
            bound |= _bound(limit)
        return bound


def like(text: str) -> str | None:
    r"""The pattern for "contains", with the reader's own % and _ taken as they are; escape character is \.

    >>> like("50%"), like("")
    ('%50\\%%', None)
    """
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if text else None


def block(start: Any, end: Any) -> tuple[int, int]:
    """(limit, offset) of the rows a grid asks for. Raises FilterError for more than MAX_ROWS."""
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= start + MAX_ROWS):
        raise FilterError("rows", f"Ask for 1 to {MAX_ROWS} rows.", "Reload the page.")
    return end - start, start


def _bound(limit: Limits) -> dict[str, Any]:
    if limit.column in TEXTS:
        return {f"{limit.column}_like": like(limit.contains)}
    read = _number if limit.column in _NUMERIC else _date
    ends = (("low", limit.low), ("high", limit.high))
    return {f"{limit.column}_{end}": read(limit.column, text) for end, text in ends if text}


def _word(query: Mapping[str, Any], name: str) -> str:
    value = query.get(name) or ""
    if not isinstance(value, str) or len(value) > 2000:
        raise FilterError(name, f"{name} must be one short text.", "Correct the address.")
    return value


def _number(column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise FilterError(column, f"{text!r} is not a number for {column}.", "Use digits and a point.") from error
    if not math.isfinite(value):
        raise FilterError(column, f"{text!r} is not a number for {column}.", "Use digits and a point.")
    return value


def _date(column: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterError(column, f"{text!r} is not a date for {column}.", "Use YYYY-MM-DD.") from error


def _limit(text: str) -> Limits:
    parts = text.split("~")
    if len(parts) != 4:
        raise FilterError("limits", f"{text!r} is not a column filter.", "Use column~low~high~contains.")
    return Limits(*parts)


def _grid_limit(column: str, model: Any) -> Limits:
    """One column filter of the grid. Its own filters are set to send only these kinds."""
    if not isinstance(model, dict):
        raise FilterError(column, f"The filter on {column} cannot be read.", "Clear the filter.")
    first, last = ("dateFrom", "dateTo") if column in _DATED else ("filter", "filterTo")
    low, high = _grid_value(column, model.get(first)), _grid_value(column, model.get(last))
    match model.get("type"):
        case "contains":
            return Limits(column, contains=low)
        case "equals":
            return Limits(column, low, low)
        case "greaterThanOrEqual":
            return Limits(column, low)
        case "lessThanOrEqual":
            return Limits(column, high=low)
        case "inRange":
            return Limits(column, low, high)
    raise FilterError(column, f"The filter {model.get('type')!r} on {column} is not known.", "Use from, to or between.")


def _grid_value(column: str, value: Any) -> str:
    """Text of a grid value; dates arrive as '2024-01-31 00:00:00'."""
    text = "" if value is None else str(value)
    return text[:10] if column in _DATED else text
