"""/customers: every customer, found by search, state and any column; the strip above counts what the list holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.listing import KEYS, MAX_SEARCH, Listing, block
from dashapp.domain.listing_words import in_words
from dashapp.domain.vocabulary import SEGMENTS, CustomerState
from dashapp.services import customers, duplicates
from dashapp.services.access import Principal
from dashapp.services.customers import Matching, Rows
from dashapp.services.segments import MAY_SAVE, Segments
from dashapp.store.facts import Facts
from dashapp.store.segments import SavedSegment
from dashapp.store.snapshot import Snapshot
from dashapp.web import api, asof, identity
from dashapp.web import format as fmt
from dashapp.web.components import customer_grid, states
from dashapp.web.components import duplicates as same_person
from dashapp.web.components import facts as shown
from dashapp.web.components.basics import disclosure, field, icon
from dashapp.web.components.filterbar import CONTROLS, FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.components.profile_words import CUSTOMER, customers_of
from dashapp.web.components.save_form import Given, SaveForm, attempt
from dashapp.web.components.server_grid import BLOCK_ROWS, FILES
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

GRID, SEARCH, STATES, STRIP, EXPORTS, COLUMNS, ADDRESS, WRITTEN, ASKED, OPENED, SHOWN, SAME, ENTERED = ids(
    "customers", "grid", "search", "states", "strip", "exports", "columns", "address", "written", "asked", "opened",
    "shown", "same", "entered",
)  # fmt: skip
FIRST_BLOCK = {"startRow": 0, "endRow": BLOCK_ROWS}
FORM = SaveForm("customers")


def layout(**address: Any) -> Component:
    listing = Listing.from_query(address)
    search = dbc.Input(
        id=SEARCH,
        type="search",
        value=listing.search,
        debounce=0.3,
        maxLength=MAX_SEARCH,
        placeholder=_finds(),
        autoComplete="off",
    )
    return html.Div(
        [
            html.Div(id=STRIP, className="figure-strip", role="status"),
            html.Div(
                [
                    field("Search customers", search, hidden_label=True),
                    _state_boxes(listing),
                    html.Div(
                        [
                            customer_grid.columns_menu(COLUMNS, address.get("columns")),
                            html.Div(id=EXPORTS, className="list-exports needs-exports"),
                            *_save_form(),
                        ],
                        className="list-actions",
                    ),
                ],
                className="list-tools",
            ),
            customer_grid.customer_grid(GRID, listing),
            html.Div(id=SAME),
            dcc.Store(id=ENTERED, data=True),
            *(dcc.Store(id=store) for store in (ADDRESS, WRITTEN, ASKED, OPENED, SHOWN)),
        ]
    )


def _save_form() -> list[Component]:
    """Keep who is listed as a segment; only for those who may."""
    form = FORM.layout(Given("", "dynamic", "private"), "Save segment")
    hint = html.P("Keeps the filters, states and limits of columns; the period chooses nobody.", className="hint")
    shown = disclosure("Save as segment", [*form, hint], className="save-view")
    return [shown if identity.principal().may(MAY_SAVE) else html.Div(shown, hidden=True)]


def _finds() -> str:
    """What this reader's search looks through."""
    return "Customer id, name or e-mail" if identity.principal().may(customers.MAY_CONTACT) else "Customer id"


def _state_boxes(listing: Listing) -> Component:
    boxes = dbc.Checklist(id=STATES, options=_options(_STATES, None), value=list(listing.states), inline=True)
    return html.Fieldset(
        [html.Legend(["State", *CUSTOMER.beside("State")], className="name-line"), boxes], className="list-states"
    )


_STATES = {state.value: state.value.replace("_", " ").capitalize() for state in CustomerState}
_SEGMENTS = {segment: segment for segment in SEGMENTS}


def _options(names: dict[str, str], counts: dict[str, int] | None) -> list[dict[str, Any]]:
    """One box per value with how many customers it has under the search and everything else that is chosen."""
    return [
        {"value": value, "label": name if counts is None else _counted(name, counts.get(value, 0))}
        for value, name in names.items()
    ]


def _counted(name: str, count: int) -> Component:
    words = html.Span(name, className="option-name")
    return html.Span([words, html.Span(f" {fmt.number(count)}", className="option-count")])


def listed(ask: Callable[[], Matching], filters: Filters, facts: Facts) -> tuple[Any, ...]:
    """What `show` returns of the answer; where there is none, an empty list under the sentence that says so."""
    told = states.as_known(lambda: show(ask(), filters, facts))
    return told if isinstance(told, tuple) else ({"rowData": [], "rowCount": 0}, told, *[no_update] * 4)


def show(found: Matching, filters: Filters, facts: Facts) -> tuple[Any, ...]:
    """The block of rows, the strip, the boxes of states and segments with counts, the export links, the address."""
    rows = {"rowData": api.rows(found.rows.drop(columns=["customer_key", "place"])), "rowCount": found.count}
    query = filters.to_query() | found.listing.to_query()
    return (
        rows,
        _strip(found, facts),
        _options(_STATES, found.facet("customer_state")),
        _options(_SEGMENTS, found.facet("segment")),
        _exports(query),
        found.listing.to_query(),
    )


def _strip(found: Matching, facts: Facts) -> Component:
    if not found.count:
        own = "Your role finds customers by id only. " if found.listing.search and not found.has_contact else ""
        return states.empty(
            "No customer matches.", f"{own}Clear the search, a state, a column filter or a filter above."
        )
    return html.Div([_figures(found, facts), *_how_found(found)])


