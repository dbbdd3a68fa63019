"""Predicted cells of a cohort matrix: the months after the data, drawn and told apart from what was observed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from dashapp.charts.chart import Figure
from dashapp.charts.kit.cohorts import MOST_MONTHS, cell_outline
from dashapp.charts.kit.figures import Trace
from dashapp.charts.kit.formats import percent
from dashapp.charts.kit.marks import marked
from dashapp.charts.kit.theme import MEASURE

FILL = "rgba(79, 123, 224, 0.12)"
BOUNDS = ("Low (80 %)", "High (80 %)")
SPLIT = ("each", "low", "high")


def caption() -> str:
    """What the predicted cells are."""
    return f"Dashed cells are predicted with {percent(0.8, 0)} bounds, for whole cohorts only."


def ahead_of(cells: pd.DataFrame, frame: pd.DataFrame, names: tuple[str, str, str]) -> pd.DataFrame:
    """The predicted cells of the cohorts in `cells`, with `name`, `each`, `low` and `high` from the columns `names`."""
    shown = frame["is_predicted"] & (frame["month_number"] <= MOST_MONTHS) & frame[names[0]].notna()
    labels = cells.drop_duplicates("name").set_index("cohort_month")["name"]
    some = frame[shown & frame["cohort_month"].isin(labels.index)].reset_index(drop=True)
    columns = some[["cohort_month", "month_number", "customers"]].astype({"customers": int})
    split = {key: some[name].astype(float) for key, name in zip(SPLIT, names, strict=True)}
    return columns.assign(name=some["cohort_month"].map(labels), **split)


def draw_ahead(figure: Figure, ahead: pd.DataFrame, words: Callable[[float], str], what: str, first: int) -> Figure:
    """The matrix with these cells in it; the first of them has the mark number `first`."""
    if ahead.empty:
        return figure
    data, layout = figure["data"], figure["layout"]
    look = {"line": {"color": MEASURE, "width": 1, "dash": "dash"}, "fillcolor": FILL, "layer": "below"}
    rows = layout["yaxis"]["categoryarray"]
    shapes = [cell_outline(cell, rows) | look for cell in ahead.itertuples()]
    trace = _trace(ahead, words, what, data[1]["mode"] == "text")
    traces = [*data, marked(trace, range(first, first + len(ahead)))]
    return {"data": traces, "layout": layout | {"shapes": [*layout["shapes"], *shapes]}}


def _trace(ahead: pd.DataFrame, words: Callable[[float], str], what: str, is_written: bool) -> Trace:
    bounds = ahead[["low", "high"]].map(lambda value: "unknown" if pd.isna(value) else words(value))
    return {
        "type": "scatter",
        "mode": "text" if is_written else "markers",
        "marker": {"opacity": 0},
        "name": "Predicted months",
        "x": list(ahead["month_number"]),
        "y": list(ahead["name"]),
        "text": [f"<i>{words(value)}</i>" for value in ahead["each"]],
        "textfont": {"size": 10},
        "customdata": [list(row) for row in zip(bounds["low"], bounds["high"], ahead["customers"], strict=True)],
        "hovertemplate": f"%{{y}}, month %{{x}}, predicted: %{{text}} {what}<br>{percent(0.8, 0)}: "
        "%{customdata[0]} to %{customdata[1]}<br>n = %{customdata[2]} customers<extra></extra>",
    }


def with_ahead(table: pd.DataFrame, ahead: pd.DataFrame) -> pd.DataFrame:
    """The table of a matrix with its predicted cells at the end, marked so, and their bounds."""
    if ahead.empty:
        return table
    counted, each = table.columns[3:5]
    low, high = BOUNDS
    columns = (
        ahead["name"], ahead["month_number"].astype(int), ahead["customers"],
        (ahead["each"] * ahead["customers"]).round(2), ahead["each"].round(4), "predicted", ahead["low"].round(4),
        ahead["high"].round(4),
    )  # fmt: skip
    names = (*table.columns[:3], counted, each, "Complete", low, high)
    return pd.concat([table, pd.DataFrame(dict(zip(names, columns, strict=True)))], ignore_index=True)
