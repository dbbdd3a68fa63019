"""Several measures of the same few things, side by side: one row per thing, one column of bars per measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.charts.chart import Figure
from dashapp.charts.kit.figures import Trace, figure
from dashapp.charts.kit.formats import known
from dashapp.charts.kit.marks import marked
from dashapp.charts.kit.theme import COMPARISON, MEASURE

GAP = 0.06
FEWEST_ROWS = 6
"Room for this many rows at least, so that one bar alone is no block."
LONGEST_NAME = 27
"Letters of a name beside its bars; a longer one would leave the bars no room."
LAST_LABEL = 28
"Pixels on the right into which the number of the last column may reach on a phone."
LABEL_ROOM = {3: 2.6, 4: 3.2}
ROOMY = 1.7
"The axis ends this far past the longest bar, so that the number behind it fits; three columns are narrow on a phone."
ONE_LINE = 9
"Letters of a heading of three; a longer one has two lines, as any of four, or it would run into the next on a phone."


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of bars."""

    column: str
    title: str
    text: Callable[[Any], str]


def panels(
    frame: pd.DataFrame,
    names: str,
    measures: Sequence[Measure],
    colors: Sequence[str] | None = None,
    marks: Sequence[int | None] | None = None,
) -> Figure:
    """Bars of every measure, the first row on top. The mark of a row is its number, or what `marks` says.

    Bars in `colors` have an outline: some of those colours are too near to one of the two surfaces.
    """
    numbers = range(len(frame)) if marks is None else marks
    traces = [marked(_bars(frame, names, measure, place, colors), numbers) for place, measure in enumerate(measures)]
    layout: dict[str, Any] = {
        "yaxis": {
            "range": [max(len(frame), FEWEST_ROWS) - 0.5, -0.5],
            "fixedrange": True,
            "showgrid": False,
            "ticks": "",
            "ticklabelstandoff": 6,
            "type": "category",
            "tickvals": list(frame[names]),
            "ticktext": [_shortened(str(name)) for name in frame[names]],
            "nticks": max(len(frame), FEWEST_ROWS) + 1,
        },
        "margin": {
            "l": _label_room(frame[names]),
            "r": LAST_LABEL,
            "t": 44 if _is_high(measures) else 30,
            "b": 8,
            "autoexpand": False,
        },
        "annotations": [_heading(measure, place, len(measures)) for place, measure in enumerate(measures)],
        "bargap": 0.32,
    }
    for place, measure in enumerate(measures):
        layout[_axis_name("xaxis", place)] = _scale(frame[measure.column], place, len(measures))
    return figure(traces, **layout)


def _shortened(name: str) -> str:
    """The name as it stands beside its bars; hovering and the table have all of it.

    >>> _shortened("WHITE HANGING HEART T-LIGHT HOLDER")
    'WHITE HANGING HEART T-LIGH…'
    """
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _label_room(names: pd.Series[Any]) -> int:
    """Pixels for the longest name at 12 px type, in which capitals are wider."""
    shown = [_shortened(str(name)) for name in names]
    return 14 + max((sum(9 if letter.isupper() else 7 for letter in name) for name in shown), default=0)


def _axis_name(kind: str, place: int) -> str:
    return kind if place == 0 else f"{kind}{place + 1}"


def _left(place: int, count: int) -> float:
    return place * (1 + GAP) / count


def _bars(frame: pd.DataFrame, names: str, measure: Measure, place: int, colors: Sequence[str] | None) -> Trace:
    values = [float(value) if known(value) else None for value in frame[measure.column]]
    trace: Trace = {
        "type": "bar",
        "orientation": "h",
        "name": measure.title,
        "x": values,
        "y": list(frame[names]),
        "xaxis": _axis_name("x", place),
        "text": [measure.text(value) for value in frame[measure.column]],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{text}<extra>" + measure.title + "</extra>",
    }
    outlined = {"color": list(colors), "line": {"width": 1, "color": COMPARISON}} if colors else {"color": MEASURE}
    return trace | {"marker": outlined}


def _scale(values: pd.Series[Any], place: int, count: int) -> dict[str, Any]:
    numbers = [float(value) for value in values if known(value)]
    top, bottom = max([*numbers, 0.0]), min([*numbers, 0.0])
    room = LABEL_ROOM.get(count, ROOMY)
    width = 1 / count - GAP * (count - 1) / count
    start = _left(place, count)
    return {
        "domain": [round(start, 4), round(min(start + width, 1), 4)],
        "range": [bottom * room, (top or 1) * room],
        "showticklabels": False,
        "showgrid": False,
        "fixedrange": True,
    }


def _is_high(measures: Sequence[Measure]) -> bool:
    return any("<br>" in _lines(measure.title, len(measures)) for measure in measures)


def _lines(title: str, count: int) -> str:
    """The heading of one column of `count`.

    >>> _lines("Margin to cost", 4), _lines("Share of CLV", 3), _lines("CLV each", 3), _lines("Bought it next", 2)
    ('Margin<br>to cost', 'Share<br>of CLV', 'CLV each', 'Bought it next')
    """
    longest = len(title) if count < 3 else ONE_LINE if count == 3 else 0
    return title if len(title) <= longest else title.replace(" ", "<br>", 1)


def _heading(measure: Measure, place: int, count: int) -> dict[str, Any]:
    return {
        "text": _lines(measure.title, count),
        "align": "left",
        "xref": "paper",
        "yref": "paper",
        "x": _left(place, count),
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12 if count < 3 else 11},
    }
