"""What ran when: a bar per step on one axis of seconds. Not of the shop's data, so no chart of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, nothing
from dashapp.charts.kit.figures import figure
from dashapp.charts.kit.formats import number, percent, plural
from dashapp.charts.kit.theme import MEASURE

LABEL_ROOM = 1.16
"Room right of the last bar for its seconds, as a factor of the whole time: 45 pixels on a phone."

LEAST_ROWS = 6
"Fewer steps leave room below instead of growing fat."


@dataclass(frozen=True, slots=True)
class Span:
    """One step: its name, when it began and ended in seconds since the start, what it said last."""

    name: str
    started: float
    ended: float
    message: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.started


def duration(seconds: float) -> str:
    """
    >>> duration(0.044), duration(75.31), duration(600)
    ('0.04 s', '75.3 s', '10 min')
    """
    if seconds >= 90:
        return f"{seconds / 60:.0f} min"
    return f"{number(seconds, 1)} s" if seconds >= 0.1 else f"{number(seconds, 2)} s"


def gantt(spans: Sequence[Span]) -> Chart:
    """The steps from top to bottom, with the longest named."""
    if not spans:
        return nothing("No step has been reported.", "A run that has not started yet has none.")
    end = max(span.ended for span in spans) or 1.0
    drawn = figure(
        [_bars(spans)],
        xaxis={"range": [0, end * LABEL_ROOM], "title": {"text": "Seconds since the start", "standoff": 6},
               "fixedrange": True, "nticks": 6, "showgrid": True},
        yaxis={"type": "category", "range": [max(len(spans), LEAST_ROWS) - 0.5, -0.5], "fixedrange": True,
               "showgrid": False, "ticks": "", "ticklabelstandoff": 6},
        margin={"l": 84, "r": 12, "t": 8, "b": 44, "autoexpand": False},
        bargap=0.35,
    )  # fmt: skip
    return Chart(drawn, _summary(spans), _table(spans))


def _bars(spans: Sequence[Span]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": "Steps",
        "y": [span.name.capitalize() for span in spans],
        "base": [span.started for span in spans],
        "x": [round(span.seconds, 3) for span in spans],
        "text": [duration(span.seconds) for span in spans],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": MEASURE},
        "customdata": [f"{number(span.started, 1)} s to {number(span.ended, 1)} s" for span in spans],
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }


def _summary(spans: Sequence[Span]) -> str:
    total = max(span.ended for span in spans) - min(span.started for span in spans)
    if len(spans) == 1:
        return f"1 step, {spans[0].name}, in {duration(total)}."
    longest = max(spans, key=lambda span: span.seconds)
    share = f" ({percent(longest.seconds / total, 0)})" if total else ""
    return (
        f"{plural(len(spans), 'step')} in {duration(total)}; {longest.name} took the longest, "
        f"{duration(longest.seconds)}{share}."
    )


def _table(spans: Sequence[Span]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Step": [span.name.capitalize() for span in spans],
            "Started, s": [round(span.started, 1) for span in spans],
            "Ended, s": [round(span.ended, 1) for span in spans],
            "Took": [duration(span.seconds) for span in spans],
            "Said last": [span.message for span in spans],
        }
    )
