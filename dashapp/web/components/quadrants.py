"""Value by risk in four named quarters: how many, what they are worth, who they are, what to do."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.domain.segment_groups import QUADRANTS, Quadrant
from dashapp.domain.validity import Validity
from dashapp.store.facts import Facts
from dashapp.store.metrics import NOT_VALID
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components import states
from dashapp.web.components.basics import link
from dashapp.web.components.segment_tabs import customers_href, within

ENOUGH_CUSTOMERS = 30


def show(snapshot: Snapshot, filters: Filters) -> Component:
    """The four quarters, or why there are none."""
    facts = snapshot.facts
    if facts.validity == Validity.NOT_VALID:
        return states.insufficient(NOT_VALID, facts.validity_reason)
    rows: dict[tuple[bool, bool], Any] = {
        (bool(row.is_valuable), bool(row.is_likely)): row
        for row in snapshot.frame("value_quadrants", filters).itertuples()
    }
    customers = sum(int(row.customers) for row in rows.values())
    if customers < ENOUGH_CUSTOMERS:
        text = f"Only {fmt.number(customers)} scored customers in this view; quarters need {ENOUGH_CUSTOMERS}."
        return states.insufficient(text, "Remove a filter.")
    half = fmt.amount(next(iter(rows.values())).half, facts.currency)
    tiles = [_tile(quadrant, rows.get(place), filters, facts) for place, quadrant in QUADRANTS.items()]
    words = f"The median predicted value of the {fmt.number(customers)} customers in view is {half}."
    return html.Div([html.Ul(tiles, className="quadrants"), html.P(words, className="hint")])


def _tile(quadrant: Quadrant, row: Any, filters: Filters, facts: Facts) -> Component:
    meaning = [
        html.P(quadrant.definition, className="hint"),
        html.P([html.Strong("Play: "), quadrant.play], className="tile-play"),
    ]
    if row is None:
        empty = html.P("Nobody in this view.", className="tile-change")
        return html.Li(
            [html.H3(quadrant.name), html.P("0", className="tile-value"), empty, *meaning], className="group-tile"
        )
    inside = within(("clv", row.clv_from, row.clv_to), ("p_active", row.p_from, row.p_to))
    money = (
        f"{fmt.money(row.clv, facts.currency)} predicted in {facts.horizon_days} days, "
        f"{fmt.money(row.value_at_risk, facts.currency)} at risk, "
        f"{fmt.money(row.net_sales, facts.currency)} net sales so far"
    )
    return html.Li(
        [
            html.H3(link(quadrant.name, customers_href(filters, **inside))),
            html.P(f"{fmt.number(row.customers)} customers", className="tile-value"),
            html.P(money, className="tile-change"),
            *meaning,
        ],
        className="group-tile",
    )
