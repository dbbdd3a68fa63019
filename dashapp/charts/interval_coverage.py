"""Whether the intervals hold what they promise, also for the best and the weakest customers."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.buying_calibration import LONGER, UNTESTED
from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import percent
from dashapp.charts.kit.theme import COMPARISON


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: level, decile of the prediction (0 everybody), customers, covered (share), width (money), is_corrected."""
    if frame.empty:
        return nothing(UNTESTED, LONGER, "insufficient")
    frame = frame.astype({"level": float, "decile": int, "customers": int, "covered": float, "width": float})
    by_decile = frame[frame["decile"] > 0]
    table = pd.DataFrame(
        {
            "Promised": [percent(level, 0) for level in frame["level"]],
            "Tenth by prediction": ["All" if decile == 0 else str(decile) for decile in frame["decile"]],
            "Customers": frame["customers"],
            "Share inside": frame["covered"].round(4),
        }
    ).reset_index(drop=True)
    traces = []
    for level, part in by_decile.groupby("level"):
        promise = percent(level, 0)
        hover = "%{y:.1%} inside<extra>" + promise + " interval</extra>"
        traces.append(
            figures.line(
                f"{promise} interval", part["decile"], part["covered"], mode="lines+markers", hovertemplate=hover
            )
        )
    dotted = {"width": 1, "dash": "dot", "color": COMPARISON}
    promises = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": level,
            "y1": level,
            "line": dotted,
        }
        for level in frame["level"].unique()
    ]
    drawn = figures.figure(
        traces,
        shapes=promises,
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36, "b": 44},
        xaxis={"title": {"text": "Tenth of customers, 10 predicted to bring most"}, "dtick": 1, "fixedrange": True},
        yaxis={"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True},
    )
    return Chart(drawn, _summary(frame), table)


def _summary(frame: pd.DataFrame) -> str:
    everybody = frame[frame["decile"] == 0]
    held = [f"the {percent(row.level, 0)} interval held {percent(row.covered)}" for row in everybody.itertuples()]
    how = "corrected by older cut-offs" if frame["is_corrected"].any() else "as the model gives them"
    return f"Of all customers {' and '.join(held)}; intervals {how}."


CHART = ChartSpec(
    name="interval_coverage",
    title="Do the intervals hold?",
    unit="Share of customers whose money lay inside, all cut-offs",
    definition="Customers whose money within the horizon lay inside the interval predicted for them, by tenth of the "
    "prediction; the dotted lines are the promise. A tenth that buys nothing most of the time lies inside more often.",
    query="backtest_coverage",
    build=build,
    nobody="Its points are groups of predictions made in the past.",
    height=340,
)
