"""The cohort matrix in words: what stands in a cell, what a cell says, and the whole as the browser draws it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashapp import written
from dashapp.charts.kit.formats import plural
from dashapp.charts.kit.paid_cohorts import PaidCohort
from dashapp.domain.cohort_view import CohortView
from dashapp.domain.payback import Payback
from dashapp.domain.vocabulary import Basis
from dashapp.web import format as fmt
from dashapp.web.components.cohort_cells import Cell, Paid, Row


def words(value: float | None, view: CohortView) -> str:
    """A number as it stands in a cell."""
    if value is None or not fmt.known(value):
        return fmt.NOTHING
    if view.metric == "retention" and view.unit == "each":
        return f"{100 * value:.0f}"
    if view.metric == "orders" and view.unit == "each":
        return fmt.number(value, 2)
    return fmt.compact(round(value)) if abs(value) >= 100 else fmt.number(value)


def unit_words(view: CohortView, basis: Basis, currency: str, month: str = "k") -> str:
    """What the numbers are, in a few words."""
    if view.metric == "retention":
        return f"{'%' if view.unit == 'each' else 'Number'} of the cohort that {_bought(view, month)}"
    when = f"in month {month}" if view.count == "in" else f"by the end of month {month}"
    if view.metric == "aov":
        return f"{basis.label} per order {when}, {currency}"
    each = "" if view.unit == "total" else " per customer"
    if view.metric == "orders":
        return f"Orders{each} {when}"
    return f"{basis.label if view.metric == 'value' else 'Margin'}{each} {when}, {currency}"


def _bought(view: CohortView, month: str) -> str:
    return f"bought in month {month}" if view.count == "in" else f"had bought again by month {month}"


def says(row: Row, cell: Cell, view: CohortView, basis: Basis, currency: str, cohort: PaidCohort | None) -> str:
    """The cell in a sentence: for the tooltip and for those who do not see the colour."""
    text = named(row)
    sign = f"{written.NO_BREAK}%" if view.metric == "retention" and view.unit == "each" else ""
    number, people = f"{words(cell.value, view)}{sign}", plural(cell.customers, "customer")
    if view.metric == "retention":
        text += f": {number} of {people} {_bought(view, str(cell.month))}"
    else:
        text += f": {unit_words(view, basis, currency, str(cell.month))}{written.NO_BREAK}{number}, {people}"
    if cell.kind == "open":
        text += ", month not complete"
    if cell.kind == "ahead":
        text += f", predicted, {written.span(words(cell.low, view), words(cell.high, view))}{sign}"
    if pays_back(cell, cohort):
        text += ", the month by which the cost had come back"
    return text


def named(row: Row) -> str:
    """The cohort with its channel or country."""
    return f"{row.name}, {row.label}" if row.name and row.start else row.label


def pays_back(cell: Cell, cohort: PaidCohort | None) -> bool:
    """Whether this is the month in which the cohort has brought back what it cost."""
    return bool(cohort and cohort.payback and cohort.payback.month == cell.month)


def matrix(
    rows: list[Row],
    view: CohortView,
    paid: Paid,
    everyone: Mapping[str, tuple[float | None, Payback | None]],
    hrefs: Mapping[tuple[str, date], str],
    basis: Basis,
    currency: str,
) -> dict[str, Any]:
    """What assets/55-cohorts.js draws: columns and rows in words, every cell with its look and its sentence."""
    unit = unit_words(view, basis, currency)
    last = max((cell.month for row in rows for cell in row.cells), default=0)
    return {
        "caption": f"Cohorts by {view.by} of the first purchase. {unit}.",
        "columns": ["Cohort", "New", "Cost each", "Again %", "Payback", *(f"M{month}" for month in range(last + 1))],
        "rows": [
            _row(row, view, paid, hrefs, last, basis, currency) | {"facts": _facts(row, paid, everyone, currency)}
            for row in rows
        ],
    }


def _row(
    row: Row,
    view: CohortView,
    paid: Paid,
    hrefs: Mapping[tuple[str, date], str],
    last: int,
    basis: Basis,
    currency: str,
) -> dict[str, Any]:
    key = (row.name, row.start) if row.start else None
    cohort = paid.get(key) if key else None
    cells: list[Any] = [None] * (last + 1)
    for cell in row.cells:
        cells[cell.month] = [
            words(cell.value, view), cell.kind, cell.step, int(pays_back(cell, cohort)),
            says(row, cell, view, basis, currency, cohort),
        ]  # fmt: skip
    return {
        "head": row.label,
        "said": named(row),
        "all": row.start is None,
        "href": hrefs.get(key, "") if key else "",
        "cells": cells,
    }


def _facts(
    row: Row, paid: Paid, everyone: Mapping[str, tuple[float | None, Payback | None]], currency: str
) -> list[str]:
    """The columns before the months."""
    cohort = paid.get((row.name, row.start)) if row.start else None
    cost, payback = (cohort.cost, cohort.payback) if cohort else (None, None)
    if row.start is None:
        cost, payback = everyone.get(row.name, (None, None))
    return [
        fmt.number(row.customers),
        fmt.money(cost, currency),
        fmt.NOTHING if row.repeat is None else f"{100 * row.repeat:.0f}",
        payback.words() if payback else fmt.NOTHING,
    ]
