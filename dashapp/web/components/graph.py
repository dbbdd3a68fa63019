"""The only dcc.Graph of the product: plotly's cloud buttons off, no mode bar, templates put on in the browser."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.web.components.basics import attrs

CONFIG: Any = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
    "showTips": False,
    "doubleClick": "reset",
}
WAITING: dict[str, Any] = {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def graph(graph_id: str, height: int = 320) -> Component:
    """A graph that waits for its figure. `height` in pixels: plotly ignores layout.height when responsive."""
    return dcc.Graph(id=graph_id, figure=WAITING, config=CONFIG, style={"height": f"{height}px"}, responsive=True)


def plot(graph_id: str, height: int, named_by: str) -> Component:
    """A graph in a frame of `height` pixels, named by the elements `named_by`; assets/52-legends.js writes which series
    is which above it, out of the same height."""
    drawing = html.Div(graph(graph_id, height), className="card-drawing", role="img", **attrs(aria_labelledby=named_by))
    return html.Div(
        [html.Div(className="card-legend"), drawing], className="card-plot", style={"--plot": f"{height}px"}
    )
