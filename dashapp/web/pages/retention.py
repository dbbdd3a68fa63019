"""/retention: who of the new customers comes back, when, what they have brought at equal age, and who will not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dash import Input, html
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.domain.cohort_view import WORDS, CohortView
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.predecessor import Predecessor
from dashapp.services.showing import Showing
from dashapp.store.metrics import metric
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components import churn, cohort_table
from dashapp.web.components.basics import grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.components.kpi import kpi_card, kpi_outputs, kpi_values
from dashapp.web.page import ALL_FILTERS, Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

METRICS = (
    "new_customers",
    "repeat_rate",
    "one_time_share",
    "acquisition_cost",
    "churn_rate",
    "expected_lost",
    "lapsed_share",
    "contract_churn_rate",
)
CHARTS = ("cohort_payback", "retention_curve", "channel_performance")
KPIS, CARDS = ids("retention", *METRICS), ids("retention", *CHARTS)


def layout(**address: Any) -> Component:
    cards = [
        chart_card(card_id, catalogue.chart(name), 12, *charting.heeded(name))
        for card_id, name in zip(CARDS, CHARTS, strict=True)
    ]
    return html.Div(
        [
            grid(*(kpi_card(card_id, metric(name)) for card_id, name in zip(KPIS, METRICS, strict=True))),
            cohort_table.layout(**address),
            grid(*cards),
            html.Div(churn.layout(**address), className="needs-compute"),
        ],
        className="page-stack",
    )


def show(snapshot: Snapshot, filters: Filters, view: CohortView, before: Predecessor | None = None) -> list[Any]:
    """Key figures, charts and the matrix, from one snapshot."""
    measured = charting.measure_all(METRICS, snapshot, filters, before)
    figures = [(metric(name), value) for name, value in zip(METRICS, measured, strict=True)]
    *charts, channels = CHARTS
    drawn = charting.draw_all(charts, snapshot, filters)
    drawn.append(charting.draw(channels, snapshot, filters, horizon=view.days))
    return [
        *kpi_values(figures, snapshot.facts.currency, charting.compared_with(snapshot, filters)),
        *card_values(*drawn),
        *cohort_table.values(snapshot, filters, view),
    ]


def _parameters(_: Snapshot, asked: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The channels at the age that the matrix counts to."""
    return {CHARTS[-1]: {"horizon": CohortView.from_query(asked).days}}


def wire(door: Door, services: Services) -> None:
    outputs = [*kpi_outputs(*KPIS), *card_outputs(*CARDS), *cohort_table.outputs()]

    @door.callback(*outputs, Input(FILTERS, "data"), *cohort_table.inputs(), looks_ahead=True)
    def _(chosen: dict[str, str], *controls: Any) -> list[Any]:
        filters = Filters.from_query(chosen)
        return show(asof.shown(services), filters, cohort_table.asked(controls), asof.before(services, filters))

    churn.wire(door, services)


PAGE = Page(
    "/retention",
    "Retention",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=17,
    icon="grid-3x3",
    filters=ALL_FILTERS,
    shows=Showing(
        METRICS, CHARTS, compares=True, tables=(cohort_table.TABLE, *churn.ANSWER.tables), parameters=_parameters
    ),
    keys=(*WORDS, *churn.KEYS),
)
