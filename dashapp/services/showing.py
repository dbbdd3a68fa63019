"""What the cards of a page show under given filters, known without a browser: screen, workbook and PDF ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashapp.charts import catalogue
from dashapp.charts.chart import Chart, ChartSpec
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.predecessor import Predecessor
from dashapp.store.metrics import Metric, MetricValue, metric
from dashapp.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Shown:
    """The cards of a page, drawn."""

    figures: tuple[tuple[Metric, MetricValue], ...]
    charts: tuple[tuple[ChartSpec, Chart], ...]

    @property
    def rows(self) -> int:
        """Rows of all tables and one per key figure."""
        return len(self.figures) + sum(len(chart.table) for _, chart in self.charts)


@dataclass(frozen=True, slots=True)
class Showing:
    """Key figures and charts by name, in reading order."""

    metrics: Sequence[str] = ()
    charts: Sequence[str] = ()
    compares: bool = False
    "Key figures are shown against the period before."

    def cards(self, snapshot: Snapshot, filters: Filters, before: Predecessor | None = None) -> Shown:
        """What they show now. Raises FilterError."""
        values = charting.measure_all(self.metrics, snapshot, filters, before)
        drawn = charting.draw_all(self.charts, snapshot, filters)
        told = values if self.compares else [replace(value, previous=None) for value in values]
        return Shown(
            tuple(zip(map(metric, self.metrics), told, strict=True)),
            tuple(zip(map(catalogue.chart, self.charts), drawn, strict=True)),
        )


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
