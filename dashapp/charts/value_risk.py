"""Predicted value in thirds by the chance to buy again."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.cohorts import STEPS
from dashapp.charts.kit.formats import money, number, percent, plural
from dashapp.charts.kit.marks import customers as behind
from dashapp.charts.kit.tiles import Tile, tiles

ENOUGH_CUSTOMERS = 30
THIRDS = {3: "High", 2: "Middle", 1: "Low"}
BANDS = {0: "below 30 %", 1: "30 to 70 %", 2: "70 % or more"}


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: third, band, customers, clv, value_at_risk, the ranges of clv and p_active; one row a field."""
    customers = int(frame["customers"].sum()) if len(frame) else 0
    if customers < ENOUGH_CUSTOMERS:
        text = f"Only {plural(customers, 'scored customer')}; thirds need {ENOUGH_CUSTOMERS}."
        return nothing(text, "Remove a filter.", "insufficient")
    rows: list[Any] = list(frame.itertuples())
    cells = {(THIRDS[row.third], BANDS[row.band]): _tile(row, customers, view) for row in rows}
    drawn = tiles(list(THIRDS.values()), list(BANDS.values()), cells)
    drawn["layout"]["xaxis"]["title"] = {"text": f"Chance to buy within {view.horizon_days} days"}
    drawn["layout"]["yaxis"]["title"] = {"text": "Third of predicted value"}
    marks = (behind(("clv", row.clv_from, row.clv_to), ("p_active", row.p_from, row.p_to)) for row in rows)
    return Chart(drawn, _summary(frame, view), _table(frame), marks=tuple(marks))


def _tile(row: Any, customers: int, view: View) -> Tile:
    step = min(int(len(STEPS) * row.customers / customers * 2), len(STEPS) - 1)
    words = [number(row.customers), money(row.clv, view.currency)]
    hover = (
        f"<b>{THIRDS[row.third]} value, {BANDS[row.band]}</b>: {plural(row.customers, 'customer')}<br>"
        f"predicted CLV {money(row.clv, view.currency)}, at risk {money(row.value_at_risk, view.currency)}"
    )
    return Tile("<br>".join(words), hover, STEPS[step], row.Index)


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Predicted value": frame["third"].map(THIRDS),
            "Chance to buy again": frame["band"].map(BANDS),
            "Customers": frame["customers"].astype(int),
            "Predicted CLV": frame["clv"].round(2),
            "CLV at risk": frame["value_at_risk"].round(2),
        }
    ).reset_index(drop=True)


def _summary(frame: pd.DataFrame, view: View) -> str:
    doubtful = frame[(frame["third"] == 3) & (frame["band"] < 2)]
    at_risk, total = float(doubtful["value_at_risk"].sum()), float(frame["value_at_risk"].sum())
    return (
        f"{number(doubtful['customers'].sum())} customers of the most valuable third have a chance below "
        f"{percent(0.7, 0)} to buy again; they hold {money(at_risk, view.currency)} of the "
        f"{money(total, view.currency)} at risk ({percent(at_risk / total if total else None)})."
    )


CHART = ChartSpec(
    name="value_risk",
    title="Value by risk",
    unit="Customers and predicted CLV of each field",
    definition="All customers in thirds of predicted CLV, by the probability of at least one purchase "
    "within the horizon. Equal values are in one third. Darker fields hold more customers. A click lists them.",
    query="value_risk",
    build=build,
    is_predicted=True,
    height=340,
)
