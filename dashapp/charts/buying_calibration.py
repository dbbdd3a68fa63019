"""Whether a probability to buy again means what it says."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import percent

UNTESTED = "There is no backtest of these data yet."
LONGER = "Load a longer history."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: band (tenth of the scale), customers, predicted (mean probability), actual (share that bought)."""
    if frame.empty:
        return nothing(UNTESTED, LONGER, "insufficient")
    table = pd.DataFrame(
        {
            "Probability": [f"{10 * band} to {10 * band + 10} %" for band in frame["band"].astype(int)],
            "Customers": frame["customers"].astype(int),
            "Share predicted": frame["predicted"].astype(float).round(4),
            "Share that bought": frame["actual"].astype(float).round(4),
        }
    )
    hover = "predicted %{x:.0%}, bought %{y:.1%} of %{customdata:,}<extra></extra>"
    found = figures.line(
        "Customers", table["Share predicted"], table["Share that bought"], mode="lines+markers", hovertemplate=hover,
        customdata=table["Customers"].to_list(),
    )  # fmt: skip
    axis = {"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True}
    drawn = figures.figure(
        [figures.comparison_line("As promised", [0, 1], [0, 1], hoverinfo="skip"), found],
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36, "b": 44},
        xaxis=axis | {"title": {"text": "Predicted probability to buy"}},
        yaxis=axis,
    )
    return Chart(drawn, _summary(frame), table)


def _summary(frame: pd.DataFrame) -> str:
    weights = frame["customers"] / frame["customers"].sum()
    error = float(((frame["predicted"] - frame["actual"]).abs() * weights).sum())
    bought, promised = float((frame["actual"] * weights).sum()), float((frame["predicted"] * weights).sum())
    return (
        f"{percent(bought)} of the customers bought within the horizon, {percent(promised)} were predicted to; a "
        f"probability is off by {percent(error)} on average."
    )


CHART = ChartSpec(
    name="buying_calibration",
    title="Do they buy as often as predicted?",
    unit="Customers of all cut-offs by predicted probability",
    definition="Customers known at each cut-off of the backtest, by their predicted probability of at least one "
    "purchase within the horizon, and the share that then bought. On the dotted line the probability is right.",
    query="backtest_calibration",
    build=build,
    nobody="Its points are groups of chances in the past, not of the customers of today.",
    height=340,
)
