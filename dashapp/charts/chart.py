"""What a chart is: one declaration that the card, the exports and the reports all use.

A chart file holds `build(frame, view) -> Chart` and `CHART = ChartSpec(...)`; adding a chart is adding a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import Period

Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that happened, to be told on every chart over time."""

    first_day: date
    last_day: date
    text: str
    "As somebody typed it: hostile until escaped."
    author: str


@dataclass(frozen=True, slots=True)
class View:
    """What every chart may know about the moment it is drawn for."""

    filters: Filters
    observed_from: date
    observed_until: date
    currency: str
    horizon_days: int = 365
    "How far predicted value looks ahead."
    ahead: pd.DataFrame | None = None
    "What the chart's question about the time after the data answers, where it has one and may show it."

    @property
    def period(self) -> Period:
        """The days meant, cut to the days the data knows, so that "all time" has a first day."""
        asked = self.filters.period(self.observed_until)
        start = min(max(asked.start, self.observed_from), asked.end)
        return Period(start, max(min(asked.end, self.observed_until), start))

    @property
    def comparison(self) -> Period | None:
        """The earlier days, where they were observed from the first one on: half a year is no year before."""
        earlier = self.filters.comparison(self.observed_until)
        return earlier if earlier and earlier.start >= self.observed_from else None


@dataclass(frozen=True, slots=True)
class Note:
    """Why there is no figure, and what to do."""

    kind: Literal["empty", "insufficient", "unavailable", "error"]
    text: str
    next_step: str = ""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Chart:
    """A drawn chart, itself and no other: what a page makes of it is remembered beside it.

    `figure` is a plain plotly dict without template, or None when `note` says why.
    """

    figure: Figure | None
    summary: str
    "One generated sentence that says what the figure shows: the text alternative."
    table: pd.DataFrame
    "The same numbers, columns in reading order with plain names."
    note: Note | None = None
    marks: tuple[Mapping[str, str] | None, ...] = ()
    """Whom the marks are about, as queries of the customers list beyond the filters of the page (charts/kit/marks.py);
    None for nobody in particular. The first ones are those of the rows of the table."""
    newest_first: bool = False
    "Whether the rows of a table over time begin with the newest."


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart by name: what it asks, how it is drawn, what it means."""

    name: str
    title: str
    unit: str
    "A few words on what is drawn, printed under the title."
    definition: str
    "One or two sentences: what is counted, over what."
    query: str
    "Stem of the file in store/queries that answers it."
    build: Callable[[pd.DataFrame, View], Chart]
    height: int = 320
    "Pixels."
    ahead: str = ""
    "Stem of a question about the months after the data, for what may be drawn beside; empty for none."
    is_predicted: bool = False
    "All it shows is predicted value, so it shows nothing where that is not valid."
    choice: str = ""
    "The choice of the filter bar that a click on a mark adds to; empty: a click shows the customers behind it."
    nobody: str = ""
    "Why no mark leads to customers; empty where marks do."
    parameters: dict[str, Any] = field(default_factory=dict)
    "Bound parameters of the query beyond the filters, with their defaults."


def nothing(
    text: str, next_step: str = "", kind: Literal["empty", "insufficient", "unavailable", "error"] = "empty"
) -> Chart:
    """A chart that says why it is not there."""
    return Chart(None, text, pd.DataFrame(), Note(kind, text, next_step))
