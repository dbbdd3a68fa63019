"""Customers, sales and predicted value by a dimension: the same drawing for channels and for countries."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, View, nothing
from dashapp.charts.kit.formats import compact, known, money, number, percent
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.panels import Measure, panels

SHOWN = 10
"More rows than this become one row of the rest."
UNKNOWN = "Unknown"
"What the marts call a country or channel that was not delivered."
ENOUGH_TO_RANK = 30
"Means over fewer customers are not called the highest."


def grouped(frame: pd.DataFrame, view: View, dimension: str) -> Chart:
    """frame: name, customers, value, clv (sum over customers), the largest value first. The rest row has no mark."""
    if frame.empty:
        return nothing("No sales in this view.", "Choose a longer period or remove a filter.")
    if set(frame["name"]) == {UNKNOWN}:
        return nothing(f"The data names no {dimension}.", f"Deliver a {dimension} with each order.", "unavailable")
    drawn = _shortened(frame.astype({"customers": int, "value": float, "clv": float}))
    drawn["average_clv"] = [_average(row) for row in drawn.itertuples()]
    basis = view.filters.basis.label
    measures = [Measure("customers", "Customers", number), Measure("value", basis, compact)]
    if drawn["average_clv"].notna().any():
        measures.append(Measure("average_clv", "CLV each", compact))
    numbers = [None if is_rest else place for place, is_rest in enumerate(drawn["is_rest"])]
    figure = panels(drawn, "name", measures, marks=numbers)
    marks = tuple(customers(**{dimension: name}) for name in frame["name"])
    return Chart(figure, _summary(drawn, view, dimension), _table(frame, view, dimension), marks=marks)


def _average(row: Any) -> float | None:
    return float(row.clv) / row.customers if row.customers and known(row.clv) else None


def _shortened(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(is_rest=False).reset_index(drop=True)
    if len(frame) <= SHOWN:
        return frame
    rest = frame.iloc[SHOWN - 1 :]
    summed = {
        "name": f"{len(rest)} other",
        "is_rest": True,
        **{c: rest[c].sum() for c in ("customers", "value", "clv")},
    }
    return pd.concat([frame.iloc[: SHOWN - 1], pd.DataFrame([summed])], ignore_index=True)


def _table(frame: pd.DataFrame, view: View, dimension: str) -> pd.DataFrame:
    value = frame["value"].astype(float)
    return pd.DataFrame(
        {
            dimension.capitalize(): frame["name"],
            "Customers": frame["customers"].astype(int),
            view.filters.basis.label: value.round(2),
            "Share of sales": (value / value.sum()).round(4) if value.sum() else None,
            "Predicted CLV": frame["clv"].astype(float).round(2),
            "CLV per customer": [_average(row) for row in frame.itertuples()],
        }
    ).round({"CLV per customer": 2})


def _summary(drawn: pd.DataFrame, view: View, dimension: str) -> str:
    total, top = float(drawn["value"].sum()), drawn.iloc[0]
    share = float(top["value"]) / total if total > 0 else None
    basis = view.filters.basis.label.lower()
    text = f"{top['name']} brings {percent(share)} of {basis} ({money(top['value'], view.currency)})"
    best = drawn[drawn["average_clv"].notna() & (drawn["customers"] >= ENOUGH_TO_RANK)]
    if len(best) > 1:
        first = best.sort_values("average_clv").iloc[-1]
        text += f"; value per customer is highest in {first['name']} ({money(first['average_clv'], view.currency)})"
    return text + "."
