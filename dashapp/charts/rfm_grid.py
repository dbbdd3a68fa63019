"""Recency by frequency and money: the 25 fields and the names they have together. A click filters the page."""

from __future__ import annotations

from collections.abc import Sequence
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
    rows: list[Any] = list(frame.itertuples(index=False))
    if not sum(row.customers for row in rows):
        return nothing("No identified customer in this view.", "Remove a filter.")
    cells = {(f"R{row.r_score}", f"FM{row.fm_score}"): _tile(row, place, view) for place, row in enumerate(rows)}
    drawn = tiles([f"R{score}" for score in SCORES], [f"FM{score}" for score in sorted(SCORES)], cells)
    drawn["layout"]["xaxis"]["title"] = {"text": "Frequency and money, 5 is best"}
    drawn["layout"]["yaxis"]["title"] = {"text": "Recency, 5 is most recent"}
    marks = tuple(_mark(row) for row in rows)
    return Chart(drawn, _summary(rows, view), _table(rows, view), marks=marks)


def _mark(row: Any) -> dict[str, str]:
    recency, rest = (row.r_score,) * 2, (row.fm_score,) * 2
    return customers(("r_score", *recency), ("fm_score", *rest), segment=str(row.segment))


def _tile(row: Any, place: int, view: View) -> Tile:
    name = str(row.segment)
    hover = [
        f"<b>{name}</b>, R{row.r_score} FM{row.fm_score}: {plural(row.customers, 'customer')}",
        f"{view.filters.basis.label} of the period {money(row.value, view.currency)}",
        f"{number(row.days_since_last_order)} days since the last order on average",
    ]
    if known(row.clv):
        hover.insert(2, f"predicted CLV {money(row.clv, view.currency)}")
    text = f"{name.replace(' ', '<br>')}<br>{number(row.customers)}"
    return Tile(text, "<br>".join(hover), SEGMENT_COLORS[name], place)


def _table(rows: Sequence[Any], view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Segment": [row.segment for row in rows],
            "Recency score": [int(row.r_score) for row in rows],
            "Frequency and money score": [int(row.fm_score) for row in rows],
            "Customers": [int(row.customers) for row in rows],
            view.filters.basis.label: [round(float(row.value), 2) for row in rows],
            "Predicted CLV": [round(float(row.clv), 2) for row in rows],
            "Days since last order": [round(float(row.days_since_last_order), 1) for row in rows],
        }
    )


def _summary(rows: Sequence[Any], view: View) -> str:
    counts: dict[str, int] = {}
    values: dict[str, float] = {}
    for row in sorted(rows, key=lambda row: str(row.segment)):
        counts[row.segment] = counts.get(row.segment, 0) + int(row.customers)
        values[row.segment] = values.get(row.segment, 0.0) + float(row.value)
    largest, best = max(counts, key=counts.__getitem__), max(values, key=values.__getitem__)
    customers, value = sum(counts.values()), sum(values.values())
    share = values[best] / value if value > 0 else None
    if len(counts) == 1:
        return f"{largest} is the only segment in this view: {plural(customers, 'customer')}."
    return (
        f"{largest} is the largest of {len(counts)} segments ({percent(counts[largest] / customers)} of "
        f"{number(customers)} customers); {best} brought most in the period ({percent(share)} of "
        f"{view.filters.basis.label.lower()})."
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
