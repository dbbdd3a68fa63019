"""Movement between two days: who changed segment, from where to where, each move a link to its customers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts.segment_moves import NEW
from dashapp.domain.filters import Filters
from dashapp.domain.saved import is_list, moved
from dashapp.errors import FilterError
from dashapp.services.spared import spared
from dashapp.store.metrics import MISSING
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table, link
from dashapp.web.components.funnel import of_question
from dashapp.web.components.segment_tabs import of_rules

MOST_MOVES = 25


def days(snapshot: Snapshot) -> list[date]:
    """The days segments are known for, the latest first."""
    nothing = pd.DataFrame({"as_of": pd.Series(dtype="datetime64[us]")})  # the matrix beside says what is wrong
    known = spared("segment_days", lambda: snapshot.frame("segment_days"), lambda _: nothing)
    return [day.date() for day in known["as_of"]]


def options(known: list[date]) -> list[dict[str, str]]:
    return [{"value": day.isoformat(), "label": fmt.day(day)} for day in known]


def chosen(given: Any, known: list[date]) -> date | None:
    """The day a reader chose, where it is one of those known."""
    return next((day for day in known if day.isoformat() == given), None)


def movers(snapshot: Snapshot, filters: Filters, earlier: date | None, later: date | None) -> Component:
    """The largest moves, with links to the customers who made them."""
    if not snapshot.facts.has_orders:
        return _card(states.unavailable(MISSING["orders"]))
    frame = snapshot.frame("segment_moves", filters, from_day=earlier, to_day=later)
    moved = frame[frame["from_segment"] != frame["to_segment"]].sort_values("customers", ascending=False, kind="stable")
    if moved.empty:
        empty = states.empty("Nobody moved between these days.", "Choose days further apart, or remove a filter.")
        return _card(empty)
    first = moved.iloc[0]
    span = f"From {fmt.day(first['as_of'])} to {fmt.day(first['until'])}, the largest first"
    rest = f"; {len(moved) - MOST_MOVES} smaller moves are in the matrix above" if len(moved) > MOST_MOVES else ""
    table = data_table(_table(moved.head(MOST_MOVES), filters, snapshot.facts.currency), "Moves")
    return _card(table, html.P(_hint(filters), className="hint"), hint=f"{span}{rest}.")


def _card(*children: Component, hint: str = "") -> Component:
    return shown.card("Who moved", *children, hint=hint, heeds=of_question("segment_moves"))


def _table(moved: pd.DataFrame, filters: Filters, currency: str) -> pd.DataFrame:
    rows = [
        {
            "From": row.from_segment,
            "To": row.to_segment,
            "Customers": _link(row, filters),
            "Net sales so far": fmt.money(row.net_sales, currency),
            "Predicted CLV": fmt.money(row.clv, currency),
        }
        for row in moved.itertuples()
    ]
    return pd.DataFrame(rows).astype(object)


def _link(row: Any, filters: Filters) -> Any:
    """How many, as a link to them where rules can say who they are."""
    count = fmt.number(row.customers)
    if any(is_list(text) for text in filters.saved):
        return count
    try:
        return link(count, of_rules(filters, moved(row.as_of, row.from_segment, row.until, row.to_segment)))
    except FilterError:
        return count


def _hint(filters: Filters) -> str:
    if any(is_list(text) for text in filters.saved):
        return "With a fixed list chosen above, moves are counted but are no links."
    return f"A number opens its customers, where they can be exported or saved. {NEW}: the first purchase came later."
