"""The only dcc.Graph of the product: plotly's cloud buttons off, no mode bar, templates put on in the browser."""

from __future__ import annotations

from typing import Any

from dash import dcc
from dash.development.base_component import Component

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
