"""Cards as workbooks: one card, or every card of a page with a sheet each, and what a reader needs to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import pandas as pd

from dashapp import written
from dashapp.charts.chart import Chart, ChartSpec
from dashapp.domain.filters import Filters
from dashapp.domain.validity import Validity
from dashapp.services import charting, sheets
from dashapp.services.exports import provenance
from dashapp.services.showing import Shown, TableSpec, figures_table
from dashapp.settings import Settings
from dashapp.store.metrics import MetricValue
from dashapp.store.snapshot import Snapshot

FIGURES = "Key figures"
"Name of the sheet that holds them."
NO_TABLE = "No table: "
Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants which view of which snapshot."""

    snapshot: Snapshot
    filters: Filters
    asked_by: str
    asked_at: datetime
    of: str = ""
    "Which customer or product, on the page of one."
    compares: bool = True
    "Whether the page can compare with an earlier period at all."

    @property
    def compared(self) -> str:
        """The earlier period compared with, "" for none."""
        earlier = self.filters.comparison(self.until) if self.compares else None
        return str(earlier or "")

    @property
    def until(self) -> date:
        """Last day of sales known."""
        return self.snapshot.facts.observed_until

    def name(self, stem: str, suffix: str) -> str:
        """A file name of letters, digits, points and hyphens."""
        return f"{stem}-{self.until:%Y-%m-%d}-snapshot-{self.snapshot.seq}.{suffix}"


def subtitle(asked: Asked) -> str:
    """The view, the day, the snapshot and whether its predictions hold, in one line for the top of a picture."""
    facts = asked.snapshot.facts
    judged = Validity(facts.validity).label.lower()
    day = f"as of {written.day(asked.until)} · snapshot {asked.snapshot.seq}"
    return f"{asked.filters.sentence(asked.until)} · {day} · predictions: {judged}"


def about_view(title: str, asked: Asked, rows: int) -> Lines:
    """What the file is and where its figures come from, as (item, text)."""
    facts = asked.snapshot.facts
    compared = [("Compared with", asked.compared)] if asked.compared else []
    return [
        ("Content", f"{title}, {facts.shop_name or facts.source}: key figures and charts as on the screen"),
        ("Filters", asked.filters.sentence(asked.until)),
        *compared,
        ("Rows", f"{rows:,}"),
        *provenance(asked.snapshot, asked.asked_by, asked.asked_at),
    ]


def about_card(spec: ChartSpec | TableSpec, chart: Chart) -> Lines:
    """What a card shows, as (item, text)."""
    ignored = spec.ignores if isinstance(spec, TableSpec) else charting.heeded(spec.name)[1]
    said = f"{chart.note.text} {chart.note.next_step}".strip() if chart.note else chart.summary
    lines = [(spec.title, f"{spec.unit}. {spec.definition}"), (f"{spec.title}: reads", said)]
    return [*lines, (f"{spec.title}: filters ignored", ", ".join(ignored))] if ignored else lines


def about_cards(shown: Shown) -> Lines:
    """What each card of a page shows, as (item, text)."""
    figures = [(one.label, f"{one.definition} Formula: {one.formula}.") for one, _ in shown.figures]
    return figures + [line for spec, chart in shown.cards for line in about_card(spec, chart)]


def about_one(spec: ChartSpec | TableSpec, chart: Chart, asked: Asked) -> Lines:
    """What the file of one card holds, as (item, text)."""
    return about_view(spec.title, asked, len(chart.table)) + about_card(spec, chart)


def card_book(spec: ChartSpec | TableSpec, chart: Chart, asked: Asked, settings: Settings) -> IO[bytes]:
    """One card as a workbook: its table and an About sheet. At its start; it vanishes when closed."""
    return lines_book(spec.title, chart, about_one(spec, chart, asked), settings)


def lines_book(title: str, chart: Chart, about: Lines, settings: Settings) -> IO[bytes]:
    """The table of a chart and these lines about it as a workbook. At its start; it vanishes when closed."""
    return _book([(title, lambda book, name: _write_table(book, name, chart))], about, settings)


def page_book(title: str, shown: Shown, asked: Asked, settings: Settings) -> IO[bytes]:
    """A page as a workbook: key figures, a sheet for each chart, About. At its start; it vanishes when closed."""
    parts: list[Part] = [(FIGURES, lambda book, name: _write_figures(book, name, shown))] if shown.figures else []
    for spec, chart in shown.cards:
        parts.append((spec.title, lambda book, name, chart=chart: _write_table(book, name, chart)))
    return _book(parts, about_view(title, asked, shown.rows) + about_cards(shown), settings)


Part = tuple[str, Callable[..., int]]
"Title of a sheet, and what writes it: (book, name) -> cells that were shortened."


def _book(parts: Sequence[Part], about: Lines, settings: Settings) -> IO[bytes]:
    file, folder = sheets.temporary(settings)
    with sheets.workbook(file, folder) as book:
        taken = ["About"]
        shortened = 0
        for title, write in parts:
            taken.append(sheets.sheet_name(title, taken))
            shortened += write(book, taken[-1])
        sheets.write_about(book, about, shortened)
    file.seek(0)
    return file


def _write_table(book: Any, name: str, chart: Chart) -> int:
    """The table of a chart, or why there is none."""
    frame = chart.table
    if not len(frame.columns):
        frame = pd.DataFrame({name: [f"{NO_TABLE}{chart.note.text if chart.note else chart.summary}"]})
    sheet = sheets.Sheet(book, name, sheets.number_formats(frame))
    sheet.write(frame)
    return sheet.shortened


def _write_figures(book: Any, name: str, shown: Shown) -> int:
    sheet = sheets.Sheet(book, name)
    sheet.write(figures_table(shown), [_look(one.unit, value) for one, value in shown.figures])
    return sheet.shortened


def _look(unit: str, value: MetricValue) -> str:
    """The number format of a key figure."""
    if unit == "share":
        return "0.0%"
    is_whole = value.value is None or value.value % 1 == 0
    return "#,##0" if unit == "count" or is_whole else "#,##0.00"
