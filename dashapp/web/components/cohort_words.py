"""The cohort matrix in words: what stands in a cell, what a cell says, and the whole as the browser draws it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

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


def unit_words(view: CohortView, basis: Basis, currency: str) -> str:
    """What the numbers are, in a few words."""
    when = "in month k" if view.count == "in" else "by the end of month k"
    if view.metric == "retention":
        bought = "bought in month k" if view.count == "in" else "had bought again by month k"
        return f"{'%' if view.unit == 'each' else 'Number'} of the cohort that {bought}"
    each = "" if view.unit == "total" else " per customer"
    names = {"value": basis.label, "margin": "Margin", "orders": "Orders", "aov": f"{basis.label} per order"}
    money = "" if view.metric == "orders" else f", {currency}"
    return f"{names[view.metric]}{'' if view.metric == 'aov' else each} {when}{money}"


def says(row: Row, cell: Cell, view: CohortView, unit: str, cohort: PaidCohort | None) -> str:
    """The cell in a sentence: for the tooltip and for those who do not see the colour."""
    text = f"{row.name}, {row.label}" if row.name and row.start else row.label
    sign = " %" if view.metric == "retention" and view.unit == "each" else ""
    text += f", month {cell.month}: {words(cell.value, view)}{sign} ({unit}), {fmt.number(cell.customers)} customers"
    if cell.kind == "open":
        text += ", not complete"
    if cell.kind == "ahead":
        text += f", predicted, 80 %: {words(cell.low, view)} to {words(cell.high, view)}{sign}"
    if pays_back(cell, cohort):
        text += ", paid back in this month"
    return text


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
            _row(row, view, unit, paid, hrefs, last) | {"facts": _facts(row, paid, everyone, currency)} for row in rows
        ],
    }


def _row(
    row: Row,
    view: CohortView,
    unit: str,
    paid: Paid,
    hrefs: Mapping[tuple[str, date], str],
    last: int,
) -> dict[str, Any]:
    key = (row.name, row.start) if row.start else None
    cohort = paid.get(key) if key else None
    cells: list[Any] = [None] * (last + 1)
    for cell in row.cells:
        cells[cell.month] = [
            words(cell.value, view), cell.kind, cell.step, int(pays_back(cell, cohort)),
            says(row, cell, view, unit, cohort),
        ]  # fmt: skip
    return {
        "head": row.label,
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
