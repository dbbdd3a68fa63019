"""/overview: how much was sold, by whom and why it changed, what the present customers will bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Flag, View
from dashapp.domain.filters import Filters
from dashapp.domain.validity import Validity
from dashapp.domain.vocabulary import Compare
from dashapp.services import charting
from dashapp.services.predecessor import Predecessor
from dashapp.services.showing import Showing
from dashapp.store.facts import Facts
from dashapp.store.metrics import NOT_VALID, metric
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components import minis, notes_panel, recompute
from dashapp.web.components.basics import grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.ids import ids
from dashapp.web.components.kpi import kpi_card, kpi_outputs, kpi_values
from dashapp.web.components.states import as_known
from dashapp.web.page import ALL_FILTERS, Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

SOLD = ("net_sales", "active_customers", "repeat_rate")
WORTH = ("average_clv", "residual_value", "value_at_risk", "clv_to_cac")
METRICS = (*SOLD, *WORTH)
SPREAD = ("median_clv", "top_decile_clv")
KPIS = ids("overview", *METRICS)
SOLD_CARDS = {"revenue_trend": 12}
WHO_CARDS = {
    "revenue_bridge": 6,
    "growth_accounting": 6,
    "channel_value": 6,
    "country_value": 6,
    "channel_performance": 12,
}
AHEAD_CARDS = {"clv_distribution": 12}
CARDS = SOLD_CARDS | WHO_CARDS | AHEAD_CARDS
"Chart to the number of columns it spans. With the key figures and two links, ten cards; no more."
CHARTS = ids("overview", *CARDS)
MEANT, CHIP, FIELDS, COHORTS = ids("overview", "meant", "definition", "rfm", "cohorts")


def layout(**address: Any) -> Component:
    """In the order of the questions: how much, who and why, what next."""
    spans = [4] * len(SOLD) + [3] * len(WORTH)
    cards = [kpi_card(card_id, metric(name), span) for card_id, name, span in zip(KPIS, METRICS, spans, strict=True)]
    trend, *who, distribution = [
        chart_card(card_id, catalogue.chart(name), span, *charting.heeded(name))
        for card_id, (name, span) in zip(CHARTS, CARDS.items(), strict=True)
    ]
    links = [
        minis.card(FIELDS, "Segments by recency, frequency and money", "rfm_grid"),
        minis.card(COHORTS, "Retention by cohort", "cohort_curve"),
    ]
    return html.Div(
        [
            html.H2("Sold in the period", className="page-section"),
            html.P(id=MEANT, className="definition-chip"),
            grid(*cards[: len(SOLD)], trend, notes_panel.layout()),
            html.H2("Who bought, and what changed", className="page-section"),
            grid(*who, *links),
            html.H2("What the present customers will bring", className="page-section"),
            html.P(id=CHIP, className="definition-chip"),
            grid(*cards[len(SOLD) :]),
            html.Div(recompute.layout(**address), className="needs-compute"),
            grid(distribution),
        ]
    )


def show(
    snapshot: Snapshot, filters: Filters, flags: Sequence[Flag] = (), before: Predecessor | None = None
) -> list[Any]:
    """Every part of the page from one snapshot, one after the other as in `PARTS`."""
    return [value for part in PARTS for value in part.show(snapshot, filters, flags, before)]


def _sold(snapshot: Snapshot, filters: Filters, flags: Sequence[Flag], before: Predecessor | None) -> list[Any]:
    charts, _, values = _asked(SOLD_CARDS, (), SOLD, snapshot, filters, flags, before)
    return [meant(charting.view(snapshot, filters)), *_figures(SOLD, values, snapshot, filters), *card_values(*charts)]


def _who(snapshot: Snapshot, filters: Filters, flags: Sequence[Flag], _: Predecessor | None) -> list[Any]:
    return card_values(*charting.draw_all(WHO_CARDS, snapshot, filters, flags))


def _ahead(snapshot: Snapshot, filters: Filters, flags: Sequence[Flag], before: Predecessor | None) -> list[Any]:
    measures = (*WORTH, *SPREAD)
    pictures = [lambda: minis.segments(snapshot, filters), lambda: minis.retention(snapshot, filters)]
    charts, links, values = _asked(AHEAD_CARDS, pictures, measures, snapshot, filters, flags, before)
    *worth, median, top = values
    words = definition(snapshot.facts, median.value, top.value)
    return [*links, words, *_figures(WORTH, worth, snapshot, filters), *card_values(*charts)]


def _asked(
    cards: Iterable[str], pictures: Iterable[Callable[[], Any]], measures: Sequence[str],
    snapshot: Snapshot, filters: Filters, flags: Sequence[Flag], before: Predecessor | None,
) -> tuple[list[Any], list[Any], list[Any]]:  # fmt: skip
    """Charts, pictures and key figures, asked in one go with the longest first: one kind after the other would wait
    for the last of each kind."""
    charts = [partial(charting.draw, name, snapshot, filters, flags) for name in cards]
    small = [partial(as_known, picture) for picture in pictures]
    values = [partial(charting.measure, name, snapshot, filters, before) for name in measures]
    answers = charting.together([*charts, *small, *values])
    return answers[: len(charts)], answers[len(charts) : len(charts) + len(small)], answers[len(charts) + len(small) :]


def _figures(names: Sequence[str], values: Sequence[Any], snapshot: Snapshot, filters: Filters) -> list[Any]:
    measured = [(metric(name), value) for name, value in zip(names, values, strict=True)]
    return kpi_values(measured, snapshot.facts.currency, charting.compared_with(snapshot, filters))


@dataclass(frozen=True, slots=True)
class Part:
    """What is answered at once: the browser draws one part while the server works on the next."""

    outputs: Sequence[Output]
    show: Callable[[Snapshot, Filters, Sequence[Flag], Predecessor | None], list[Any]]
    has_notes: bool = False
    "Charts over time, on which notes are drawn."
    has_figures: bool = False
    "Key figures, some of which stand beside those of the snapshot before."


def meant(view: View) -> str:
    """Which days and which value the figures of the period are about, and what they are compared with."""
    text = f"{view.period}, {view.filters.basis.label.lower()}"
    if view.comparison:
        return f"{text}, compared with {view.comparison}."
    is_alone = view.filters.compare is Compare.NONE or view.filters.range == "all"
    return f"{text}." if is_alone else f"{text}. Nothing to compare with: no data that old."


def definition(facts: Facts, median: float | None, top: float | None) -> str:
    """What "predicted CLV" means on this page: kind, horizon, rate, margin or revenue, as of when, and its spread."""
    if facts.validity == Validity.NOT_VALID:
        return f"{NOT_VALID} {written.local(facts.validity_reason)}"
    kind = "revenue" if facts.gross_margin == 1 else f"{fmt.percent(facts.gross_margin, 0)} margin of revenue"
    return (
        f"Predicted CLV, {kind}, next {facts.horizon_days} days from {fmt.day(facts.observed_until)}, discounted at "
        f"{fmt.percent(facts.annual_discount_rate, 0)} a year, every customer of the filter whenever they bought. "
        f"Median {fmt.money(median, facts.currency)}, best tenth {fmt.money(top, facts.currency)} on average."
    )


def _parts() -> tuple[Part, ...]:
    meaning, chip, fields, cohorts = (Output(part, "children") for part in (MEANT, CHIP, FIELDS, COHORTS))
    sold, worth = kpi_outputs(*KPIS[: len(SOLD)]), kpi_outputs(*KPIS[len(SOLD) :])
    cards = {name: card_outputs(card_id) for name, card_id in zip(CARDS, CHARTS, strict=True)}

    def of(names: Iterable[str]) -> list[Output]:
        return [output for name in names for output in cards[name]]

    return (
        Part([meaning, *sold, *of(SOLD_CARDS)], _sold, has_notes=True, has_figures=True),
        Part(of(WHO_CARDS), _who, has_notes=True),
        Part([fields, cohorts, chip, *worth, *of(AHEAD_CARDS)], _ahead, has_figures=True),
    )


PARTS = _parts()
"In reading order, which is the order they are asked in (assets/54-early.js)."


def wire(door: Door, services: Services) -> None:
    for part in PARTS:
        _wire(door, services, part)
    recompute.wire(door, services)
    notes_panel.wire(door, services)


def _wire(door: Door, services: Services, part: Part) -> None:
    @door.callback(*part.outputs, Input(FILTERS, "data"), Input(notes_panel.CHANGED, "data"), looks_ahead=True)
    def _(view: dict[str, str], _changed: Any) -> list[Any]:
        filters = Filters.from_query(view)
        flags = services.annotations.flags(door.principal(), filters) if part.has_notes else ()
        before = asof.before(services, filters) if part.has_figures else None
        return part.show(asof.shown(services), filters, flags, before)


PAGE = Page(
    "/overview",
    "Overview",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=10,
    icon="bar-chart-line",
    filters=ALL_FILTERS,
    shows=Showing(METRICS, tuple(CARDS), compares=True, tables=recompute.ANSWER.tables),
    keys=recompute.KEYS,
)
