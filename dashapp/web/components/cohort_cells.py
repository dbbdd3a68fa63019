"""The cells of the cohort matrix: which numbers, over whom, in which words and how dark. Pure.

What is counted comes as sums (of customers, orders, money), so that cohorts of a quarter and the row of all are sums of
monthly cohorts: a mean over them weighs customers, and takes only those old enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.kit.paid_cohorts import PaidCohort, label_of, starts_of
from dashapp.domain.cohort_view import CohortView
from dashapp.domain.vocabulary import Basis
from dashapp.web import format as fmt

MOST_MONTHS = 12
STEPS = 8
COUNTED = {
    ("retention", "in"): ("active_customers", "customers"),
    ("retention", "until"): ("returned_customers", "customers"),
    ("value", "in"): ("value_in", "customers"),
    ("value", "until"): ("value", "customers"),
    ("margin", "in"): ("margin_in", "customers"),
    ("margin", "until"): ("margin", "customers"),
    ("orders", "in"): ("orders_in", "customers"),
    ("orders", "until"): ("orders", "customers"),
    ("aov", "in"): ("value_in", "orders_in"),
    ("aov", "until"): ("value", "orders"),
}
"What is summed and what it is divided by."
RUNNING = ("orders", "value", "margin")
"Columns of the answer that are cumulative; `_in` is added for the month alone."
Paid = Mapping[tuple[str, date], PaidCohort]
"What is known of the cost of a cohort, by its group and start."
Ahead = dict[int, tuple[float, float | None, float | None]]
"Month to what is expected and its bounds, per customer."


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of one cohort."""

    month: int
    value: float
    customers: int
    kind: str = ""
    "`open` where the month is not over for all, `ahead` where it is predicted."
    low: float | None = None
    high: float | None = None
    step: int | None = None
    "How dark, 0 to 7; None leaves it without a fill."


@dataclass(frozen=True, slots=True)
class Row:
    """One cohort, or all of a group (without a start)."""

    name: str
    "Of the channel or country where cohorts are split."
    start: date | None
    label: str
    customers: int
    repeat: float | None
    "Share that had bought again by the end of the data."
    cells: tuple[Cell, ...]


def rows_of(frame: pd.DataFrame, view: CohortView, paid: Paid, basis: Basis) -> list[Row]:
    """Per group the row of all, then its cohorts from the oldest on; coloured.

    frame: the answer of cohort_matrix.sql, split as in `view`; paid: what is known of cost by group and start.
    """
    if frame.empty:
        return []
    is_ahead = frame["is_predicted"].astype(bool)
    seen = _alone(frame[~is_ahead]).assign(start=lambda cells: starts_of(cells["cohort_month"], view.by))
    later = frame[is_ahead] if view.ahead == "on" and view.by == "month" else frame[:0]
    rows: list[Row] = []
    for name, part in seen.groupby("name", sort=False):
        rows.append(_all_of(str(name), part, view))
        for _, cohort in part.groupby("start"):
            row = _cohort(str(name), cohort, view)
            ahead = _expected(later[later["name"] == name], row, view, paid, basis)
            rows.append(replace(row, cells=(*row.cells, *_predicted(row, ahead, view))))
    return _coloured(rows, view)


def _alone(seen: pd.DataFrame) -> pd.DataFrame:
    """With what belongs to each month alone beside what is cumulative."""
    cells = seen.sort_values(["name", "cohort_month", "month_number"]).astype(dict.fromkeys(RUNNING, float))
    before = cells.groupby(["name", "cohort_month"])[list(RUNNING)].shift(fill_value=0.0)
    return cells.assign(**{f"{name}_in": cells[name] - before[name] for name in RUNNING})


def _sums(cells: pd.DataFrame, view: CohortView) -> pd.DataFrame:
    """By month: top, bottom (what it is divided by) and customers."""
    top, bottom = COUNTED[view.metric, view.count]
    named = pd.DataFrame(
        {
            "month": cells["month_number"].astype(int),
            "top": cells[top].astype(float),
            "bottom": cells[bottom].astype(float),
            "customers": cells["customers"].astype(int),
            "is_complete": cells["is_complete"].astype(bool),
        }
    )
    named = named[named["month"].between(1 if (view.metric, view.count) == ("retention", "until") else 0, MOST_MONTHS)]
    kept = named.groupby("month")
    return (
        kept[["top", "bottom", "customers"]]
        .sum(min_count=1)
        .assign(cohorts=kept.size(), is_complete=kept["is_complete"].all())
    )


