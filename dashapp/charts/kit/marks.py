"""Whom a bar, cell or tile is about: the query of the customers list that holds exactly them, and how marks name it.

A chart lists its marks (`Chart.marks`), the first of them one for each row of its table; a trace names for each of its
points the mark it belongs to (`marked`). assets/52-charts.js and 55-tables.js read both.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from dashapp.charts.chart import Chart, Figure
from dashapp.charts.kit.figures import Trace
from dashapp.charts.kit.formats import known
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.ranges import Period
from dashapp.domain.rule_fields import IS, IS_NOT
from dashapp.domain.rules import Rule, Rules
from dashapp.domain.saved import narrowed
from dashapp.errors import FilterError

ANYWHERE = {"country": "", "channel": ""}
"In a mark: whoever they are of, wherever they first bought; beside conditions that say where sales were made."
Condition = tuple[str, str, tuple[str, ...]]
"A rule to be: field, operator, values."
FADED = 0.35
"Opacity of what was not chosen beside what was."
_UNSELECTED = {
    "bar": {"marker": {"opacity": FADED}},
    "scatter": {"marker": {"opacity": 0}, "textfont": {"color": f"rgba(138, 148, 166, {FADED})"}},
}
"Points of scatter traces with marks are words over cells; their markers only catch the pointer."


def customers(*ranges: tuple[str, Any, Any], **choices: str) -> dict[str, str]:
    """Customers inside all of these columns' ranges, both ends included, and chosen so in the filter bar.

    No low or no high is no limit on that side.

    >>> customers(("clv", 5.0, None), ("p_active", 0.0, 0.25), country="France")
    {'country': 'France', 'limits': 'clv~5.0~~|p_active~0.0~0.25~'}
    >>> customers(("first_order_date", date(2024, 1, 1), date(2024, 3, 31)))
    {'limits': 'first_order_date~2024-01-01~2024-03-31~'}
    """
    limits = tuple(Limits(column, _bound(low), _bound(high)) for column, low, high in ranges)
    return choices | Listing(limits=limits).to_query()


def meeting(*rules: Condition, saved: Sequence[str] = ()) -> dict[str, str] | None:
    """Customers who meet all of these rules and are in the `saved` segments a reader chose, where the chart heeds them.

    None where no rules say that: within a fixed list, or about a product whose name is no value of a rule.

    >>> meeting(did("product_in", Period(date(2024, 1, 1), date(2024, 1, 31)), "P1"))
    {'saved': 'product_in~is~2024-01-01 2024-01-31 P1'}
    """
    try:
        return customers(saved=narrowed(saved, Rules((tuple(Rule(*each) for each in rules),))).text)
    except FilterError:
        return None


def did(field: str, days: Period, thing: str = "", *, never: bool = False) -> Condition:
    """That something was done within these days, or never; of a product or category, its id or name."""
    return field, IS_NOT if never else IS, (f"{days.start} {days.end} {thing}",)


def made_where(filters: Filters) -> tuple[Condition, ...]:
    """That conditions over spans count only sales made in the chosen countries and channels.

    >>> made_where(Filters(channel=("web",)))
    (('made_by', 'is', ('web',)),)
    """
    chosen = (("made_in", filters.country), ("made_by", filters.channel))
    return tuple((field, IS, values) for field, values in chosen if values)


def below(value: Any) -> float | None:
    """The largest number under `value`, for ranges that end before it; None where there is no end."""
    return math.nextafter(float(value), -math.inf) if known(value) else None


def _bound(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return repr(float(value)) if value is not None and known(value) else ""


def marked(trace: Trace, marks: Sequence[Any]) -> Trace:
    """The trace whose points are these marks: numbers or None, one a point; of a heatmap a list for each row."""
    return trace | {"meta": {"marks": list(marks)}}


def emphasised(whole: Chart, choice: str, chosen: Collection[str]) -> Figure | None:
    """The figure of a chart that knows no filter `choice`, with the `chosen` in full colour and the others faded."""
    if whole.figure is None:
        return None
    held = {number for number, mark in enumerate(whole.marks) if mark and mark.get(choice) in chosen}
    traces = [part for trace in whole.figure["data"] for part in _split(trace, held)]
    layout = whole.figure["layout"] | {"meta": {"marks": [dict(mark) if mark else None for mark in whole.marks]}}
    return whole.figure | {"data": traces, "layout": layout}


def _split(trace: Trace, held: Collection[int]) -> list[Trace]:
    """One trace with its points told apart; a heatmap cannot do that and becomes two."""
    marks = trace.get("meta", {}).get("marks")
    if marks is None:
        return [trace | {"opacity": FADED}] if trace["type"] == "heatmap" else [trace]
    if trace["type"] != "heatmap":
        told = [number for number, mark in enumerate(marks) if mark in held]
        return [trace | {"selectedpoints": told, "unselected": _UNSELECTED[trace["type"]]}]
    return [_masked(trace, held, keep=True), _masked(trace, held, keep=False) | {"opacity": FADED}]


def _masked(trace: Trace, held: Collection[int], *, keep: bool) -> Trace:
    """The heatmap with only the cells that are held, or only the others."""

    def cells(name: str, missing: Any) -> list[list[Any]]:
        rows = zip(trace["meta"]["marks"], trace[name], strict=True)
        return [
            [value if (mark in held) == keep else missing for mark, value in zip(marks, values, strict=True)]
            for marks, values in rows
        ]

    return trace | {"z": cells("z", None), "text": cells("text", "")}
