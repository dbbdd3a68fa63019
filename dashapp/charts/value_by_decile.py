"""Whether those predicted to bring most did, and how much."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.buying_calibration import LONGER, UNTESTED
from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import money, percent


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: decile of the prediction (10 the highest), customers, predicted and actual (mean money each)."""
    if frame.empty:
        return nothing(UNTESTED, LONGER, "insufficient")
    frame = frame.astype({"decile": int, "customers": int, "predicted": float, "actual": float})
    table = pd.DataFrame(
        {
            "Tenth by prediction": frame["decile"],
            "Customers": frame["customers"],
            "Predicted each": frame["predicted"].round(2),
            "Came each": frame["actual"].round(2),
            "Share of what came": (frame["actual"] * frame["customers"] / (frame["actual"] * frame["customers"]).sum()),
        }
    ).round({"Share of what came": 4})
    hover = f"%{{y:,.2f}} {view.currency}"
    drawn = figures.figure(
        [
            figures.bars("Predicted", table["Tenth by prediction"], table["Predicted each"], hovertemplate=hover),
            figures.bars("Came", table["Tenth by prediction"], table["Came each"], hovertemplate=hover),
        ],
        barmode="group",
        hovermode="x unified",
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36, "b": 44},
        xaxis={"title": {"text": "Tenth of customers, 10 predicted to bring most"}, "dtick": 1, "fixedrange": True},
        yaxis=figures.money_axis(view) | {"fixedrange": True},
    )
    return Chart(drawn, _summary(frame, view), table)


def _summary(frame: pd.DataFrame, view: View) -> str:
    best = frame.iloc[-1]
    came = float((frame["actual"] * frame["customers"]).sum())
    share = float(best["actual"] * best["customers"]) / came if came > 0 else None
    return (
        f"The tenth with the highest prediction brought {percent(share)} of what came: "
        f"{money(best['actual'], view.currency)} each, predicted {money(best['predicted'], view.currency)}."
    )


CHART = ChartSpec(
    name="value_by_decile",
    title="Is the ranking right?",
    unit="Mean money per customer in the horizon, all cut-offs",
    definition="Customers known at each cut-off in tenths of predicted money, with what each tenth brought on average "
    "within the horizon: returns taken off, not discounted, before margin.",
    query="backtest_deciles",
    build=build,
    nobody="Its bars are groups of predictions made in the past.",
    is_predicted=True,
    height=340,
)
