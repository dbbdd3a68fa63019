"""/segments: where customers stand by recency, frequency and money, by value and risk, and where they moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Input, Output, State
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.showing import Showing
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components.basics import grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.clicks import toggled
from dashapp.web.components.filterbar import CONTROLS, FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.page import ALL_FILTERS, Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

CARDS = {"rfm_grid": 6, "value_risk": 6, "segment_moves": 12}
CHARTS = ids("segments", *CARDS)


def layout(**_: Any) -> Component:
    charts = [
        chart_card(card_id, catalogue.chart(name), span, *charting.heeded(name))
        for card_id, (name, span) in zip(CHARTS, CARDS.items(), strict=True)
    ]
    return grid(*charts)


def show(snapshot: Snapshot, filters: Filters) -> list[Any]:
    """Every chart, from one snapshot."""
    return card_values(*charting.draw_all(CARDS, snapshot, filters))


def wire(door: Door, services: Services) -> None:
    @door.callback(*card_outputs(*CHARTS), Input(FILTERS, "data"))
    def _(view: dict[str, str]) -> list[Any]:
        return show(asof.shown(services), Filters.from_query(view))

    control = CONTROLS["segment"]
    clicked = Input(f"{CHARTS[0]}-graph", "clickData")
    chosen = Output(control, "value", allow_duplicate=True)

    @door.callback(chosen, clicked, State(control, "value"), prevent_initial_call=True)
    def _(click: Any, chosen: list[str] | None) -> list[str]:
        return toggled(click, chosen)


PAGE = Page(
    "/segments",
    "Segments",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=18,
    icon="grid-3x3",
    filters=ALL_FILTERS,
    shows=Showing(charts=tuple(CARDS)),
)
