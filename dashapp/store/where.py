"""Filters to bound SQL. Column names come from the table below, values are always bound, never written into SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from dashapp.domain.filters import Filters, Period

COLUMNS = {"country": "country", "channel": "channel", "segment": "segment"}
"Filter to column; the period's column is order_date."
HONOURABLE = ("period", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Where:
    """A condition with named holes, and what goes into them."""

    sql: str
    values: dict[str, Any]


def where(filters: Filters, period: Period | None, honoured: Collection[str], alias: str, prefix: str) -> Where:
    """The condition for those of `filters` that are honoured; with `period` None nothing matches.

    >>> where(Filters(country=("France", "Spain")), None, {"country"}, "d", "w").sql
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
    for name, column in COLUMNS.items():
        chosen = {f"{prefix}_{name}_{i}": value for i, value in enumerate(getattr(filters, name))}
        if name in honoured and chosen:
            parts.append(f"{dot}{column} in ({', '.join(f'${key}' for key in chosen)})")
            values |= chosen
    return Where(" and ".join(parts) or "true", values)
