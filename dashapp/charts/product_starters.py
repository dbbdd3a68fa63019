"""What customers brought who started with one product, against all who started with something else, at equal age."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import money, number, percent
from dashapp.charts.kit.marks import marked, meeting
from dashapp.charts.kit.theme import COMPARISON, MEASURE
from dashapp.domain.rule_fields import AT_MOST, IS, IS_NOT

LEVEL = 0.05
"False discovery rate at which a difference counts."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/product_starters.sql."""
    if frame.empty:
        text = "Fewer than 20 customers started with this product and were observed for 90 days."
        return nothing(text, "Values are compared from 20 such customers on.", "insufficient")
    return Chart(_figure(frame, view), _summary(frame, view), _table(frame), marks=_marks(frame, view))


def _figure(frame: pd.DataFrame, view: View) -> Figure:
    ages = [f"{days} days" for days in frame["window_days"]]
    value = frame["value"].round(2)
    error = {"type": "data", "symmetric": False, "array": (frame["value_high"] - value).round(2).tolist(),
             "arrayminus": (value - frame["value_low"]).round(2).tolist(), "thickness": 1.5, "width": 6}  # fmt: skip
    hover = f"%{{y:,.0f}} {view.currency}"
    starters, others = [
        figures.bars("Started with it", ages, value, error_y=error, marker={"color": MEASURE}, hovertemplate=hover),
        figures.bars("All others", ages, frame["others_value"].round(2), marker={"color": COMPARISON},
                     hovertemplate=hover),
    ]  # fmt: skip
    rows = range(len(frame))
    return figures.figure(
        [marked(starters, rows), marked(others, [len(frame) + row for row in rows])], barmode="group",
        showlegend=True, legend=figures.legend_above(), margin=figures.MARGIN | {"t": 36},
        xaxis={"type": "category", "fixedrange": True}, yaxis=figures.money_axis(view) | {"fixedrange": True},
    )  # fmt: skip


def _marks(frame: pd.DataFrame, view: View) -> tuple[dict[str, str] | None, ...]:
    """Who started with it and was observed for each number of days; then all others observed as long."""
    product = str(frame["product_id"].iloc[0])
    latest = [f"{view.observed_until - timedelta(days=int(days))}" for days in frame["window_days"]]
    return tuple(
        meeting(("started_with", how, (product,)), ("first_order_date", AT_MOST, (day,)))
        for how in (IS, IS_NOT)
        for day in latest
    )


def _summary(frame: pd.DataFrame, view: View) -> str:
    row = frame.iloc[-1]
    differs = bool(row["q_value"] <= LEVEL)
    verdict = "differs from the mean of all customers" if differs else "is not shown to differ from the mean of all"
    return (
        f"In their first {int(row['window_days'])} days {number(row['customers'])} customers who started with it "
        f"brought {money(row['value'], view.currency)} each ({percent(0.9, 0)}: "
        f"{money(row['value_low'], view.currency)} to {money(row['value_high'], view.currency)}), "
        f"{number(row['others'])} others {money(row['others_value'], view.currency)}. It {verdict}, at a false "
        f"discovery rate of {percent(0.05, 0)} over {number(row['compared'])} products (Benjamini and Hochberg)."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "First days": frame["window_days"].astype(int),
            "Started with it": frame["customers"].astype(int),
            "Net sales each": frame["value"].round(2),
            "Low, 90 %": frame["value_low"].round(2),
            "High, 90 %": frame["value_high"].round(2),
            "Others": frame["others"].astype(int),
            "Net sales each, others": frame["others_value"].round(2),
            "q value": frame["q_value"].round(4),
            "Share who came back": frame["repeat_rate"],
        }
    )


CHART = ChartSpec(
    name="product_starters",
    title="Customers who started with it",
    unit="Past net sales per customer at equal age, with its 90 % interval",
    definition="Net sales of a customer's first 90, 180 and 365 days, over customers observed that long whose first "
    "purchase day had the product, drawn towards the mean of all customers where they are few. All others: the plain "
    "mean of those who started with something else. Such customers are worth more or less; the product need not be "
    "the reason. As of the end of the last month that is over.",
    query="product_starters",
    build=build,
    height=300,
    parameters={"product_key": None},
)
