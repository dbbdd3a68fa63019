"""/lab: what the present customers would bring under other assumptions, answered while a slider moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.what_if import Scenario
from dashapp.domain.what_if_address import KEYS, read, to_query
from dashapp.errors import FilterError, InputError, NotEnoughData, NotFound
from dashapp.services import charting
from dashapp.services.access import Principal
from dashapp.services.lab import base_of
from dashapp.services.lab_account import STAMP, Account, account, file
from dashapp.services.scenarios import PERMISSION
from dashapp.services.showing import Showing, TableSpec
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components import lab_controls, lab_results, lab_saved, states
from dashapp.web.components.basics import grid, icon
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.components.lab_controls import NUMBERS, SLIDERS
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.scenarios import Saved
    from dashapp.web.door import Door

SEED, ADDRESS, ANSWER, CARDS, NOTES, MESSAGE, WRITTEN, FILE, SAVED_AT = ids(
    "lab", "seed", "address", "answer", "cards", "notes", "message", "written", "file", "saved-at"
)
STEPS, CURVE = "lab-steps", "lab-curve"
FIGURES = tuple(
    Output(f"{card}-{part}", prop)
    for card in (STEPS, CURVE)
    for part, prop in (("graph", "figure"), ("caption", "children"), ("table", "children"))
)


def _found(snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]) -> Account:
    return account(snapshot, filters, read(asked, base_of(snapshot.facts)))


TABLES = (
    TableSpec("steps", "What each assumption contributes", STAMP,
              "From the published value to that of the scenario, each changed assumption credited with its mean over "
              "every order of changing them.",
              lambda snapshot, filters, asked: lab_results.waterfall(
                  _found(snapshot, filters, asked), charting.view(snapshot, filters))),
    TableSpec("curve", "Value by horizon", STAMP,
              "Discounted value of the first days of the horizon, published and assumed, with the 80 % band.",
              lambda snapshot, filters, asked: lab_results.over_time(
                  _found(snapshot, filters, asked), charting.view(snapshot, filters))),
    TableSpec("scenario", "The scenario", "A row is a measure", "Assumptions and figures of the scenario on screen.",
              lambda snapshot, filters, asked: file(
                  [("This scenario", _found(snapshot, filters, asked), lab_saved.population(filters))])),
)  # fmt: skip
"What leaves of this page."


def layout(
    margin: Any = "", rate: Any = "", horizon: Any = "", buying: Any = "", leaving: Any = "", order: Any = "",
    cac: Any = "", **_: Any,
) -> Component:  # fmt: skip
    """The controls by their keys in the address; empty ones are as published."""
    texts = zip(KEYS, (margin, rate, horizon, buying, leaving, order, cac), strict=True)
    seed = {key: text for key, text in texts if isinstance(text, str) and text}
    return html.Div(
        [
            dcc.Store(id=SEED, data=seed),
            dcc.Store(id=ADDRESS),
            dcc.Store(id=WRITTEN),
            dcc.Store(id=SAVED_AT),
            lab_results.stamp(),
            lab_controls.layout(),
            html.P(id=MESSAGE, role="status", className="recompute-message"),
            html.Div(id=NOTES),
            html.Div(
                [
                    html.H2("The present customers under these assumptions", className="page-section"),
                    html.Div(id=CARDS),
                    grid(
                        lab_results.figure_card(STEPS, TABLES[0], 6),
                        lab_results.figure_card(CURVE, TABLES[1], 6),
                    ),
                    html.Div(html.A([icon("filetype-csv"), "All scenarios as CSV"], id=FILE, href="/export/lab.zip",
                                    className="btn btn-outline needs-exports")),
                    lab_saved.layout(),
                ],
                id=ANSWER,
            ),
        ],
        className="page-stack lab",
    )  # fmt: skip


def show(snapshot: Snapshot, view: Any, texts: dict[str, Any], scenarios: tuple[Saved, ...]) -> list[Any]:
    """Every output of the page for these texts of the controls."""
    base = base_of(snapshot.facts)
    try:
        scenario, filters = read(texts, base), Filters.from_query(view or {})
    except FilterError as error:
        return [*[no_update] * (len(NUMBERS) + len(SLIDERS)), written.local(error.sentence()), *[no_update] * 12]
    fields = [*lab_controls.texts(scenario), *lab_controls.positions(scenario)]
    try:
        told = states.as_known(lambda: _answer(snapshot, filters, scenario, scenarios))
    except NotEnoughData as error:
        told = states.insufficient(written.local(error.message), written.local(error.hint))
    if isinstance(told, list):
        return [*fields, "", *told]
    return [*fields, "", to_query(scenario, base), told, True, *[no_update] * 9]


def _answer(snapshot: Snapshot, filters: Filters, scenario: Scenario, scenarios: tuple[Saved, ...]) -> list[Any]:
    found, view = account(snapshot, filters, scenario), charting.view(snapshot, filters)
    query = lab_saved.address(scenario, filters, found.base)
    return [
        to_query(scenario, found.base),
        [
            lab_controls.published(found.base),
            *lab_results.notes(snapshot.facts, found, found.lab.curves.customers_leave),
        ],
        False,
        grid(*lab_results.cards(found, snapshot.facts.currency)),
        *lab_results.drawn(lab_results.waterfall(found, view), "Contribution of each assumption"),
        *lab_results.drawn(lab_results.over_time(found, view), "Value by horizon"),
        lab_saved.side_by_side(snapshot, scenarios, found, filters),
        f"/export/lab.zip?{query}",
    ]


def keep(services: Services, reader: Principal, name: Any, team: Any, query: Any, view: Any) -> list[Any]:
    """Save what is on screen; the message, a sign for the list to be read again, and no change of what was removed."""
    base = base_of(asof.shown(services).facts)
    try:
        scenario, filters = read(query or {}, base), Filters.from_query(view or {})
        address = lab_saved.address(scenario, filters, base)
        saved = services.scenarios.keep(str(name or ""), address, reader, for_team=bool(team))
    except (FilterError, InputError) as error:
        return [error.sentence(), no_update, no_update]
    return [f"Saved as {saved.name}, {'for the team' if saved.for_team else 'for you alone'}.", saved.id, no_update]


def remove(services: Services, reader: Principal, chosen: Any) -> list[Any]:
    """Remove the chosen one; the message, a sign for the list to be read again, and what can be had back."""
    try:
        if not (isinstance(chosen, str) and chosen.isdecimal() and len(chosen) < 10):
            raise NotFound("No scenario is chosen.", "Choose one of the list first.")
        gone = services.scenarios.remove(int(chosen), reader)
    except NotFound as error:
        return [error.sentence(), no_update, no_update]
    return [f"Removed {gone.name}.", -gone.id, gone.id]


def restore(services: Services, reader: Principal, gone: Any) -> list[Any]:
    """Bring back what was removed last; the message, a sign for the list, and nothing more to be had back."""
    try:
        if not (isinstance(gone, int) and 0 < gone < 10**9):
            raise NotFound("There is nothing to undo.")
        back = services.scenarios.restore(gone, reader)
    except NotFound as error:
        return [error.sentence(), no_update, None]
    return [f"{back.name} is back.", back.id, None]


def wire(door: Door, services: Services) -> None:
    controls = [*(Output(item, "value") for item in (*NUMBERS.values(), *SLIDERS.values()))]
    inputs = [*(Input(item, "value") for item in (*NUMBERS.values(), *SLIDERS.values()))]
    results = [
        Output(MESSAGE, "children"), Output(ADDRESS, "data"), Output(NOTES, "children"), Output(ANSWER, "hidden"),
        Output(CARDS, "children"), *FIGURES, Output(lab_saved.LIST, "children"), Output(FILE, "href"),
    ]  # fmt: skip

    @door.callback(*controls, *results, Input(FILTERS, "data"), Input(SAVED_AT, "data"), *inputs, State(SEED, "data"))
    def _(view: Any, _saved: Any, *values: Any) -> list[Any]:
        numbers = dict(zip(NUMBERS, values, strict=False))
        sliders = dict(zip(SLIDERS, values[len(NUMBERS) : -1], strict=True))
        texts = lab_controls.asked(ctx.triggered_id, numbers, sliders, values[-1])
        return show(asof.shown(services), view, texts, services.scenarios.open_to(door.principal()))

    _wire_saving(door, services)
    door.clientside(ClientsideFunction("tenure", "lab"), Output(WRITTEN, "data"), Input(ADDRESS, "data"))


def _wire_saving(door: Door, services: Services) -> None:
    pressed = [Input(name, "n_clicks") for name in (lab_saved.SAVE, lab_saved.REMOVE, lab_saved.UNDO)]
    typed = [State(lab_saved.NAME, "value"), State(lab_saved.TEAM, "value"), State(ADDRESS, "data")]

    @door.callback(
        Output(lab_saved.TOLD, "children"), Output(SAVED_AT, "data"), Output(lab_saved.GONE, "data"),
        *pressed, *typed, State(FILTERS, "data"), State(lab_saved.CHOSEN, "value"), State(lab_saved.GONE, "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(_s: Any, _r: Any, _u: Any, name: Any, team: Any, query: Any, view: Any, chosen: Any, gone: Any) -> list[Any]:
        if ctx.triggered_id == lab_saved.REMOVE:
            return remove(services, door.principal(), chosen)
        if ctx.triggered_id == lab_saved.UNDO:
            return restore(services, door.principal(), gone)
        return keep(services, door.principal(), name, team, query, view)

    @door.callback(
        Output(lab_saved.CHOSEN, "options"), Output(lab_saved.REMOVING, "hidden"), Output(lab_saved.UNDO, "hidden"),
        Input(SAVED_AT, "data"), Input(lab_saved.GONE, "data"),
    )  # fmt: skip
    def _(_: Any, gone: Any) -> list[Any]:
        there = lab_saved.removable(services.scenarios.open_to(door.principal()))
        return [there, not there, gone is None]


PAGE = Page(
    lab_saved.PATH, "What-if lab", PERMISSION, layout, wire, group="ANALYSE", order=45, icon="sliders",
    filters=CHOICES, shows=Showing(tables=TABLES),
)  # fmt: skip
