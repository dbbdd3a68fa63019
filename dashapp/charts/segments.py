"""Who the customers are: size, sales and predicted value of each segment. A click filters the page."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import compact, money, number, percent
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.panels import Measure, panels
from dashapp.charts.kit.theme import SEGMENT_COLORS
from dashapp.domain.vocabulary import SEGMENTS


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: segment, customers, value, clv; one row per segment that occurs."""
    if frame.empty or not frame["customers"].sum():
        return nothing("No identified customer in this view.", "Remove a filter.")
    frame = frame.assign(place=frame["segment"].map(SEGMENTS.index)).sort_values("place")
    measures = (
        Measure("customers", "Customers", number),
        Measure("value", view.filters.basis.label, compact),
        Measure("clv", "CLV", compact),
    )
    known = [measure for measure in measures if frame[measure.column].notna().any()]
    drawn = panels(frame, "segment", known, [SEGMENT_COLORS[name] for name in frame["segment"]])
    marks = tuple(customers(segment=name) for name in frame["segment"])
    return Chart(drawn, _summary(frame, view), _table(frame, view), marks=marks)


def _table(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Segment": frame["segment"],
            "Customers": frame["customers"].astype(int),
            "Share of customers": (frame["customers"] / frame["customers"].sum()).astype(float).round(4),
            view.filters.basis.label: frame["value"].astype(float).round(2),
            "Predicted CLV": frame["clv"].astype(float).round(2),
        }
    ).reset_index(drop=True)


def _summary(frame: pd.DataFrame, view: View) -> str:
    customers, value = frame["customers"].sum(), float(frame["clv"].sum())
    if frame["clv"].isna().all():
        largest = frame.sort_values("customers").iloc[-1]
        return f"{largest['segment']} are {percent(largest['customers'] / customers)} of {number(customers)} customers."
    top = frame.sort_values("clv").iloc[-1]
    share = float(top["clv"]) / value if value else None
    return (
        f"{top['segment']} hold {percent(share)} of the predicted value ({money(top['clv'], view.currency)} of "
        f"{money(value, view.currency)}) with {percent(top['customers'] / customers)} of "
        f"{number(customers)} customers."
    )


CHART = ChartSpec(
    name="segments",
    title="Customer segments",
    unit="All customers, sales of the period, predicted value",
    definition="All customers by recency, frequency and spend rank; what they brought in the period and what they are "
    "predicted to bring.",
    query="segments",
    build=build,
    height=360,
    choice="segment",
)