def _cells(sums: pd.DataFrame, view: CohortView, cohorts: int) -> tuple[Cell, ...]:
    found = []
    for row in sums.reset_index().to_dict("records"):
        value = _value(row["top"], row["bottom"], view)
        if value is not None:
            whole = bool(row["is_complete"]) and row["cohorts"] >= cohorts
            found.append(Cell(int(row["month"]), value, int(row["customers"]), "" if whole else "open"))
    return tuple(found)


def _value(top: float, bottom: float, view: CohortView) -> float | None:
    if view.unit == "total" and view.metric != "aov":
        return float(top) if fmt.known(top) else None
    return float(top) / float(bottom) if fmt.known(top) and bottom else None


def _all_of(name: str, part: pd.DataFrame, view: CohortView) -> Row:
    """Everybody of the group: in each month only those for whom it is complete."""
    complete = part[part["is_complete"].astype(bool)]
    customers, repeat = _people(part)
    return Row(name, None, name or "All cohorts", customers, repeat, _cells(_sums(complete, view), view, 0))


def _cohort(name: str, part: pd.DataFrame, view: CohortView) -> Row:
    start = part["start"].iloc[0].date()
    customers, repeat = _people(part)
    cells = _cells(_sums(part, view), view, part["cohort_month"].nunique())
    return Row(name, start, label_of(start, view.by), customers, repeat, cells)


def _people(part: pd.DataFrame) -> tuple[int, float | None]:
    """How many, and the share of them that had bought again by the end of the data."""
    last = part.sort_values("month_number").groupby("cohort_month").last()
    customers = int(last["customers"].sum())
    return customers, float(last["returned_customers"].sum()) / customers if customers else None


def _expected(later: pd.DataFrame, row: Row, view: CohortView, paid: Paid, basis: Basis) -> Ahead:
    """What is predicted of a monthly cohort, where the models say anything of what is shown."""
    if row.start is None:
        return {}
    cells = later[pd.to_datetime(later["cohort_month"]) == pd.Timestamp(row.start)]
    if (view.metric, view.count) == ("retention", "in"):
        return _triples(cells, ("share", "share_low", "share_high"), 0.0)
    if (view.metric, view.count) == ("value", "until") and basis is Basis.NET_SALES and row.cells:
        so_far = row.cells[-1].value / (row.customers if view.unit == "total" else 1)
        return _triples(cells, ("value_ahead", "value_ahead_low", "value_ahead_high"), so_far)
    cohort = paid.get((row.name, row.start))
    if (view.metric, view.count) == ("margin", "until") and cohort:
        return {month: (value, low, high) for month, value, low, high in cohort.ahead}
    return {}


def _triples(cells: pd.DataFrame, names: tuple[str, str, str], start: float) -> Ahead:
    known = cells[cells[names[0]].notna()].to_dict("records")
    middle, low, high = names
    return {
        int(row["month_number"]): (start + float(row[middle]), _after(start, row[low]), _after(start, row[high]))
        for row in known
    }


def _after(start: float, more: Any) -> float | None:
    return start + float(more) if fmt.known(more) else None


def _predicted(row: Row, ahead: Ahead, view: CohortView) -> list[Cell]:
    times = row.customers if view.unit == "total" else 1
    return [
        Cell(month, value * times, row.customers, "ahead", _times(low, times), _times(high, times))
        for month, (value, low, high) in sorted(ahead.items())
        if month <= MOST_MONTHS
    ]


def _times(bound: float | None, times: int) -> float | None:
    return None if bound is None else bound * times


def _coloured(rows: list[Row], view: CohortView) -> list[Row]:
    """Steps between the least and the most of all cohorts, or of each. The month all bought in has none."""
    everything = [cell.value for row in rows if row.start for cell in row.cells if _counts(cell, view)]

    def coloured(row: Row) -> Row:
        own = [cell.value for cell in row.cells if _counts(cell, view)]
        scale = own if view.scale == "row" or (view.unit == "total" and row.start is None) else everything
        if not scale:
            return row
        low, high = min(scale), max(scale)
        cells = [
            replace(cell, step=_step(cell.value, low, high)) if _counts(cell, view) else cell for cell in row.cells
        ]
        return replace(row, cells=tuple(cells))

    return [coloured(row) for row in rows]


def _counts(cell: Cell, view: CohortView) -> bool:
    return cell.kind == "" and not (cell.month == 0 and view.metric == "retention")


def _step(value: float, low: float, high: float) -> int:
    """
    >>> _step(0.0, 0.0, 8.0), _step(7.9, 0.0, 8.0), _step(9.0, 0.0, 8.0), _step(1.0, 1.0, 1.0)
    (0, 7, 7, 0)
    """
    return 0 if high <= low else max(0, min(STEPS - 1, int(STEPS * (value - low) / (high - low))))
