"""What the cards of a page show under given filters, known without a browser: screen, workbook and PDF ask the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Chart, ChartSpec, Figure, Flag, nothing
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.predecessor import Predecessor
from dashapp.services.spared import Failure, spared
from dashapp.store import query
from dashapp.store.metrics import MetricValue, metric
from dashapp.store.snapshot import Snapshot
from dashapp.store.where import HONOURABLE

OF = "of"
"Key of what is asked that says of which customer or product the page is."


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table of a page that is no chart: what it is called, and how its rows are asked for."""

    name: str
    title: str
    unit: str
    "A few words on what a row is."
    definition: str
    ask: Callable[[Snapshot, Filters, Mapping[str, str]], pd.DataFrame | Chart]
    "The rows under these filters, or a chart that is drawn by no question alone; the mapping is the page's query."
    ignores: tuple[str, ...] = ()
    "Filters it cannot heed."
    height: int = 320
    "Pixels of its figure, where it has one."
    picture: Callable[[Snapshot, Filters, Mapping[str, str]], Figure | None] | None = None
    "Draws it for an image file where the page shows a table; the layout of the figure names its height."
    part_of: str = ""
    "Another table of the page, without which this one is left out: one of them says why there is nothing."

    def told(self, snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]) -> Chart:
        """The table as a card without a figure, or why there is none. Raises FilterError."""
        found = spared(f"table/{self.name}", lambda: self.ask(snapshot, filters, asked), lambda failure: failure)
        if isinstance(found, Failure):
            return nothing(found.text, found.next_step, found.kind)
        if isinstance(found, Chart):
            return found
        if found.empty:
            return nothing("There is no row in this view.")
        return Chart(None, f"{written.number(len(found))} rows.", found)


def of_query(
    name: str, title: str, unit: str, definition: str, question: str, hidden: Sequence[str] = (), **parameters: Any
) -> TableSpec:
    """The answer of a question as it is, its columns in plain words; `hidden` ones mean nothing outside."""

    def ask(snapshot: Snapshot, filters: Filters, _: Mapping[str, str]) -> pd.DataFrame:
        frame = snapshot.frame(question, filters, **parameters).drop(columns=list(hidden), errors="ignore")
        return frame.rename(columns=lambda column: str(column).replace("_", " ").capitalize())

    honoured = query.find(question).filters
    return TableSpec(name, title, unit, definition, ask, tuple(one for one in HONOURABLE if one not in honoured))


@dataclass(frozen=True, slots=True)
class Shown:
    """The cards of a page, drawn."""

    figures: tuple[tuple[Any, MetricValue], ...]
    "Each a metric, or what is called and explained like one."
    charts: tuple[tuple[ChartSpec, Chart], ...]
    tables: tuple[tuple[TableSpec, Chart], ...] = ()

    @property
    def cards(self) -> tuple[tuple[ChartSpec | TableSpec, Chart], ...]:
        """Charts, then tables."""
        return (*self.charts, *self.tables)

    @property
    def rows(self) -> int:
        """Rows of all tables and one per key figure."""
        return len(self.figures) + sum(len(chart.table) for _, chart in self.cards)


@dataclass(frozen=True, slots=True)
class Showing:
    """Key figures and charts by name, in reading order."""

    metrics: Sequence[str] = ()
    charts: Sequence[str] = ()
    compares: bool = False
    "Key figures are shown against the period before."
    tables: Sequence[TableSpec] = ()
    "What is no chart: matrices, tiles and lists."
    view: Filters | None = None
    "Under which charts are drawn whatever the page's filters say."
    parameters: Callable[[Snapshot, Mapping[str, str]], Mapping[str, Mapping[str, Any]]] | None = None
    "Chart to what its question gets beyond the filters, from the query of the page's address."
    measured: Callable[[Snapshot, Filters, Mapping[str, str]], Sequence[tuple[Any, MetricValue]]] | None = None
    "Key figures that are no metrics of the registry."

    def cards(
        self, snapshot: Snapshot, filters: Filters, before: Predecessor | None = None,
        asked: Mapping[str, str] = MappingProxyType({}), flags: Callable[[Filters], Sequence[Flag]] = lambda _: (),
    ) -> Shown:  # fmt: skip
        """What they show now; `asked` is the query of the page's address, `flags` what services.annotations has for
        this reader. Raises FilterError."""
        seen = self.view or filters
        values = charting.measure_all(self.metrics, snapshot, filters, before)
        more = self.parameters(snapshot, asked) if self.parameters else {}
        drawn = charting.together(
            [partial(charting.draw, name, snapshot, seen, flags(seen), **more.get(name, {})) for name in self.charts]
        )
        told = values if self.compares else [replace(value, previous=None) for value in values]
        own = self.measured(snapshot, filters, asked) if self.measured else ()
        return Shown(
            (*zip(map(metric, self.metrics), told, strict=True), *own),
            tuple(zip(map(catalogue.chart, self.charts), drawn, strict=True)),
            tuple(self._told(snapshot, filters, asked)),
        )

    def _told(
        self, snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]
    ) -> Iterator[tuple[TableSpec, Chart]]:
        missing = set()
        for spec in self.tables:
            if spec.part_of not in missing:
                told = spec.told(snapshot, filters, asked)
                missing |= {spec.name} if told.note else set()
                yield spec, told


def figures_table(shown: Shown) -> pd.DataFrame:
    """One row per key figure: what it is, what it was, and why it is missing where it is."""
    rows = [
        {
            "Key figure": one.label,
            "Value": value.value,
            "Unit": one.unit,
            "Before": value.previous,
            "Low (80 %)": value.low,
            "High (80 %)": value.high,
            "n": value.n,
            "Why not": value.reason,
        }
        for one, value in shown.figures
    ]
    return pd.DataFrame(rows).astype({name: float for name in ("Value", "Before", "Low (80 %)", "High (80 %)", "n")})
