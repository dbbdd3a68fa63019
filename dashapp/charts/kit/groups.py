"""Customers, sales and predicted value by a dimension: the same drawing for channels and for countries."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import compact, known, money, number, percent
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.panels import Measure, panels

SHOWN = 10
"More rows than this become one row of the rest."
UNKNOWN = "Unknown"
"What the marts call a country or channel that was not delivered."
ENOUGH_TO_RANK = 30
"Means over fewer customers are not called the highest."


def chart(dimension: str, title: str) -> ChartSpec:
    """The chart of `dimension`, channel or country."""
    return ChartSpec(
        name=f"{dimension}_value",
        title=title,
        unit=f"Customers by first {dimension}, sales of the period, predicted value",
        definition=f"Customers by the {dimension} of their first purchase and the mean predicted CLV of "
        "each; sales of the period where they were made.",
        query="origin_value",
        parameters={"origin": dimension},
        build=partial(_grouped, dimension=dimension),
        choice=dimension,
        height=320,
    )


def _grouped(frame: pd.DataFrame, view: View, dimension: str) -> Chart:
    """frame: name, customers, value, clv (sum over customers), the largest value first. The rest row has no mark."""
    if frame.empty:
        return nothing("No sales in this view.", "Choose a longer period or remove a filter.")
    if set(frame["name"]) == {UNKNOWN}:
        return nothing(f"The data names no {dimension}.", f"Deliver a {dimension} with each order.", "unavailable")
    frame = frame.astype({"customers": int, "value": float, "clv": float})
    drawn = _shortened(frame)
    basis = view.filters.basis.label
    measures = [Measure("customers", "Customers", number), Measure("value", basis, compact)]
    if drawn["average_clv"].notna().any():
        measures.append(Measure("average_clv", "CLV each", compact))
    numbers = [None if is_rest else place for place, is_rest in enumerate(drawn["is_rest"])]
    figure = panels(drawn, "name", measures, marks=numbers)
    marks = tuple(customers(**{dimension: name}) for name in frame["name"])
    return Chart(figure, _summary(drawn, view, dimension), _table(frame, view, dimension), marks=marks)


def _average(clv: Any, customers: int) -> float | None:
    return float(clv) / customers if customers and known(clv) else None


def _averages(frame: pd.DataFrame) -> list[Any]:
    return [_average(*row) for row in zip(frame["clv"], frame["customers"], strict=True)]


def _shortened(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn, with `is_rest` and `average_clv`."""
    columns: dict[str, list[Any]] = {name: frame[name].tolist() for name in ("name", "customers", "value", "clv")}
    is_long = len(frame) > SHOWN
    if is_long:
        rest = len(frame) - SHOWN + 1
        sums = {name: math.fsum(each for each in values[-rest:] if known(each)) for name, values in columns.items()
                if name != "name"}  # fmt: skip
        last = sums | {"name": f"{rest} other", "customers": int(sums["customers"])}
        columns = {name: [*values[:-rest], last[name]] for name, values in columns.items()}
    shown = pd.DataFrame(columns)
    return shown.assign(is_rest=[is_long and place == SHOWN - 1 for place in shown.index], average_clv=_averages(shown))


def _table(frame: pd.DataFrame, view: View, dimension: str) -> pd.DataFrame:
    value = frame["value"].round(2)
    total = float(frame["value"].sum())
    return pd.DataFrame(
        {
            dimension.capitalize(): frame["name"],
            "Customers": frame["customers"],
            view.filters.basis.label: value,
            "Share of sales": (frame["value"] / total).round(4) if total else None,
            "Predicted CLV": frame["clv"].round(2),
            "CLV per customer": pd.Series(_averages(frame), frame.index, dtype=float).round(2),
        }
    )


def _summary(drawn: pd.DataFrame, view: View, dimension: str) -> str:
    total, top = float(drawn["value"].sum()), drawn.iloc[0]
    share = float(top["value"]) / total if total > 0 else None
    basis = view.filters.basis.label.lower()
    text = f"{top['name']} brings {percent(share)} of {basis} ({money(top['value'], view.currency)})"
    rows: Any = list(drawn.itertuples())
    ranked = [row for row in rows if known(row.average_clv) and row.customers >= ENOUGH_TO_RANK]
    if len(ranked) > 1:
        best = max(ranked, key=lambda row: row.average_clv)
        few = any(known(row.average_clv) and row.customers < ENOUGH_TO_RANK for row in rows)
        only = f" of those with {ENOUGH_TO_RANK} customers or more" if few else ""
        text += f"; value per customer is highest in {best.name} ({money(best.average_clv, view.currency)}){only}"
    return text + "."
