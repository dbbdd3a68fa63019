"""My segments: what the reader and the team keep, each with its customers of now and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.errors import InputError
from dashapp.services import charting
from dashapp.services.access import Principal
from dashapp.services.charting import together
from dashapp.services.segments import MAY_SAVE
from dashapp.store.segments import SavedSegment
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table, icon, icon_button, link
from dashapp.web.components.funnel import funnel
from dashapp.web.components.segment_tabs import customers_href

BUILD = "/segments/build"
REMOVE, UNDO = "segments-remove", "segments-undo"
"Types of the buttons' ids; `n` is the number of the segment."
MOST_SHOWN = 100


def show(snapshot: Snapshot, kept: Sequence[SavedSegment], reader: Principal) -> Component:
    """All of them, or how to begin."""
    begin = html.Div(link("Build a segment", BUILD, className="btn btn-primary"), className="row-actions")
    if not kept:
        return states.empty("No saved segment yet.", "Build one here, or save a view of the customers list.", begin)
    totals = together([partial(_totals, snapshot, segment) for segment in kept[:MOST_SHOWN]])
    rows = [_row(*pair, reader, snapshot) for pair in zip(kept, totals, strict=False)]
    more = f" The first {MOST_SHOWN} of {len(kept)} are shown." if len(kept) > MOST_SHOWN else ""
    hint = f"Figures are those of now, for whole segments: the filters above do not narrow them.{more}"
    return shown.card(
        "Saved segments", data_table(pd.DataFrame(rows).astype(object), "Saved segments"), begin, hint=hint,
        heeds=funnel((), charting.CONTROLS),
    )  # fmt: skip


def _totals(snapshot: Snapshot, segment: SavedSegment) -> dict[str, Any]:
    """What the segment holds now; empty where this snapshot cannot say."""
    try:
        return snapshot.row("segment_totals", Filters(saved=(segment.definition,)))
    except InputError:
        return {}


def _row(segment: SavedSegment, totals: dict[str, Any], reader: Principal, snapshot: Snapshot) -> dict[str, Any]:
    currency = snapshot.facts.currency
    version = f"{segment.version}, {fmt.day(segment.changed_at)} by {segment.changed_by.removeprefix('user:')}"
    return {
        "Name": link(segment.name, customers_href(Filters(saved=(segment.definition,)))),
        "Customers": fmt.number(totals.get("customers")),
        "Net sales so far": fmt.money(totals.get("net_sales"), currency),
        "Predicted value": fmt.money(totals.get("clv"), currency),
        "Who is in it": _who(segment),
        "Owner": f"{segment.owner_name}, {segment.visibility}",
        "Version": version,
        "Actions": html.Div(_actions(segment, reader), className="row-actions"),
    }


def _who(segment: SavedSegment) -> str:
    if segment.kind == "dynamic":
        return f"Whoever meets: {segment.sentence}"
    return f"Fixed list of {fmt.number(segment.customers)} when saved: {segment.sentence}"


def _actions(segment: SavedSegment, reader: Principal) -> list[Component]:
    query = urlencode(Filters(saved=(segment.definition,)).to_query() | asof.address())
    csv = html.A(
        [icon("download"), "CSV", html.Span(f" of {segment.name}", className="visually-hidden")],
        href=f"/export/customers.zip?{query}",
        className="btn btn-outline btn-small needs-exports",
    )
    edit = link(
        ["Edit", html.Span(f" {segment.name}", className="visually-hidden")],
        edit_href(segment),
        className="btn btn-outline btn-small",
    )
    remove = icon_button(f"Delete {segment.name}", "trash", id={"type": REMOVE, "n": segment.id})
    return [csv, *([edit, remove] if may_change(segment, reader) else [])]


def edit_href(segment: SavedSegment) -> str:
    """The builder with this segment in it."""
    rules = {"rules": segment.definition} if segment.kind == "dynamic" else {}
    about = {"segment": segment.id, "name": segment.name, "kind": segment.kind, "visibility": segment.visibility}
    return f"{BUILD}?{urlencode(about | rules)}"


def may_change(segment: SavedSegment, reader: Principal) -> bool:
    """Whether the buttons are there; the service decides again."""
    return reader.may(MAY_SAVE) and (segment.owner_id == reader.user_id or reader.role.value == "admin")


def removed(segment: SavedSegment) -> Component:
    """What was done, and the way back."""
    undo = html.Button("Undo", type="button", className="btn btn-outline btn-small", id={"type": UNDO, "n": segment.id})
    return html.Div([f"{segment.name} was deleted. ", undo], className="said-line")
