"""The one chart card: title, unit, definition, menu, figure, its sentence, its table and its states.

A page places `chart_card(id, spec)`, lists `*card_outputs(id, ...)` in its callback and returns
`*card_values(chart, ...)` in the same order. The graph itself stays on the page and only its figure changes, so a
redraw keeps zoom and focus. The table travels as text in an attribute and is drawn by assets/55-tables.js when
somebody asks for it, and a card has only three parts that change: Dash's renderer tells every component on the page
about every change, so a thousand cells as components make each redraw take seconds (docs/adr/0004).

A click on a mark adds the chart's choice to the filter bar, or opens the drawer with the customers behind it; the rows
of the table offer both by keyboard. The browser does that from what the card carries; no page wires anything.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from dash import Output, html, no_update
from dash.development.base_component import Component

from dashapp.charts.chart import Chart, ChartSpec, Note
from dashapp.services.showing import TableSpec
from dashapp.web.components.basics import attrs, defined, disclosure, icon, icon_button, table_words
from dashapp.web.components.funnel import funnel
from dashapp.web.components.graph import plot
from dashapp.web.components.states import from_note
from dashapp.web.components.still import still
from dashapp.written import local

_tables: WeakKeyDictionary[Chart, str] = WeakKeyDictionary()
"Of the charts that a snapshot remembers; a table in words costs as much as some of the charts."


class Named(Protocol):
    """What a card says of itself."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def definition(self) -> str: ...
    @property
    def height(self) -> int: ...


def chart_card(
    card_id: str, spec: ChartSpec, span: int = 6, used: Sequence[str] | None = None, ignored: Sequence[str] = ()
) -> Component:
    """A card `span` of 12 columns wide. `used`/`ignored` name the filters the figure honours or cannot honour; without
    them the page has no filter bar."""
    heeds = [] if used is None else [funnel(used, ignored)]
    return _card(card_id, spec, span, f"chart/{spec.name}", heeds, data_choice=spec.choice)


def answered_card(
    card_id: str, spec: TableSpec, chart: Chart, number: str, file: str, heeds: Sequence[Component] = ()
) -> Component:
    """The card of a chart that no redraw changes, because it is the answer of a computation. `number`: what its
    definition is registered under; `file`: page and table, of which its files are."""
    card = _card(card_id, spec, 12, number, heeds, data_file=f"page/{file}")
    figure, look, table, said = _values(chart)
    props = [(card[f"{card_id}-caption"], "children", said), (card, "className", look), (card, "data-table", table)]
    if chart.figure:
        props.append((card[f"{card_id}-graph"], "figure", figure))
    for part, name, value in props:
        setattr(part, name, value)
    return card


def file_card(card_id: str, spec: Named, file: str) -> Component:
    """The card of a chart that is of no figure of the shop; `file`: the address of its files, below /export/."""
    return _card(card_id, spec, 12, "", [], data_file=file)


def _card(card_id: str, spec: Named, span: int, number: str, heeds: Sequence[Component], **more: str) -> Component:
    title_id, caption_id = f"{card_id}-title", f"{card_id}-caption"
    return html.Article(
        [
            _head(title_id, spec, number, heeds),
            html.Figure(
                [
                    plot(f"{card_id}-graph", spec.height, f"{title_id} {caption_id}"),
                    html.Figcaption(id=caption_id, className="card-caption"),
                    html.Div(className="card-table"),
                ],
                className="card-figure",
                style={"minHeight": f"{spec.height}px"},
            ),
        ],
        id=card_id,
        className="chart-card is-waiting",
        style={"--span": span},
        **attrs(aria_labelledby=title_id, data_chart=spec.name, data_title=spec.title, **more),
    )


def _head(title_id: str, spec: Named, number: str, heeds: Sequence[Component]) -> Component:
    words = html.Div(
        [html.H2(spec.title, id=title_id), html.P(local(spec.unit), className="card-unit")], className="card-title"
    )
    tools = [
        *heeds,
        defined(spec.title, number, spec.definition),
        icon_button(f"View {spec.title} as a table", "table", **attrs(data_action="table", aria_pressed="false")),
        _menu(spec),
    ]
    return still(html.Header([words, html.Div(tools, className="card-tools")], className="card-head"))


def _menu(spec: Named) -> Component:
    items = [
        ("png", "Image (PNG)", "download", ""),
        ("svg", "Vector (SVG)", "download", ""),
        ("zip", "Data (CSV)", "download", "needs-exports"),
        ("xlsx", "Workbook (XLSX)", "download", "needs-exports"),
        ("copy", "Copy data", "clipboard-data", ""),
        ("expand", "Full screen", "arrows-fullscreen", ""),
    ]
    buttons = [
        html.Button(
            [icon(picture), label], type="button", className=f"menu-item {extra}".strip(), **attrs(data_export=kind)
        )
        for kind, label, picture, extra in items
    ]
    return disclosure(f"Export {spec.title}", buttons, "three-dots", "popover-end menu")


def card_outputs(*card_ids: str) -> list[Output]:
    """Everything of these cards that a redraw changes, in the order `card_values` returns it."""
    return [
        output
        for card_id in card_ids
        for output in (
            Output(f"{card_id}-graph", "figure"),
            Output(card_id, "className"),
            Output(card_id, "data-table"),
            Output(f"{card_id}-caption", "children"),
        )
    ]


def card_values(*charts: Chart) -> list[Any]:
    """The values for `card_outputs` of as many cards."""
    return [value for chart in charts for value in _values(chart)]


def _values(chart: Chart) -> tuple[Any, str, str, Any]:
    """Figure, look of the card, its table, and its sentence: what the chart says or why there is none."""
    if chart.figure is None:
        return no_update, "chart-card is-noted", "", from_note(chart.note or Note("empty", chart.summary))
    table = _tables.get(chart) or _tables.setdefault(chart, _table(chart))
    return chart.figure, "chart-card is-drawn", table, chart.summary


def _table(chart: Chart) -> str:
    words = table_words(chart.table, chart.summary)._asdict()
    return json.dumps(words | {"marks": [dict(mark) if mark else None for mark in chart.marks]}, default=str)
