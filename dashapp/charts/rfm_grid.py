"""Recency by frequency and money: the 25 fields and the names they have together. A click filters the page."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import known, money, number, percent, plural
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.theme import SEGMENT_COLORS
from dashapp.charts.kit.tiles import Tile, tiles

SCORES = (5, 4, 3, 2, 1)


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: r_score, fm_score, segment, customers, value, clv, days_since_last_order; one row a field that occurs."""
    if frame.empty or not frame["customers"].sum():
        return nothing("No identified customer in this view.", "Remove a filter.")
    frame = frame.astype({"customers": int, "value": float, "clv": float, "days_since_last_order": float})
    cells = {(f"R{row.r_score}", f"FM{row.fm_score}"): _tile(row, view) for row in frame.itertuples()}
    drawn = tiles([f"R{score}" for score in SCORES], [f"FM{score}" for score in sorted(SCORES)], cells)
    drawn["layout"]["xaxis"]["title"] = {"text": "Frequency and money, 5 is best"}
    drawn["layout"]["yaxis"]["title"] = {"text": "Recency, 5 is most recent"}
    marks = tuple(_mark(row) for row in frame.itertuples())
    return Chart(drawn, _summary(frame, view), _table(frame, view), marks=marks)


def _mark(row: Any) -> dict[str, str]:
    recency, rest = (row.r_score,) * 2, (row.fm_score,) * 2
    return customers(("r_score", *recency), ("fm_score", *rest), segment=str(row.segment))


def _tile(row: Any, view: View) -> Tile:
    name = str(row.segment)
    hover = [
        f"<b>{name}</b>, R{row.r_score} FM{row.fm_score}: {plural(row.customers, 'customer')}",
        f"{view.filters.basis.label} of the period {money(row.value, view.currency)}",
        f"{number(row.days_since_last_order)} days since the last order on average",
    ]
    if known(row.clv):
        hover.insert(2, f"predicted CLV {money(row.clv, view.currency)}")
    text = f"{name.replace(' ', '<br>')}<br>{number(row.customers)}"
    return Tile(text, "<br>".join(hover), SEGMENT_COLORS[name], row.Index)


def _table(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Segment": frame["segment"],
            "Recency score": frame["r_score"].astype(int),
            "Frequency and money score": frame["fm_score"].astype(int),
            "Customers": frame["customers"],
            view.filters.basis.label: frame["value"].round(2),
            "Predicted CLV": frame["clv"].round(2),
            "Days since last order": frame["days_since_last_order"].round(1),
        }
    ).reset_index(drop=True)


def _summary(frame: pd.DataFrame, view: View) -> str:
    by_name = frame.groupby("segment")[["customers", "value"]].sum()
    largest, best = str(by_name["customers"].idxmax()), str(by_name["value"].idxmax())
    customers, value = frame["customers"].sum(), frame["value"].sum()
    share = float(by_name["value"].max()) / value if value > 0 else None
    size = float(by_name["customers"].max()) / customers
    return (
        f"{largest} is the largest of {len(by_name)} segments ({percent(size)} of {number(customers)} customers); "
        f"{best} brought most in the period ({percent(share)} of {view.filters.basis.label.lower()})."
    )


CHART = ChartSpec(
    name="rfm_grid",
    title="RFM grid",
    unit="Customers in each field",
    definition="Recency, frequency and money are scored 1 to 5 by rank among all customers, equal values alike. "
    "Rows are recency; columns are (frequency + money) / 2, halves rounded up. Fields of one colour and name are one "
    "segment. Customers who never ordered are in none. A click filters by the segment.",
    query="rfm_grid",
    build=build,
    choice="segment",
    height=420,
)
