"""/portfolio: how value is spread over the customers, and whether it hangs on fewer of them than before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Input, html
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.domain.filters import CHOICES, Filters
from dashapp.services import charting
from dashapp.store.metrics import metric
from dashapp.store.snapshot import Snapshot
from dashapp.web.components.basics import grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.components.kpi import kpi_card, kpi_outputs, kpi_values
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

METRICS = ("average_clv", "median_clv", "top_decile_clv", "one_time_share")
KPIS = ids("portfolio", *METRICS)
CARDS = {"value_deciles": 12, "concentration": 6, "concentration_trend": 6}
CHARTS = ids("portfolio", *CARDS)


def layout(**_: Any) -> Component:
    cards = [kpi_card(card_id, metric(name)) for card_id, name in zip(KPIS, METRICS, strict=True)]
    charts = [
        chart_card(card_id, catalogue.chart(name), span, *charting.heeded(name))
        for card_id, (name, span) in zip(CHARTS, CARDS.items(), strict=True)
    ]
    return html.Div(grid(*cards, *charts))


def show(snapshot: Snapshot, filters: Filters) -> list[Any]:
    """Every key figure and every chart, from one snapshot."""
    values = charting.measure_all(METRICS, snapshot, filters)
    figures = [(metric(name), value) for name, value in zip(METRICS, values, strict=True)]
    return [
        *kpi_values(figures, snapshot.facts.currency, ""),
        *card_values(*charting.draw_all(CARDS, snapshot, filters)),
    ]


def wire(door: Door, services: Services) -> None:
    @door.callback(*kpi_outputs(*KPIS), *card_outputs(*CHARTS), Input(FILTERS, "data"))
    def _(view: dict[str, str]) -> list[Any]:
        return show(services.snapshots.current(), Filters.from_query(view))


PAGE = Page(
    "/portfolio",
    "Portfolio",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=15,
    icon="pie-chart",
    filters=("period", "basis", *CHOICES),
)
