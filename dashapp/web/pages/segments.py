"""/segments: the named groups, value by risk, the segments people keep, and who moved; a tab each, by link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.errors import TenureError
from dashapp.services import charting
from dashapp.services.access import Principal
from dashapp.services.segments import Segments
from dashapp.services.showing import Showing, of_query
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components import kept_segments, movement, quadrants, rfm_groups
from dashapp.web.components.basics import defined, field, grid, select
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.funnel import of_question
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept, one_of, text_of
from dashapp.web.components.segment_tabs import FIRST, PATH, TABS, tabs
from dashapp.web.components.states import as_known
from dashapp.web.page import ALL_FILTERS, Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

GRID, RISK, MOVES = ids("segments", "rfm_grid", "value_risk", "segment_moves")
METRIC, TILES, COMPARED, THRESHOLDS = ids("segments", "metric", "tiles", "compared", "thresholds")
QUADRANTS, MOVERS, EARLIER, LATER = ids("segments", "quadrants", "movers", "earlier", "later")
KEPT, SAID, ENTERED = ids("segments", "kept", "said", "entered")


def layout(tab: Any = FIRST, **address: Any) -> Component:
    current = tab if tab in TABS else FIRST
    query = Filters.from_query(address).to_query()
    return html.Div([tabs(current, query), html.Div(_BODIES[current](address), className="tab-body")])


def _chart(card_id: str, name: str, span: int) -> Component:
    return chart_card(card_id, catalogue.chart(name), span, *charting.heeded(name))


def _measures() -> Component:
    said = {measure.label: measure.meaning for measure in rfm_groups.MEASURES.values()}
    return defined("what the groups show", "query/segment_groups", *(f"{k}: {said[k]}" for k in said))


def _rfm(address: Mapping[str, Any]) -> list[Component]:
    measures = {name: measure.label for name, measure in rfm_groups.MEASURES.items()}
    chosen = select(METRIC, "Show", measures, one_of(measures, address.get("metric"), rfm_groups.FIRST))
    return [
        html.H2("Eleven groups by recency, frequency and money", className="page-section"),
        html.Div(
            [kept("metric", chosen, rfm_groups.FIRST), of_question("segment_groups"), _measures()],
            className="tab-tools",
        ),
        html.Div(id=TILES),
        html.P(id=COMPARED, className="hint", role="status"),
        grid(_chart(GRID, "rfm_grid", 6), html.Div(id=THRESHOLDS, style={"--span": 6})),
    ]


def _value(_: Mapping[str, Any]) -> list[Component]:
    return [
        html.Div(
            [
                html.H2("Four quarters by predicted value and the chance to buy", className="page-section"),
                of_question("value_quadrants"),
            ],
            className="tab-tools",
        ),
        html.Div(id=QUADRANTS),
        grid(_chart(RISK, "value_risk", 12)),
    ]


def _mine(_: Mapping[str, Any]) -> list[Component]:
    return [dcc.Store(id=ENTERED, data=True), html.Div(id=SAID, role="status"), html.Div(id=KEPT)]


def _movement(address: Mapping[str, Any]) -> list[Component]:
    earlier, later = (text_of(address.get(key)) for key in ("earlier", "later"))
    choices = [
        kept("earlier", field("From the segments of", dbc.Select(id=EARLIER, options=[], value=earlier))),
        kept("later", field("to those of", dbc.Select(id=LATER, options=[], value=later))),
    ]
    return [
        html.H2("Who moved between two days", className="page-section"),
        html.Div(choices, className="tab-tools"),
        grid(_chart(MOVES, "segment_moves", 12)),
        html.Div(id=MOVERS),
    ]


TABLES = (
    of_query("groups", "Named groups", "A row is a group by recency, frequency and money",
             "Customers, sales of the period and predicted value of each group, now and in the comparison.",
             "segment_groups"),
    of_query("thresholds", "Thresholds", "A row is a score", "From where to where each score reaches, for everybody.",
             "rfm_thresholds"),
    of_query("quarters", "Quarters of value and risk", "A row is a quarter",
             "Scored customers above or below the median predicted value, and likely to buy or not.",
             "value_quadrants"),
)  # fmt: skip
"What is no chart here: tiles and thresholds."
_BODIES = {"rfm": _rfm, "value": _value, "mine": _mine, "movement": _movement}


def show_rfm(snapshot: Snapshot, filters: Filters, metric: Any) -> list[Any]:
    """The tiles, what they are compared with, the thresholds, the grid."""
    drawn = card_values(charting.draw("rfm_grid", snapshot, filters))
    tiles = as_known(lambda: rfm_groups.show(snapshot, filters, metric))
    told = tiles if isinstance(tiles, list) else [tiles, ""]
    return [*told, as_known(lambda: rfm_groups.thresholds(snapshot)), *drawn]


def show_value(snapshot: Snapshot, filters: Filters) -> list[Any]:
    """The quarters and the finer picture."""
    told = as_known(lambda: quadrants.show(snapshot, filters))
    return [told, *card_values(charting.draw("value_risk", snapshot, filters))]


def show_movement(snapshot: Snapshot, filters: Filters, earlier: Any, later: Any) -> list[Any]:
    """The days to choose from, those meant, the matrix, the movers."""
    known = movement.days(snapshot)
    begin, until = _meant_days(snapshot, filters, earlier, later, known)
    drawn = charting.draw("segment_moves", snapshot, filters, from_day=begin, to_day=until)
    days = [movement.options(known), begin and begin.isoformat(), movement.options(known), until and until.isoformat()]
    return [*days, *card_values(drawn), as_known(lambda: movement.movers(snapshot, filters, begin, until))]


def _meant_days(snapshot: Snapshot, filters: Filters, earlier: Any, later: Any, known: list[Any]) -> tuple[Any, Any]:
    until = movement.chosen(later, known) or next(iter(known), None)
    return movement.chosen(earlier, known) or _usual_beginning(snapshot, filters, known), until


def _parameters(snapshot: Snapshot, asked: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The days between which segments are compared, as the address has them."""
    filters, _ = Filters.usable(asked)
    given = asked.get("earlier"), asked.get("later")
    begin, until = _meant_days(snapshot, filters, *given, movement.days(snapshot))
    return {"segment_moves": {"from_day": begin, "to_day": until}}


