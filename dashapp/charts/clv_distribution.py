"""How predicted value is spread over the customers: most have little, a few have most."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import compact, known, money, number, percent, plural
from dashapp.charts.kit.marks import below, customers, marked

ENOUGH_CUSTOMERS = 10
"Below this a histogram is a list of persons."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: bin_low, bin_high (none for the open last bin), customers; n, mean, median, top_share on every row."""
    if frame.empty:
        return nothing("No scored customer in this view.", "Remove a filter.")
    facts = frame.iloc[0]
    if facts["n"] < ENOUGH_CUSTOMERS:
        text = f"Only {plural(int(facts['n']), 'scored customer')}; a distribution needs {ENOUGH_CUSTOMERS}."
        return nothing(text, "Remove a filter.", "insufficient")
    names = [_name(row.bin_low, row.bin_high) for row in frame.itertuples()]
    table = pd.DataFrame(
        {
            f"Predicted CLV, {view.currency}".rstrip(", "): names,
            "Customers": frame["customers"].astype(int),
            "Share of customers": (frame["customers"] / facts["n"]).astype(float).round(4),
        }
    )
    marks = (customers(("clv", row.bin_low, below(row.bin_high))) for row in frame.itertuples())
    return Chart(_figure(frame, names, view), _summary(frame, view), table, marks=tuple(marks))


def _name(low: Any, high: Any) -> str:
    if not known(high):
        return f"{number(low)} and more"
    return f"under {number(high)}" if float(low) == 0 else f"{number(low)} to {number(high)}"


def _figure(frame: pd.DataFrame, names: list[str], view: View) -> Figure:
    low = frame["bin_low"].astype(float)
    width = _width(frame)
    high = frame["bin_high"].astype(float).fillna(low + width)
    trace = figures.bars("Customers", (low + high) / 2, frame["customers"].astype(int), width=list((high - low) * 0.94))
    trace |= {
        "customdata": names,
        "hovertemplate": "%{customdata} " + view.currency + ": %{y:,} customers<extra></extra>",
    }
    median = float(frame.iloc[0]["median"])
    rule, words = figures.marker_line(median, f"Median {compact(median)}")
    mean_rule, mean_words = figures.marker_line(float(frame.iloc[0]["mean"]), f"Mean {compact(frame.iloc[0]['mean'])}")
    return figures.figure(
        [marked(trace, range(len(frame)))],
        shapes=[rule, mean_rule],
        annotations=[words, mean_words | {"y": 0.9}],
        xaxis={"tickformat": "~s", "title": {"text": _axis_title(view)}, "fixedrange": True},
        yaxis={"title": {"text": "Customers", "standoff": 6}, "rangemode": "tozero", "fixedrange": True},
        margin=figures.MARGIN | {"b": 44},
    )


def _axis_title(view: View) -> str:
    return f"Predicted CLV, next {view.horizon_days} days, {view.currency}".rstrip(", ")


def _width(frame: pd.DataFrame) -> float:
    closed = frame[frame["bin_high"].notna()]
    return float((closed["bin_high"] - closed["bin_low"]).astype(float).max()) if len(closed) else 1.0


def _summary(frame: pd.DataFrame, view: View) -> str:
    facts = frame.iloc[0]
    text = (
        f"Half of {number(facts['n'])} customers are predicted to bring less than "
        f"{money(facts['median'], view.currency)}, the mean is {money(facts['mean'], view.currency)}"
    )
    if known(facts["top_share"]):
        text += f"; the best tenth holds {percent(facts['top_share'])} of the value"
    nothing_much = (
        f" {percent(facts['zero_share'])} are predicted to bring nearly nothing." if facts["zero_share"] else ""
    )
    return f"{text}.{nothing_much}"


CHART = ChartSpec(
    name="clv_distribution",
    title="Spread of predicted value",
    unit="All customers by what they are predicted to bring",
    definition="All customers by predicted CLV, whenever they bought. The last bar holds everything above. "
    "A click lists the customers.",
    query="clv_distribution",
    build=build,
    is_predicted=True,
    height=300,
)
