"""The columns of the customers list, their filters, and which of them are shown."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.domain.listing import DATES, DAYS, NUMBERS, SCORES, TEXTS, Limits, Listing
from dashapp.services import exports
from dashapp.web.components.basics import disclosure
from dashapp.web.components.kept import kept
from dashapp.web.components.server_grid import column, explained, server_grid

_KINDS = {"text": "agTextColumnFilter", "number": "agNumberColumnFilter", "date": "agDateColumnFilter"}
_OPTIONS = {
    "text": ["contains"],
    "number": ["greaterThanOrEqual", "lessThanOrEqual", "inRange", "equals"],
    "date": ["greaterThanOrEqual", "lessThanOrEqual", "inRange"],
}


def _column(field: str, title: str, kind: str, width: int, **more: Any) -> dict[str, Any]:
    dated, numeric = field in (*DATES, *DAYS), field in (*NUMBERS, *SCORES)
    filter_kind = "text" if field in TEXTS else "date" if dated else "number" if numeric else ""
    filters: dict[str, Any] = {}
    if filter_kind:
        options = {"filterOptions": _OPTIONS[filter_kind], "maxNumConditions": 1, "buttons": ["apply", "reset"]}
        filters = {"filter": _KINDS[filter_kind], "filterParams": options | {"closeOnApply": True}}
    return column(field, title, kind, width, **filters | more)


_COLUMNS = (
    _column("customer_id", "Customer", "text", 210, cellRenderer="TenureCustomer", pinned="left", lockVisible=True),
    _column("clv", "Predicted CLV", "money", 185),
    _column("net_sales", "Sales so far", "money", 150),
    _column("segment", "Segment", "text", 140),
    _column("customer_state", "State", "state", 120, filter=False),
    _column("order_count", "Orders", "count", 110),
    _column("last_order_date", "Last order", "date", 140),
    _column("days_since_last_order", "Days since", "count", 130),
    _column("average_gap_days", "Usual gap", "count", 130),
    _column("p_active", "Buys again", "share", 140),
    _column("health_score", "Health", "count", 110),
    _column("risk_band", "Risk", "state", 110),
    _column("expected_purchases", "Expected orders", "decimal", 170),
    _column("expected_order_value", "Order value", "money", 150),
    _column("value_at_risk", "At risk", "money", 130),
    _column("country", "Country", "text", 150),
    _column("channel", "Channel", "text", 120),
    _column("first_order_date", "First order", "date", 140),
    _column("average_order_value", "Sales per order", "money", 160, hide=True),
    _column("return_count", "Returned orders", "count", 160, hide=True),
    _column("p_alive", "Still a customer", "share", 160, hide=True),
    _column("clv_low", "CLV, low end", "money", 150, hide=True),
    _column("clv_high", "CLV, high end", "money", 150, hide=True),
    *(
        _column(field, title, kind, 120, hide=True, lockVisible=True, sortable=False)
        for field, title, kind in (
            ("r_score", "Recency score", "count"),
            ("fm_score", "Frequency and money score", "count"),
            ("bought_on", "Bought on", "date"),
        )
    ),
)
COLUMNS = explained(_COLUMNS, exports.COLUMNS)
"In order; the first stays in view, those with `hide` wait to be chosen, the last only carry limits from elsewhere."
NO_COLUMN = "none"
"What the address says where every box is empty; assets/53-kept.js writes it."


def columns_menu(menu_id: str, asked: Any = "") -> Component:
    """Which columns the grid shows: those of the address, or the usual ones."""
    offered = {one["field"]: one["headerName"] for one in COLUMNS if not one.get("lockVisible")}
    usual = [one["field"] for one in COLUMNS if one["field"] in offered and not one.get("hide")]
    asked = asked.split("|") if isinstance(asked, str) else []
    chosen = [name for name in offered if name in asked] or ([] if asked == [NO_COLUMN] else usual)
    boxes = dbc.Checklist(
        id=menu_id, options=[{"value": name, "label": title} for name, title in offered.items()], value=chosen
    )
    legend = html.Legend("Columns of the list", className="visually-hidden")
    body = html.Fieldset([legend, kept("columns", boxes, "|".join(usual))], className="filter-options")
    return disclosure("Columns", body, className="filter-choice columns-menu popover-end")


def customer_grid(grid_id: str, listing: Listing) -> Component:
    """The grid in the order and with the filters of `listing`."""
    order = (listing.sort, listing.descending)
    return server_grid(grid_id, COLUMNS, "customer_id", "min(70vh, 720px)", order, filterModel=_filter_model(listing))


def _filter_model(listing: Listing) -> dict[str, Any]:
    return {limit.column: _grid_filter(limit) for limit in listing.limits}


def _grid_filter(limit: Limits) -> dict[str, Any]:
    if limit.column in TEXTS:
        return {"filterType": "text", "type": "contains", "filter": limit.contains}
    kind = "inRange" if limit.low and limit.high else "greaterThanOrEqual" if limit.low else "lessThanOrEqual"
    first = limit.low or limit.high
    second = limit.high if limit.low else None
    if limit.column in (*DATES, *DAYS):
        return {"filterType": "date", "type": kind, "dateFrom": first, "dateTo": second}
    return {"filterType": "number", "type": kind, "filter": float(first), "filterTo": float(second) if second else None}
