"""The cohort matrix as a picture: a heat map of the same cells, in the words and shades of the table."""

from __future__ import annotations

from collections.abc import Sequence

from dashapp.charts.chart import Figure
from dashapp.charts.kit.cohorts import STEPS
from dashapp.charts.kit.tiles import Tile, tiles
from dashapp.domain.cohort_view import CohortView
from dashapp.web import format as fmt
from dashapp.web.components.cohort_cells import Cell, Paid, Row
from dashapp.web.components.cohort_words import named, pays_back, words

ROW_PIXELS, AROUND_PIXELS = 24, 72
PLAIN = "#FFFFFF"
"Of a cell that counts in no mean, or that all are in."
LEGEND = (
    "Numbers in brackets: new customers. * The month is not complete for everybody. In italics with bounds: predicted, "
    "80 %. ◆ The month by which the cost had come back."
)


def picture(rows: Sequence[Row], view: CohortView, paid: Paid, unit: str) -> Figure:
    """Rows from top to bottom, as the table has them; `layout.height` is what they need."""
    heads = {_head(row): row for row in rows}
    last = max((cell.month for row in rows for cell in row.cells), default=0)
    cells = {
        (head, f"M{cell.month}"): Tile(_text(row, cell, view, paid), "", _color(cell))
        for head, row in heads.items()
        for cell in row.cells
    }
    drawn = tiles(list(heads), [f"M{month}" for month in range(last + 1)], cells)
    widest = max(map(len, heads), default=0)
    drawn["layout"]["margin"] |= {"l": 24 + 7 * widest}
    drawn["layout"]["xaxis"] |= {"title": {"text": unit}, "dtick": 1}
    drawn["layout"]["height"] = AROUND_PIXELS + ROW_PIXELS * len(heads)
    return drawn


def _head(row: Row) -> str:
    return f"{named(row) if row.start else row.name or row.label} ({fmt.number(row.customers)})"


def _text(row: Row, cell: Cell, view: CohortView, paid: Paid) -> str:
    value = words(cell.value, view)
    if cell.kind == "ahead":
        value = f"<i>{value} ({words(cell.low, view)}–{words(cell.high, view)})</i>"
    cohort = paid.get((row.name, row.start)) if row.start else None
    return f"{value}{'*' if cell.kind == 'open' else ''}{' ◆' if pays_back(cell, cohort) else ''}"


def _color(cell: Cell) -> str:
    return PLAIN if cell.step is None else STEPS[cell.step]