def _usual_beginning(snapshot: Snapshot, filters: Filters, known: list[Any]) -> Any:
    """The month end at or before the end of the comparison, else the earliest day known."""
    earlier = filters.comparison(snapshot.facts.observed_until)
    return next((day for day in known if earlier and day <= earlier.end), known[-1] if known else None)


def show_kept(snapshot: Snapshot, segments: Segments, reader: Principal, pressed: Any, times: Any) -> list[Any]:
    """What was done, and the list after it. A button that has only just appeared was not pressed."""
    said: Any = no_update
    if isinstance(pressed, dict) and times:
        said = _done(segments, reader, pressed)
    return [said, as_known(lambda: kept_segments.show(snapshot, segments.all(reader), reader))]


def _done(segments: Segments, reader: Principal, pressed: dict[str, Any]) -> Any:
    number = pressed["n"] if isinstance(pressed.get("n"), int) else 0
    try:
        if pressed.get("type") == kept_segments.UNDO:
            return f"{segments.restore(reader, number).name} is back."
        return kept_segments.removed(segments.remove(reader, number))
    except TenureError as error:
        return error.sentence()


def wire(door: Door, services: Services) -> None:
    tiles = [Output(TILES, "children"), Output(COMPARED, "children"), Output(THRESHOLDS, "children")]

    @door.callback(*tiles, *card_outputs(GRID), Input(FILTERS, "data"), Input(METRIC, "value"), looks_ahead=True)
    def _(view: dict[str, str], metric: Any) -> list[Any]:
        return show_rfm(asof.shown(services), Filters.from_query(view), metric)

    @door.callback(Output(QUADRANTS, "children"), *card_outputs(RISK), Input(FILTERS, "data"), looks_ahead=True)
    def _(view: dict[str, str]) -> list[Any]:
        return show_value(asof.shown(services), Filters.from_query(view))

    days = [Output(EARLIER, "options"), Output(EARLIER, "value"), Output(LATER, "options"), Output(LATER, "value")]

    @door.callback(
        *days, *card_outputs(MOVES), Output(MOVERS, "children"),
        Input(FILTERS, "data"), Input(EARLIER, "value"), Input(LATER, "value"),
    )  # fmt: skip
    def _(view: dict[str, str], earlier: Any, later: Any) -> list[Any]:
        return show_movement(asof.shown(services), Filters.from_query(view), earlier, later)

    buttons = [Input({"type": name, "n": ALL}, "n_clicks") for name in (kept_segments.REMOVE, kept_segments.UNDO)]

    @door.callback(Output(SAID, "children"), Output(KEPT, "children"), Input(ENTERED, "data"), *buttons)
    def _(_entered: Any, *_times: Any) -> list[Any]:
        pressed = ctx.triggered[0]["value"] if ctx.triggered else None
        return show_kept(asof.shown(services), services.segments, door.principal(), ctx.triggered_id, pressed)


PAGE = Page(
    PATH, "Segments", "overview:read", layout, wire, group="ANALYSE", order=18, icon="grid-3x3", filters=ALL_FILTERS,
    shows=Showing(charts=("rfm_grid", "value_risk", "segment_moves"), tables=TABLES, parameters=_parameters),
    keys=("metric", "earlier", "later"),
)  # fmt: skip