def _how_found(found: Matching) -> list[Component]:
    """How the rows relate to the search; a guess never looks like an answer."""
    limited = _limited(found) if found.listing.limits else []
    if found.approximate:
        text = f"Nobody matches “{found.listing.search}”. Shown is who comes near it, the nearest first."
        return [html.P(text, className="notice"), *limited]
    if found.listing.search:
        return [html.P("The best match comes first, then the order of the list.", className="hint"), *limited]
    return limited


def _limited(found: Matching) -> list[Component]:
    """What narrows the list beyond what its controls show, and the way out: it may have come from a chart."""
    free = urlencode(found.filters.to_query() | replace(found.listing, limits=()).to_query() | asof.address())
    words = f"Only customers with {', '.join(in_words(replace(found.listing, search='', states=())))}. "
    return [html.P([words, html.A("Without these limits", href=f"/customers?{free}")], className="hint")]


def _figures(found: Matching, facts: Facts) -> Component:
    total = found.chosen[["customers", "net_sales", "clv", "value_at_risk"]].sum(min_count=1)
    figures = (
        ("Customers", fmt.number(total["customers"])),
        ("Net sales so far", fmt.money(total["net_sales"], facts.currency)),
        (f"Predicted CLV, next {facts.horizon_days} days", fmt.money(total["clv"], facts.currency)),
        ("Value at risk", fmt.money(total["value_at_risk"], facts.currency)),
    )
    return shown.strip(figures, customers_of(facts))


def _exports(query: dict[str, str]) -> list[Component]:
    """Links to the same list as a file. Plain links: the browser downloads, nothing passes through a callback."""
    asking = query | asof.address()
    tail = f"?{urlencode(asking)}" if asking else ""
    return [
        html.A([icon("download"), label], href=f"/export/customers.{kind}{tail}", className="btn btn-outline")
        for kind, label in FILES.items()
    ]


def show_same(pairs: pd.DataFrame, snapshot: Snapshot) -> Component:
    """The card of customer numbers that may be one person; it knows no filter and no search."""
    changes, shared = snapshot.frame("duplicate_sensitivity"), snapshot.frame("shared_contacts")
    return same_person.card(pairs, changes, shared, snapshot.facts)


def wire(door: Door, services: Services) -> None:
    @door.callback(
        Output(GRID, "getRowsResponse"),
        Output(STRIP, "children"),
        Output(STATES, "options"),
        Output(CONTROLS["segment"], "options"),
        Output(EXPORTS, "children"),
        Output(ADDRESS, "data"),
        Input(GRID, "getRowsRequest"),
        State(FILTERS, "data"),
        State(SEARCH, "value"),
        State(STATES, "value"),
    )
    def _(request: Any, view: dict[str, str], search: Any, chosen: Any) -> tuple[Any, ...]:
        snapshot, filters = asof.shown(services), Filters.from_query(view)
        asked, rows = read(request, search, chosen)
        question = partial(customers.listed, snapshot, filters, asked, door.principal(), rows, services.journal)
        return listed(question, filters, snapshot.facts)

    @door.callback(Output(SAME, "children"), Input(ENTERED, "data"))
    def _(_entered: bool) -> Any:
        snapshot, reader = asof.shown(services), door.principal()
        return states.as_known(lambda: show_same(duplicates.candidates(snapshot, reader, services.journal), snapshot))

    @door.callback(
        Output(FORM.said, "children"), Input(FORM.save, "n_clicks"), State(FILTERS, "data"), State(ADDRESS, "data"),
        *FORM.states, requires=MAY_SAVE, prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, view: dict[str, str], listing: Any, *form: Any) -> Any:
        reader, snapshot, given = door.principal(), asof.shown(services), Given.read(*form)
        return attempt(lambda: keep(services.segments, reader, snapshot, view, listing, given)) if clicks else ""

    again = [Input(FILTERS, "data"), Input(SEARCH, "value"), Input(STATES, "value")]
    door.clientside(ClientsideFunction("tenure_customers", "ask_again"), Output(ASKED, "data"), again)
    door.clientside(ClientsideFunction("tenure_customers", "address"), Output(WRITTEN, "data"), Input(ADDRESS, "data"))
    door.clientside(ClientsideFunction("tenure_customers", "columns"), Output(SHOWN, "data"), Input(COLUMNS, "value"))
    door.clientside(ClientsideFunction("tenure_customers", "open"), Output(OPENED, "data"), Input(GRID, "cellClicked"))


def keep(
    segments: Segments, reader: Principal, snapshot: Snapshot, view: Any, listing: Any, given: Given
) -> SavedSegment:
    """The list as it is shown, saved as a segment. Raises InputError, NotAllowed."""
    filters, asked = Filters.from_query(view), Listing.from_query(listing if isinstance(listing, dict) else {})
    return segments.save(reader, given.name, filters, asked, given.kind, visibility=given.visibility, snapshot=snapshot)


def read(request: Any, search: Any, chosen: Any) -> tuple[Listing, Rows]:
    """What the grid asks for, and which rows of it. Raises FilterError."""
    asked = request if isinstance(request, dict) else FIRST_BLOCK
    listing = Listing.from_grid(search, chosen, asked.get("sortModel"), asked.get("filterModel"))
    return listing, Rows(*block(asked.get("startRow"), asked.get("endRow")))


PAGE = Page(
    "/customers",
    "Customers",
    "customers:read",
    layout,
    wire,
    group="ANALYSE",
    order=20,
    icon="people",
    filters=CHOICES,
    keys=(*KEYS, "columns"),
)
