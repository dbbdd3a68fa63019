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
    """Per group, in the order of the frame, the row of all, then its cohorts from the oldest on; coloured.

    frame: the answer of cohort_matrix.sql, split as in `view`; paid: what is known of cost by group and start.
    """
    if frame.empty:
        return []
    is_ahead = frame["is_predicted"].astype(bool)
    names = list(frame["name"].unique())
    seen = _alone(frame[~is_ahead]).assign(start=lambda cells: starts_of(cells["cohort_month"], view.by))
    seen["rank"] = seen["name"].map({name: place for place, name in enumerate(names)})
    complete = seen[seen["is_complete"].astype(bool)]
    means = _cells(_sums(complete, ["rank"], view), view)
    cells = _cells(
        _sums(seen, ["rank", "start"], view), view, seen.groupby(["rank", "start"])["cohort_month"].nunique()
    )
    everybody, people = _people(seen, ["rank"]), _people(seen, ["rank", "start"])
    later = _later(frame[is_ahead] if view.ahead == "on" and view.by == "month" else frame[:0])
    rows: list[Row] = []
    for rank, name in enumerate(names):
        rows.append(Row(name, None, name or "All cohorts", *everybody[rank,], means.get((rank,), ())))
        for key in [key for key in people if key[0] == rank]:
            row = Row(name, key[1].date(), label_of(key[1], view.by), *people[key], cells.get(key, ()))
            ahead = _expected(later.get((name, key[1]), []), row, view, paid, basis)
            rows.append(replace(row, cells=(*row.cells, *_predicted(row, ahead, view))))
    return _coloured(rows, view)


def _alone(seen: pd.DataFrame) -> pd.DataFrame:
    """With what belongs to each month alone beside what is cumulative."""
    cells = seen.sort_values(["name", "cohort_month", "month_number"]).astype(dict.fromkeys(RUNNING, float))
    before = cells.groupby(["name", "cohort_month"])[list(RUNNING)].shift(fill_value=0.0)
    return cells.assign(**{f"{name}_in": cells[name] - before[name] for name in RUNNING})


def _sums(cells: pd.DataFrame, keys: list[str], view: CohortView) -> pd.DataFrame:
    """By keys and month: top, bottom (what it is divided by), customers, cohorts, is_complete."""
    top, bottom = COUNTED[view.metric, view.count]
    first = 1 if (view.metric, view.count) == ("retention", "until") else 0
    shown = cells[cells["month_number"].between(first, MOST_MONTHS)]
    named = shown[[*keys, "month_number", "customers"]].assign(
        top=shown[top].astype(float), bottom=shown[bottom].astype(float), is_complete=shown["is_complete"].astype(int)
    )
    sums = named.groupby([*keys, "month_number"])[["top", "bottom", "customers", "is_complete"]].sum(min_count=1)
    return sums.reset_index()


def _cells(
    sums: pd.DataFrame, view: CohortView, cohorts: pd.Series[int] | None = None
) -> dict[tuple[Any, ...], tuple[Cell, ...]]:
    """By key. A cell is whole when its month is complete for every one of the `cohorts` it is made of."""
    found: dict[tuple[Any, ...], tuple[Cell, ...]] = {}
    for *key, month, top, bottom, customers, complete in sums.itertuples(index=False, name=None):
        value = _value(top, bottom, view)
        if value is not None:
            kind = "" if cohorts is None or complete >= cohorts[tuple(key)] else "open"
            found[tuple(key)] = (*found.get(tuple(key), ()), Cell(int(month), value, int(customers), kind))
    return found


def _value(top: float, bottom: float, view: CohortView) -> float | None:
    if view.unit == "total" and view.metric != "aov":
        return float(top) if fmt.known(top) else None
    return float(top) / float(bottom) if fmt.known(top) and bottom else None


def _people(seen: pd.DataFrame, keys: list[str]) -> dict[tuple[Any, ...], tuple[int, float | None]]:
    """How many by key, and the share of them that had bought again by the end of the data."""
    last = seen.groupby([*keys, "cohort_month"])[["customers", "returned_customers"]].last()
    sums = last.groupby(level=keys).sum().reset_index()
    return {
        tuple(key): (int(customers), float(returned) / customers)
        for *key, customers, returned in sums.itertuples(index=False, name=None)
    }


def _later(frame: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], list[dict[Any, Any]]]:
    """The predicted months of each cohort."""
    found: dict[tuple[str, pd.Timestamp], list[dict[Any, Any]]] = {}
    for row in frame.to_dict("records"):
        found.setdefault((row["name"], pd.Timestamp(row["cohort_month"])), []).append(row)
    return found


def _expected(later: list[dict[Any, Any]], row: Row, view: CohortView, paid: Paid, basis: Basis) -> Ahead:
    """What is predicted of a monthly cohort, where the models say anything of what is shown."""
    if row.start is None:
        return {}
    if (view.metric, view.count) == ("retention", "in"):
        return _triples(later, ("share", "share_low", "share_high"), 0.0)
    if (view.metric, view.count) == ("value", "until") and basis is Basis.NET_SALES and row.cells:
        so_far = row.cells[-1].value / (row.customers if view.unit == "total" else 1)
        return _triples(later, ("value_ahead", "value_ahead_low", "value_ahead_high"), so_far)
    cohort = paid.get((row.name, row.start))
    if (view.metric, view.count) == ("margin", "until") and cohort:
        return {month: (value, low, high) for month, value, low, high in cohort.ahead}
    return {}


def _triples(later: list[dict[Any, Any]], names: tuple[str, str, str], start: float) -> Ahead:
    middle, low, high = names
    return {
        int(row["month_number"]): (start + float(row[middle]), _after(start, row[low]), _after(start, row[high]))
        for row in later
        if fmt.known(row[middle])
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
