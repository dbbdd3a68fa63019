"""/segments/build: who is meant, row by row, with a live count and the first ten; then kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.rules import Rules
from dashapp.errors import FilterError, InputError, NotAllowed, NotFound
from dashapp.services import customers
from dashapp.services.access import Principal
from dashapp.services.segments import LONGEST_NAME, MAY_SAVE, Segments
from dashapp.store.segments import SavedSegment, Version
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof, identity
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import rule_rows, states
from dashapp.web.components.basics import button, data_table, field, icon, link, select
from dashapp.web.components.ids import ids
from dashapp.web.components.kept_segments import BUILD
from dashapp.web.components.rule_rows import ROW_IDS, Judged, Row
from dashapp.web.components.segment_tabs import PATH, customers_href
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

USED, RULES, EDITED, ADD, COUNT, PREVIEW = ids("build", "used", "rules", "edited", "add", "count", "preview")
NAME, KIND, VISIBILITY, SAVE, SAID, HISTORY = ids("build", "name", "kind", "visibility", "save", "said", "history")
KINDS = {"dynamic": "Whoever meets them (dynamic)", "static": "Those who meet them now (fixed list)"}
VISIBILITIES = {"private": "Only me", "team": "The team"}
PREVIEW_ROWS = 10


def layout(
    rules: Any = "", segment: Any = "", name: Any = "", kind: Any = "dynamic", visibility: Any = "private", **_: Any
) -> Component:
    rows, notice = _begun(rules)
    edited = int(segment) if isinstance(segment, str) and segment.isdecimal() and len(segment) < 10 else None
    is_list = edited is not None and kind == "static"
    return html.Div(
        [
            dcc.Store(id=USED, data=list(range(len(rows)))),
            dcc.Store(id=RULES),
            dcc.Store(id=EDITED, data=edited),
            html.P(link("All saved segments", f"{PATH}?tab=mine")),
            *notice,
            html.Div(_conditions(rows), hidden=is_list),
            _save_form(edited, name, kind, visibility),
            html.Div(id=HISTORY),
        ],
        className="page-stack",
    )


def _begun(text: Any) -> tuple[tuple[Row, ...], list[Component]]:
    """The rows to begin with: those of the address, or one to fill in."""
    if not text:
        return (Row(),), []
    try:
        return rule_rows.rows_of(Rules.from_text(text)), []
    except FilterError as error:
        words = f"{error.sentence()} The builder begins empty."
        return (Row(),), [html.Div(words, className="notice", role="alert")]


def _conditions(rows: tuple[Row, ...]) -> list[Component]:
    add = button("Add condition", "secondary", "plus-lg", id=ADD)
    hint = (
        f"Several values of one row are parted by {rule_rows.SEPARATOR} and any of them counts. "
        "Rows joined by and hold together; or begins another group."
    )
    return [
        shown.card("Conditions", html.Div(rule_rows.layout(rows)), add, hint=hint),
        html.Div(id=COUNT, className="figure-strip", role="status"),
        html.Div(id=PREVIEW),
    ]


def _save_form(edited: int | None, name: Any, kind: Any, visibility: Any) -> Component:
    if not identity.principal().may(MAY_SAVE):
        words = html.P("Your role can look; saving takes the role analyst.", className="hint")
        return html.Div([words, *(html.Div(id=part, hidden=True) for part in (NAME, KIND, VISIBILITY, SAVE, SAID))])
    text = name if isinstance(name, str) else ""
    parts = [
        field("Name", dbc.Input(id=NAME, type="text", value=text, maxLength=LONGEST_NAME, autoComplete="off")),
        html.Div(select(KIND, "Who is in it", KINDS, kind if kind in KINDS else "dynamic"), hidden=edited is not None),
        select(VISIBILITY, "Who sees it", VISIBILITIES, visibility if visibility in VISIBILITIES else "private"),
        button("Save changes" if edited else "Save segment", "primary", "bookmark", id=SAVE),
    ]
    told = html.Div(id=SAID, role="status")
    return shown.card("Save", html.Div(parts, className="builder-form"), told)


def show(snapshot: Snapshot, rows: list[Row], used: Any) -> list[Any]:
    """What the rows offer and complain about, the rules, how many meet them, the first of these."""
    numbers = [number for number in used if number in range(len(rows))] if isinstance(used, list) else [0]
    judged = rule_rows.judge({number: rows[number] for number in numbers})
    found = _found(snapshot, judged)
    return [*rule_rows.values(rows, judged, _known(snapshot)), judged.rules.text if judged.rules else "", *found]


def _known(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    known: dict[str, list[tuple[str, str]]] = {}
    for row in snapshot.frame("filter_options").itertuples():
        name = "cohort_month" if row.field == "cohort" else str(row.field)
        known.setdefault(name, []).append((str(row.value), str(row.label)))
    return known


def _found(snapshot: Snapshot, judged: Judged) -> list[Any]:
    """Count and preview."""
    if judged.rules is None:
        waiting = (
            "Fill in the conditions to see who meets them." if not judged.errors else "A condition cannot be read."
        )
        return [html.P(waiting, className="hint"), ""]
    view, facts = Filters(saved=(judged.rules.text,)), snapshot.facts
    total = snapshot.row("segment_totals", view)
    figures = (
        ("Customers", fmt.number(total["customers"])),
        ("Net sales so far", fmt.money(total["net_sales"], facts.currency)),
        (f"Predicted, next {facts.horizon_days} days", fmt.money(total["clv"], facts.currency)),
        ("Value at risk", fmt.money(total["value_at_risk"], facts.currency)),
    )
    strip = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures])
    sentence = html.P(f"Customers whose {judged.rules.sentence(facts.currency)}.", className="hint")
    return [html.Div([strip, sentence]), _preview(snapshot, view)]


def _preview(snapshot: Snapshot, view: Filters) -> Component:
    """The most valuable ten, without names and addresses."""
    listing = Listing()
    frame = snapshot.frame(
        "customers_list", view, **listing.parameters(), **customers.order(listing), searching=False, found=None,
        contact=False, limit=PREVIEW_ROWS, offset=0, after=None, after_place=0,
    )  # fmt: skip
    if frame.empty:
        return states.empty("Nobody meets these conditions.", "Loosen one, or join it by or.")
    currency = snapshot.facts.currency
    rows = [
        {
            "Customer": link(row.customer_id, f"/customers/{quote(str(row.customer_id), safe='')}"),
            "Country": row.country,
            "Segment": row.segment,
            "Orders": row.order_count,
            "Last order": f"{row.last_order_date:%-d %b %Y}",
            "Net sales so far": fmt.amount(row.net_sales, currency),
            "Predicted value": fmt.amount(row.clv, currency),
        }
        for row in frame.itertuples()
    ]
    table = data_table(pd.DataFrame(rows).astype(object), f"The first {len(rows)} by predicted value")
    return shown.card("Preview", table, link("Open all in Customers", customers_href(view)))


def save(
    segments: Segments, reader: Principal, snapshot: Snapshot, edited: Any, rules: Any, form: tuple[Any, Any, Any]
) -> Any:
    """What became of it: a sentence, or the segment with the ways on."""
    name, kind, visibility = (value if isinstance(value, str) else "" for value in form)
    try:
        if isinstance(edited, int):
            return _saved(_change(segments, reader, snapshot, edited, rules, name, visibility))
        if not rules or not isinstance(rules, str):
            raise InputError("The conditions are not complete.", "Fill in every row, or remove it.")
        view = Filters.from_query({"saved": [rules]})
        made = segments.save(reader, name, view, Listing(), kind, visibility=visibility, snapshot=snapshot)
    except (InputError, NotFound, NotAllowed) as error:
        return html.P(error.sentence(), className="notice", role="alert")
    return _saved(made)


def _change(
    segments: Segments, reader: Principal, snapshot: Snapshot, number: int, rules: Any, name: str, visibility: str
) -> SavedSegment:
    """Only what is different; each difference is a version of its own."""
    segment = segments.get(reader, number)
    if name != segment.name:
        segment = segments.rename(reader, number, name)
    if visibility != segment.visibility:
        segment = segments.share(reader, number, visibility)
    if segment.kind == "dynamic" and rules != segment.definition:
        view = Filters.from_query({"saved": [rules]})
        segment = segments.change(reader, number, view, Listing(), snapshot=snapshot)
    return segment


def _saved(segment: SavedSegment) -> Component:
    view = Filters(saved=(segment.definition,))
    query = urlencode(view.to_query() | asof.address())
    ways = [
        link("Open in Customers", customers_href(view), className="btn btn-outline"),
        html.A(
            [icon("download"), "CSV"], href=f"/export/customers.csv?{query}", className="btn btn-outline needs-exports"
        ),
        link("My segments", f"{PATH}?tab=mine", className="btn btn-quiet"),
    ]
    words = f"{segment.name} is saved: {fmt.number(segment.customers)} customers, version {segment.version}."
    return html.Div([html.P(words), html.Div(ways, className="row-actions")], className="notice")


def history(versions: tuple[Version, ...]) -> Component:
    """Everything the segment ever was."""
    rows = [
        {
            "Version": version.version,
            "What": version.action,
            "When": f"{version.happened_at:%-d %b %Y %H:%M} UTC",
            "Who": version.actor.removeprefix("user:"),
            "Name": version.name,
            "Seen by": VISIBILITIES[version.visibility],
            "Customers then": fmt.number(version.customers),
            "Who was in it": version.sentence,
        }
        for version in versions
    ]
    return shown.card("Versions", data_table(pd.DataFrame(rows).astype(object), "Versions, the newest first"))


def wire(door: Door, services: Services) -> None:
    told = [Output(RULES, "data"), Output(COUNT, "children"), Output(PREVIEW, "children")]

    @door.callback(*rule_rows.outputs(), *told, Input(USED, "data"), *rule_rows.inputs())
    def _(used: Any, *given: Any) -> list[Any]:
        return show(asof.shown(services), rule_rows.read(given), used)

    form = [State(part, "value") for part in (NAME, KIND, VISIBILITY)]

    @door.callback(
        Output(SAID, "children"), Input(SAVE, "n_clicks"), State(EDITED, "data"), State(RULES, "data"), *form,
        requires=MAY_SAVE, prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, edited: Any, rules: Any, *form: Any) -> Any:
        given = (form[0], form[1], form[2])
        return save(services.segments, door.principal(), asof.shown(services), edited, rules, given) if clicks else ""

    @door.callback(Output(HISTORY, "children"), Input(EDITED, "data"), Input(SAID, "children"))
    def _(edited: Any, _said: Any) -> Any:
        return history(services.segments.versions(door.principal(), edited)) if isinstance(edited, int) else ""

    buttons = [Input(ADD, "n_clicks"), *(Input(part["remove"], "n_clicks") for part in ROW_IDS)]
    door.clientside(
        ClientsideFunction("tenure_segments", "rows"),
        Output(USED, "data"), *(Output(part["row"], "hidden") for part in ROW_IDS), Output(ADD, "disabled"),
        *buttons, State(USED, "data"), prevent_initial_call=True,
    )  # fmt: skip


PAGE = Page(
    BUILD, "Build a segment", "customers:read", layout, wire, group="ANALYSE", order=19, icon="sliders",
    in_navigation=False,
)  # fmt: skip
