"""/retention: who of the new customers comes back, when, and what they have brought at equal age."""

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

METRICS = ("new_customers", "repeat_rate", "one_time_share", "average_order_value")
KPIS = ids("retention", *METRICS)
CARDS = {"cohort_matrix": 12, "retention_curve": 12, "cohort_since": 12, "cohort_value": 12}
CHARTS = ids("retention", *CARDS)


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
    "/retention",
    "Retention",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=17,
    icon="grid-3x3",
    filters=("period", "basis", *CHOICES),
)
