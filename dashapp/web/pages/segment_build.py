"""/segments/build: who is meant, row by row, with a live count and the first ten; then kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.rules import Rules
from dashapp.errors import FilterError, InputError
from dashapp.services import customers
from dashapp.services.access import Principal
from dashapp.services.segments import MAY_SAVE, Segments
from dashapp.services.spared import spared
from dashapp.store.segments import SavedSegment, Version
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import rule_rows, rule_state, rule_things, states
from dashapp.web.components.basics import button, data_table, link
from dashapp.web.components.ids import ids
from dashapp.web.components.kept_segments import BUILD
from dashapp.web.components.profile_words import customers_of
from dashapp.web.components.rule_rows import ROW_IDS
from dashapp.web.components.rule_state import Judged, Row
from dashapp.web.components.save_form import VISIBILITIES, Given, SaveForm, attempt
from dashapp.web.components.segment_tabs import PATH, customers_href
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

USED, RULES, EDITED, ADD, COUNT, PREVIEW, HISTORY, WRITTEN = ids(
    "build", "used", "rules", "edited", "add", "count", "preview", "history", "written"
)
FORM = SaveForm("build")
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
            dcc.Store(id=WRITTEN),
            dcc.Store(id=EDITED, data=edited),
            html.P(link("All saved segments", f"{PATH}?tab=mine")),
            *notice,
            html.Div(_conditions(rows), className="page-stack", hidden=is_list),
            shown.card("Save", *_form(edited, Given.read(name, kind, visibility))),
            html.Div(id=HISTORY),
        ],
        className="page-stack",
    )


def _begun(text: Any) -> tuple[tuple[Row, ...], list[Component]]:
    """The rows to begin with: those of the address, or one to fill in."""
    if not text:
        return (Row(),), []
    try:
        return rule_state.rows_of(Rules.from_text(text)), []
    except FilterError as error:
        words = f"{error.sentence()} The builder begins empty."
        return (Row(),), [html.Div(words, className="notice", role="alert")]


def _conditions(rows: tuple[Row, ...]) -> list[Component]:
    add = button("Add condition", "secondary", "plus-lg", id=ADD)
    hint = (
        f"Several values of one row are parted by {rule_state.SEPARATOR} or picked together, and any of them counts. "
        "Rows joined by and hold together; or begins another group."
    )
    return [
        shown.card("Conditions", html.Div(rule_rows.layout(rows)), html.Div(add, className="row-actions"), hint=hint),
        html.Div(id=COUNT, className="figure-strip", role="status"),
        html.Div(id=PREVIEW),
    ]


def _form(edited: int | None, now: Given) -> list[Component]:
    return FORM.layout(now, "Save changes" if edited else "Save segment", with_kind=edited is None)


def show(snapshot: Snapshot, rows: list[Row], used: Any) -> list[Any]:
    """What the rows offer and complain about, the rules, how many meet them, the first of these."""
    numbers = [number for number in used if number in range(len(rows))] if isinstance(used, list) else [0]
    judged = rule_state.judge({number: rows[number] for number in numbers})
    told = states.as_known(lambda: _found(snapshot, judged))
    found = told if isinstance(told, list) else [told, ""]
    known = _known(snapshot)
    offers = [rule_things.offer(snapshot, row, known) for row in rows]
    return [*rule_rows.values(rows, judged, offers, known), judged.rules.text if judged.rules else "", *found]


def _known(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    known: dict[str, list[tuple[str, str]]] = {}
    nothing = pd.DataFrame(columns=["field", "value", "label"])  # a value can be typed all the same
    options = spared("filter_options", lambda: snapshot.frame("filter_options"), lambda _: nothing)
    for row in options.itertuples():
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
        (f"Predicted CLV, next {facts.horizon_days} days", fmt.money(total["clv"], facts.currency)),
        ("Value at risk", fmt.money(total["value_at_risk"], facts.currency)),
    )
    strip = shown.strip(figures, customers_of(facts))
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
            "Last order": fmt.day(pd.Timestamp(str(row.last_order_date))),
            "Net sales so far": fmt.amount(row.net_sales, currency),
            "Predicted value": fmt.amount(row.clv, currency),
        }
        for row in frame.itertuples()
    ]
    table = data_table(pd.DataFrame(rows).astype(object), f"The first {len(rows)} by predicted value")
    return shown.card("Preview", table, html.P(link("Open all in Customers", customers_href(view))))


def save(
    segments: Segments, reader: Principal, snapshot: Snapshot, edited: Any, rules: Any, given: Given
) -> SavedSegment:
    """The new segment, or the edited one. Raises InputError, NotFound, NotAllowed."""
    if isinstance(edited, int):
        return _change(segments, reader, snapshot, edited, rules, given)
    if not rules or not isinstance(rules, str):
        raise InputError("The conditions are not complete.", "Fill in every row, or remove it.")
    view = Filters.from_query({"saved": [rules]})
    return segments.save(
        reader, given.name, view, Listing(), given.kind, visibility=given.visibility, snapshot=snapshot
    )


def _change(
    segments: Segments, reader: Principal, snapshot: Snapshot, number: int, rules: Any, given: Given
) -> SavedSegment:
    """Only what is different; each difference is a version of its own."""
    segment = segments.get(reader, number)
    if given.name != segment.name:
        segment = segments.rename(reader, number, given.name)
    if given.visibility != segment.visibility:
        segment = segments.share(reader, number, given.visibility)
    if segment.kind == "dynamic" and rules != segment.definition:
        view = Filters.from_query({"saved": [rules]})
        segment = segments.change(reader, number, view, Listing(), snapshot=snapshot)
    return segment


def history(versions: tuple[Version, ...]) -> Component:
    """Everything the segment ever was."""
    rows = [
        {
            "Version": version.version,
            "What": version.action,
            "When": f"{fmt.day(version.happened_at)} {version.happened_at:%H:%M} UTC",
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

    @door.callback(
        Output(FORM.said, "children"), Input(FORM.save, "n_clicks"), State(EDITED, "data"), State(RULES, "data"),
        *FORM.states, requires=MAY_SAVE, prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, edited: Any, rules: Any, *form: Any) -> Any:
        reader, snapshot, given = door.principal(), asof.shown(services), Given.read(*form)
        if not clicks:
            return ""
        return attempt(lambda: save(services.segments, reader, snapshot, edited, rules, given))

    door.clientside(ClientsideFunction("tenure_kept", "rules"), Output(WRITTEN, "data"), Input(RULES, "data"))

    @door.callback(Output(HISTORY, "children"), Input(EDITED, "data"), Input(FORM.said, "children"))
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
