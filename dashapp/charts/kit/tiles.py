"""A grid of few coloured tiles with words in them: bars of height one, so that each can be clicked like a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashapp.charts.chart import Figure
from dashapp.charts.kit.figures import Trace, figure
from dashapp.charts.kit.marks import marked
from dashapp.charts.kit.theme import COMPARISON

INK, WHITE = "#0B1B45", "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Tile:
    """One field of the grid."""

    text: str
    hover: str
    color: str
    mark: int | None = None
    "The mark of the chart it is."

    @property
    def ink(self) -> str:
        """Dark or white, whichever reads on the colour (WCAG relative luminance)."""
        parts = [int(self.color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2 else WHITE


def tiles(rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], Tile], **layout: Any) -> Figure:
    """The first row on top; fields without a tile stay empty."""
    traces = [_row(name, columns, cells) for name in reversed(rows)]
    places = [place + 0.5 for place in range(len(rows))]
    base: dict[str, Any] = {
        "barmode": "stack",
        "bargap": 0.03,
        "xaxis": {"type": "category", "categoryorder": "array", "categoryarray": list(columns), "fixedrange": True,
                  "ticks": ""},
        "yaxis": {"tickmode": "array", "tickvals": places, "ticktext": list(reversed(rows)), "range": [0, len(rows)],
                  "fixedrange": True, "showgrid": False, "ticks": ""},
        "margin": {"l": 70, "r": 8, "t": 8, "b": 44, "autoexpand": False},
    }  # fmt: skip
    return figure(traces, **base | layout)


def _row(name: str, columns: Sequence[str], cells: Mapping[tuple[str, str], Tile]) -> Trace:
    found = [(column, cells.get((name, column))) for column in columns]
    trace: Trace = {
        "type": "bar",
        "name": name,
        "x": list(columns),
        "y": [1] * len(columns),
        "text": [tile.text if tile else "" for _, tile in found],
        "hovertext": [tile.hover if tile else "" for _, tile in found],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": [tile.ink if tile else COMPARISON for _, tile in found], "size": 12},
        "marker": {
            "color": [tile.color if tile else "rgba(138, 148, 166, 0.12)" for _, tile in found],
            "line": {"width": 1, "color": COMPARISON},
        },
    }
    return marked(trace, [tile.mark if tile else None for _, tile in found])
