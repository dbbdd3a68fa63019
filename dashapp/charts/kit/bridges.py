"""A bridge from one amount to another: bars that hang where the last one ended, from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashapp import written
from dashapp.charts.chart import Figure, View
from dashapp.charts.kit.figures import figure, hatched
from dashapp.charts.kit.formats import MINUS, money
from dashapp.charts.kit.marks import marked
from dashapp.charts.kit.theme import COMPARISON

UP, DOWN = "#418364", "#DE6F10"
"Hues of the light theme, 3.2:1 or more on both surfaces; the sign is written beside every bar."
LABEL_ROOM = 0.4
"Of the widest bar or step, where a number is written beside a bar: 50 pixels on a phone."
LEAST_ROOM = 0.02


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: what it is, how much, and whether it stands for itself (an end of the bridge) or changes the last."""

    name: str
    amount: float
    is_end: bool = False
    is_assumed: bool = False
    "Hatched: nobody knows it, somebody takes it for granted."


def change(amount: float, currency: str) -> str:
    """
    >>> change(1200.0, "GBP"), change(-950.0, "GBP")
    ('+\\u2060£1.20k', '−\\u2060£950')
    """
    words = money(amount, currency)
    return words if words.startswith(MINUS) or not amount else written.with_sign("+", words)


def bridge(rows: Sequence[Bar], view: View, marks: Sequence[int | None] = ()) -> Figure:
    """The bars, and a thin line from the end of each to the start of the next; `marks` are those of the bars."""
    starts, ends = _places(rows)
    names = [row.name for row in rows]
    text = [money(row.amount, view.currency) if row.is_end else change(row.amount, view.currency) for row in rows]
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "name": "Bridge",
        "y": names,
        "x": [end - start for start, end in zip(starts, ends, strict=True)],
        "base": starts,
        "text": text,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [_color(row) for row in rows]} | hatched([row.is_assumed for row in rows]),
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    return figure(
        [marked(trace, marks) if marks else trace],
        shapes=[_joint(place, end) for place, end in enumerate(ends[:-1])],
        xaxis={"range": _range(rows, starts, ends), "showticklabels": False,
               "showgrid": False, "zeroline": True, "fixedrange": True},
        yaxis={"type": "category", "range": [len(rows) - 0.5, -0.5], "fixedrange": True, "showgrid": False, "ticks": "",
               "ticklabelstandoff": 6, "nticks": len(rows) + 1},
        margin={"l": 14 + 7 * max(map(len, names)), "r": 8, "t": 8, "b": 8, "autoexpand": False},
        bargap=0.32,
    )  # fmt: skip


def _places(rows: Sequence[Bar]) -> tuple[list[float], list[float]]:
    starts, ends, level = [], [], 0.0
    for row in rows:
        starts.append(0.0 if row.is_end else round(level, 2))
        level = row.amount if row.is_end else level + row.amount
        ends.append(round(level, 2))
    return starts, ends


def _range(rows: Sequence[Bar], starts: Sequence[float], ends: Sequence[float]) -> list[float]:
    """Room for every number: left of a bar that goes down, right of one that goes up."""
    low, high = min([0.0, *starts, *ends]), max([0.0, *starts, *ends])
    width = high - low or 1.0
    down = [end for row, end in zip(rows, ends, strict=True) if row.amount < 0]
    up = [end for row, end in zip(rows, ends, strict=True) if row.amount >= 0]
    left = min([low - LEAST_ROOM * width, *(end - LABEL_ROOM * width for end in down)])
    return [left, max([high + LEAST_ROOM * width, *(end + LABEL_ROOM * width for end in up)])]


def _color(row: Bar) -> str:
    return COMPARISON if row.is_end else UP if row.amount >= 0 else DOWN


def _joint(place: int, level: float) -> dict[str, Any]:
    line = {"color": COMPARISON, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": level, "x1": level, "y0": place, "y1": place + 1, "line": line, "layer": "below"}
