"""Cohorts by months since the first purchase: the mean over complete cells, the heatmap and its table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashapp import written
from dashapp.charts.chart import Figure
from dashapp.charts.kit.figures import Trace, figure
from dashapp.charts.kit.formats import number
from dashapp.charts.kit.grain import Grain, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.charts.kit.theme import COMPARISON

MOST_COHORTS = 36
MOST_MONTHS = 24
WRITTEN_MONTHS = 12
"Up to this many columns the cells have room for their number."
ALL = "All cohorts"
STEPS = ("#EEF3FF", "#D3E0FF", "#A9C2FB", "#86A8F3", "#4069DB", "#2F5BD8", "#2347AE", "#183484")
"Light to dark; every step reads at 4.9:1 with the dark or the white ink."


def cells_of(frame: pd.DataFrame, counted: str, first_month: int) -> pd.DataFrame:
    """The observed cells that are shown, with `name` of the cohort and `each` = counted / customers."""
    if "is_predicted" in frame:
        frame = frame[~frame["is_predicted"].astype(bool)]
    newest = sorted(frame["cohort_month"].unique())[-MOST_COHORTS:]
    shown = frame["month_number"].between(first_month, MOST_MONTHS) & frame["cohort_month"].isin(newest)
    cells = frame[shown].astype({"customers": int, "month_number": int, "is_complete": bool, counted: float})
    names = {cohort: written.month(pd.Timestamp(cohort)) for cohort in newest}
    return cells.assign(name=cells["cohort_month"].map(names), each=cells[counted] / cells["customers"]).reset_index(
        drop=True
    )


def mean_of(cells: pd.DataFrame, counted: str) -> pd.DataFrame:
    """month_number, customers, `counted`, each: all customers whose month is complete weigh the same."""
    complete = cells[cells["is_complete"]]
    mean = complete.groupby("month_number", as_index=False)[["customers", counted]].sum()
    return mean.assign(each=mean[counted] / mean["customers"], name=ALL, is_complete=True)


def heatmap(cells: pd.DataFrame, mean: pd.DataFrame, words: Callable[[float], str], what: str) -> Figure:
    """Rows are cohorts, the mean on top; incomplete cells have no fill, a dotted outline and italic numbers."""
    sizes = cells.drop_duplicates("name").set_index("name")["customers"]
    rows = [ALL, *sizes.index]
    months = list(range(int(cells["month_number"].min()), int(cells["month_number"].max()) + 1))
    both = pd.concat([mean, cells], ignore_index=True)
    open_cells = both[~both["is_complete"]]
    is_written = len(months) <= WRITTEN_MONTHS + 1
    return figure(
        [
            _filled(both[both["is_complete"]], rows, months, words, what, is_written),
            marked(_outlined(open_cells, words, what, is_written), list(open_cells.index)),
        ],
        xaxis={"side": "top", "dtick": 1 if is_written else 3, "showgrid": False, "fixedrange": True, "ticks": "",
               "zeroline": False, "title": {"text": "Months after first purchase", "standoff": 4}},
        yaxis={"type": "category", "categoryorder": "array", "categoryarray": rows, "range": [len(rows) - 0.5, -0.5],
               "fixedrange": True, "showgrid": False, "ticks": "", "tickmode": "array", "tickvals": rows,
               "ticktext": [f"<b>{ALL}</b>", *(f"{name} · {number(size)}" for name, size in sizes.items())],
               "tickfont": {"size": 10}},
        shapes=[cell_outline(row, rows) for row in open_cells.itertuples()],
        margin={"l": 98, "r": 8, "t": 48, "b": 8, "autoexpand": False},
    )  # fmt: skip


def _filled(
    cells: pd.DataFrame, rows: list[str], months: list[int], words: Callable[[float], str], what: str, is_written: bool
) -> Trace:
    def grid(values: pd.Series[Any], missing: str | None = None) -> list[list[Any]]:
        known = dict(zip(zip(cells["name"], cells["month_number"], strict=True), values, strict=True))
        return [[known.get((row, month), missing) for month in months] for row in rows]

    values = cells["each"].round(6)
    trace: Trace = {
        "type": "heatmap",
        "name": "Complete months",
        "x": months,
        "y": rows,
        "z": grid(values),
        "text": grid(pd.Series([words(value) for value in values], dtype=str), ""),
        "customdata": grid(cells["customers"]),
        "colorscale": even_steps(),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": f"%{{y}}, month %{{x}}: %{{text}} {what}<br>n = %{{customdata}} customers<extra></extra>",
    }
    trace |= {"texttemplate": "%{text}", "textfont": {"size": 10}} if is_written else {}
    return marked(trace, grid(pd.Series(cells.index)))


def even_steps() -> list[list[Any]]:
    """Eight even steps, so that no cell has a colour between them that neither ink reads on."""
    count = len(STEPS)
    return [[edge / count, color] for place, color in enumerate(STEPS) for edge in (place, place + 1)]


def _outlined(cells: pd.DataFrame, words: Callable[[float], str], what: str, is_written: bool) -> Trace:
    return {
        "type": "scatter",
        "mode": "text" if is_written else "markers",
        "marker": {"opacity": 0},
        "name": "Incomplete months",
        "x": list(cells["month_number"]),
        "y": list(cells["name"]),
        "text": [f"<i>{words(value)}</i>" for value in cells["each"]],
        "textfont": {"size": 10},
        "customdata": list(cells["customers"]),
        "hovertemplate": f"%{{y}}, month %{{x}}: %{{text}} {what}, month incomplete<br>n = %{{customdata}} customers"
        "<extra></extra>",
    }


def cell_outline(cell: Any, rows: list[str]) -> dict[str, Any]:
    """A dotted frame around the cell of row `name`."""
    place, inset = rows.index(cell.name), 0.45
    return {
        "type": "rect", "x0": cell.month_number - inset, "x1": cell.month_number + inset, "y0": place - inset,
        "y1": place + inset, "line": {"color": COMPARISON, "width": 1, "dash": "dot"},
    }  # fmt: skip


def marks_of(cells: pd.DataFrame, mean: pd.DataFrame, bought_from: int | None) -> tuple[dict[str, str] | None, ...]:
    """The marks of `table_of`: of the means nobody, of a cell its cohort, or who of it bought in its month.

    `bought_from` is the month after the first purchase from which on a purchase counts: 0 for that of the cell alone,
    None where all of the cohort are meant.
    """
    return (None,) * len(mean) + tuple(_mark(cell, bought_from) for cell in cells.itertuples())


def _mark(cell: Any, bought_from: int | None) -> dict[str, str]:
    cohort = pd.Timestamp(cell.cohort_month)
    if bought_from is None:
        return customers(cohort=f"{cohort:%Y-%m}")
    first, last = (
        cohort + pd.DateOffset(months=month) for month in (bought_from or cell.month_number, cell.month_number)
    )
    days = first.date(), last_day(last.date(), Grain.MONTH)
    return customers(("bought_on", *days), cohort=f"{cohort:%Y-%m}")


def table_of(cells: pd.DataFrame, mean: pd.DataFrame, counted: str, labels: tuple[str, str]) -> pd.DataFrame:
    """One row a cell, the means first; labels name what is counted and what is divided."""
    both = pd.concat([mean, cells], ignore_index=True)
    return pd.DataFrame(
        {
            "Cohort": both["name"],
            "Months after first purchase": both["month_number"].astype(int),
            "Customers": both["customers"].astype(int),
            labels[0]: both[counted].round(2),
            labels[1]: both["each"].round(4),
            "Complete": ["yes" if complete else "no" for complete in both["is_complete"]],
        }
    )
