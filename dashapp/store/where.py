"""Filters to bound SQL. Conditions come from the table below, values are always bound, never written into SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.ranges import Period
from dashapp.domain.rules import Rules
from dashapp.domain.saved import list_key
from dashapp.errors import FilterError
from dashapp.store import rules

_BOUGHT = "{{dot}}customer_key in (select customer_key from marts.customer_products where {column} in ({{values}}))"
CONDITIONS = {
    "country": "{dot}country in ({values})",
    "channel": "{dot}channel in ({values})",
    "segment": "{dot}segment in ({values})",
    "cohort": "{dot}customer_key in (select customer_key from marts.customers where cohort_month in ({values}))",
    "category": _BOUGHT.format(column="category"),
    "product": _BOUGHT.format(column="product_id"),
}
"Every choice of the filter bar. What was bought is a fact about customers, so sales are those of its buyers."
ONE_CHOICE = {
    "segment": "segment in ({values})",
    "cohort": "cohort_month in ({values})",
    "category": "category in ({values})",
}
"The choices that marts.sales_choices counts sales by, one at a time."
GROUPS = {"base": CHOICES, "all": ("period", *CHOICES)}
"Words for the header of a question: the present base under every choice, or the period as well."
HONOURABLE = GROUPS["all"]
Lists = Callable[[str], Sequence[str]]
"From the key of a kept list to its customer ids. Raises FilterError."
_LISTED = (
    "{dot}customer_key in (select s.customer_key from marts.customers s where s.customer_id in (select unnest({ids})))"
)


def no_lists(key: str) -> Sequence[str]:
    """Where no kept list can be looked up."""
    raise FilterError("saved", "A fixed list of customers cannot be looked up here.", "Choose a segment of conditions.")


@dataclass(frozen=True, slots=True)
class Where:
    """A condition with named holes, and what goes into them."""

    sql: str
    values: dict[str, Any]


def where(
    filters: Filters, period: Period | None, honoured: Collection[str], alias: str, prefix: str, until: date,
    lists: Lists = no_lists, conditions: Mapping[str, str] = CONDITIONS,
) -> Where:  # fmt: skip
    """The condition for those of `filters` that are honoured; with `period` None nothing matches.

    `until` is the last day the data know.

    >>> where(Filters(country=("France", "Spain")), None, {"country"}, "d", "w", date(2024, 3, 31)).sql
    'd.country in ($w_country_0, $w_country_1)'
    """
    dot = f"{alias}." if alias else ""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if "period" in honoured and period is None:
        return Where("false", {})
    if "period" in honoured and period:
        parts.append(f"{dot}order_date between ${prefix}_start and ${prefix}_end")
        values |= {f"{prefix}_start": period.start, f"{prefix}_end": period.end}
    for name, condition in conditions.items():
        chosen = {f"{prefix}_{name}_{i}": _bound(name, value) for i, value in enumerate(getattr(filters, name))}
        if name in honoured and chosen:
            parts.append(condition.format(dot=dot, values=", ".join(f"${key}" for key in chosen)))
            values |= chosen
    if "saved" in honoured and filters.saved:
        found = [_saved(text, dot, f"{prefix}_saved_{i}", until, lists) for i, text in enumerate(filters.saved)]
        parts.append(f"({' or '.join(sql for sql, _ in found)})")
        values |= {name: value for _, bound in found for name, value in bound.items()}
    return Where(" and ".join(parts) or "true", values)


def counted_by_choice(filters: Filters, chosen: Collection[str], by_category: bool) -> bool:
    """Whether marts.sales_choices has the sales of what is `chosen`: of one kind, and of categories, if at all, of one:
    a customer may have bought of several.

    >>> counted_by_choice(Filters(segment=("Loyal", "New")), {"segment"}, True)
    True
    >>> counted_by_choice(Filters(category=("Glass", "Paper")), {"category"}, True)
    False
    """
    if len(chosen) != 1 or not set(chosen) <= ONE_CHOICE.keys():
        return False
    return "category" not in chosen or (by_category and len(filters.category) == 1)


def _saved(text: str, dot: str, prefix: str, until: date, lists: Lists) -> tuple[str, dict[str, Any]]:
    """The condition of one saved segment, and its values."""
    if key := list_key(text):
        return _LISTED.format(dot=dot, ids=f"${prefix}"), {prefix: list(lists(key))}
    return rules.condition(Rules.from_text(text), dot, prefix, until)


def _bound(name: str, value: str) -> str | date:
    return date.fromisoformat(f"{value}-01") if name == "cohort" else value
