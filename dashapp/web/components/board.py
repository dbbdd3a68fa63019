"""Key figures above charts, all of one snapshot under the filter bar: declared by names, drawn in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import Input, html
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.charts.chart import Flag
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.predecessor import Predecessor
from dashapp.services.showing import Showing
from dashapp.store.metrics import metric
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components.basics import grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.components.kpi import kpi_card, kpi_outputs, kpi_values

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door


@dataclass(frozen=True, slots=True)
class Board:
    """What a page shows, in reading order."""

    name: str
    "Of the page; first part of every id."
    metrics: Sequence[str]
    cards: Mapping[str, int]
    "Chart to the number of columns it spans."

    @property
    def shows(self) -> Showing:
        """The same for exports."""
        return Showing(self.metrics, tuple(self.cards), compares=True)

    def layout(self, **_: Any) -> Component:
        figures = [kpi_card(card_id, metric(name)) for card_id, name in zip(self._kpis, self.metrics, strict=True)]
        charts = [
            chart_card(card_id, catalogue.chart(name), span, *charting.heeded(name))
            for card_id, (name, span) in zip(self._charts, self.cards.items(), strict=True)
        ]
        return html.Div(grid(*figures, *charts))

    def show(
        self, snapshot: Snapshot, filters: Filters, flags: Sequence[Flag] = (), before: Predecessor | None = None
    ) -> list[Any]:
        """Every key figure beside what it was, and every chart, with what happened on those over time."""
        values = charting.measure_all(self.metrics, snapshot, filters, before)
        figures = [(metric(name), value) for name, value in zip(self.metrics, values, strict=True)]
        return [
            *kpi_values(figures, snapshot.facts.currency, charting.compared_with(snapshot, filters)),
            *card_values(*charting.draw_all(self.cards, snapshot, filters, flags)),
        ]

    def wire(self, door: Door, services: Services) -> None:
        @door.callback(
            *kpi_outputs(*self._kpis), *card_outputs(*self._charts), Input(FILTERS, "data"), looks_ahead=True
        )
        def _(view: dict[str, str]) -> list[Any]:
            filters = Filters.from_query(view)
            flags = services.annotations.flags(door.principal(), filters)
            before = asof.before(services, filters) if self.metrics else None
            return self.show(asof.shown(services), filters, flags, before)

    @property
    def _kpis(self) -> Sequence[str]:
        return ids(self.name, *self.metrics)

    @property
    def _charts(self) -> Sequence[str]:
        return ids(self.name, *self.cards)
