"""The key-figure card: value, change with arrow and sign, definition, n, and why when there is no value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from dash import Output, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.services import charting
from dashapp.services.behind import NOBODY
from dashapp.store.query import Query
from dashapp.web import format as fmt
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, defined, icon, link
from dashapp.web.components.funnel import funnel
from dashapp.web.components.still import still


class Metric(Protocol):
    """What a card needs to know of a metric file; store.metrics delivers it."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def better(self) -> str: ...
    @property
    def definition(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def customers(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def query(self) -> Query: ...


class Measured(Protocol):
    """The value of a metric on a snapshot; store.metrics.MetricValue."""

    @property
    def value(self) -> float | None: ...
    @property
    def previous(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def n(self) -> int | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def against(self) -> str: ...
    @property
    def failed(self) -> bool: ...
    @property
    def doubt(self) -> str: ...


def kpi_card(card_id: str, metric: Metric, span: int = 3, body: Any = None) -> Component:
    """A card `span` of 12 columns wide that waits for its value, with the funnel of its filters; one that shows `body`
    at once stands under no filter bar."""
    words = metric.definition, html.P(metric.formula, className="formula")
    tools = [] if body else [funnel(*charting.heeded_by(metric))]
    tools.append(defined(metric.label, metric.number, *words))
    head = html.Header(
        [html.H2(metric.label, id=f"{card_id}-title"), html.Div(tools, className="card-tools")], className="kpi-head"
    )
    waiting = html.P(fmt.NOTHING, className="kpi-value")
    content = html.Div(body or waiting, id=f"{card_id}-body", className="kpi-body")
    return html.Section(
        [still(head), content],
        id=card_id,
        className="kpi-card",
        style={"--span": span},
        **attrs(aria_labelledby=f"{card_id}-title"),
    )


def kpi_outputs(*card_ids: str) -> list[Output]:
    """One output per card, in the order `kpi_values` returns them."""
    return [Output(f"{card_id}-body", "children") for card_id in card_ids]


def kpi_values(
    measured: Iterable[tuple[Metric, Measured]], currency: str, comparison: str = "", href: str = ""
) -> list[list[Component]]:
    """Bodies for `kpi_outputs`. `comparison` says in words what the change is against, "" when nothing is compared;
    `href` leads to the customers of figures that have no audience of their own."""
    return [_body(metric, value, currency, comparison, href) for metric, value in measured]


def _body(metric: Metric, measured: Measured, currency: str, comparison: str, href: str) -> list[Component]:
    if measured.value is None:
        again = [states.again()] if measured.failed else []
        return [html.P(fmt.NOTHING, className="kpi-value"), html.P(measured.reason, className="kpi-reason"), *again]
    words = fmt.value_of(measured.value, metric.unit, currency)
    known = metric.customers != NOBODY
    value = still(html.P(_way_in(metric, words), className="kpi-value")) if known else _linked(words, metric, href)
    return [value, still(html.P(_details(metric, measured, currency, comparison), className="kpi-details"))]


def _linked(words: str, metric: Metric, href: str) -> Component:
    said = html.Span(f", customers behind {metric.label}", className="visually-hidden")
    return html.P(link([words, said], href, className="kpi-who") if href else words, className="kpi-value")


def _way_in(metric: Metric, words: str) -> Component:
    """The value as the button that shows the customers in it."""
    said = html.Span(f", who is in {metric.label}", className="visually-hidden")
    return html.Button(
        [words, said], type="button", className="kpi-who", title="Who is in this number", **attrs(data_who=metric.name)
    )


def _details(metric: Metric, measured: Measured, currency: str, comparison: str) -> list[Any]:
    parts: list[Any] = []
    against = measured.against or comparison
    if against and measured.previous is not None:
        parts.append(_change(metric, measured))
    if measured.against or measured.previous is not None:
        parts += [html.Span(f"{against}; {measured.doubt}" if measured.doubt else against)] if against else []
    if measured.low is not None and measured.high is not None:
        low, high = (fmt.value_of(bound, metric.unit, currency) for bound in (measured.low, measured.high))
        parts.append(html.Span(written.span(low, high), title="Predictive interval"))
    if measured.n is not None:
        parts.append(html.Span(f"n = {fmt.number(measured.n)}", className="kpi-n"))
    return parts


def _change(metric: Metric, measured: Measured) -> Component:
    text = fmt.delta(measured.value, measured.previous, metric.unit)
    if text == fmt.NOTHING or measured.value is None or measured.previous is None:
        return html.Span(text)
    rising = measured.value >= measured.previous
    if not set(text) & set("123456789"):
        return html.Span("unchanged", className="change change-neutral")
    arrow = icon("arrow-up-short" if rising else "arrow-down-short")
    is_neutral = metric.better == "neutral" or bool(measured.doubt)
    verdict = "neutral" if is_neutral else "good" if rising == (metric.better == "up") else "bad"
    return html.Span([arrow, text], className=f"change change-{verdict}")
