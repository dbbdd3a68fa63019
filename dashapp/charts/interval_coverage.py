"""Whether the intervals hold what they promise, also for the best and the weakest customers."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from dashapp.charts.buying_calibration import LONGER, UNTESTED
from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import known, number, percent
from dashapp.charts.kit.theme import COMPARISON

SHORT = 0.02
"Fewer customers inside than promised, by more than chance in a cut-off."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: level, decile of the prediction (0 everybody), customers, covered (share), width (money);
    fewest (share at the worst cut-off), windows (earlier ones), width_ratio (times the model's), of the level."""
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
    """A promise that a cut-off broke is said to be broken."""
    everybody = frame[frame["decile"] == 0]
    rows = everybody.to_dict("records")
    held = [f"the {percent(row['level'], 0)} interval held {_held(row)}" for row in rows]
    short = [percent(row["level"], 0) for row in rows if row["fewest"] < row["level"] - SHORT]
    broken = f" At that cut-off the {' and '.join(short)} promise was not kept." if short else ""
    return f"Of all customers {'; '.join(held)}.{broken} {_how(everybody)}"


def _held(row: dict[Hashable, Any]) -> str:
    return f"{percent(row['covered'])}, at the worst cut-off {percent(row['fewest'])}"


def _how(everybody: pd.DataFrame) -> str:
    windows = int(everybody["windows"].iloc[0])
    learnt = {0: "by what is presumed of any shop, as no earlier window could be tested", 1: "by one earlier window"}
    ratios = [f"{number(ratio, 2)} times" for ratio in everybody["width_ratio"] if known(ratio)]
    wider = f"; on average they are {' and '.join(ratios)} as wide as the model gives them" if ratios else ""
    return f"Intervals are widened {learnt.get(windows, f'by {windows} earlier windows')}{wider}."


CHART = ChartSpec(
    name="interval_coverage",
    title="Do the intervals hold?",
    unit="Share of customers whose money lay inside, all cut-offs",
    definition="Customers whose money within the horizon lay inside the interval predicted for them, by tenth of the "
    "prediction; the dotted lines are the promise. Intervals are wide enough to keep it also when the whole shop is "
    "busier or quieter than expected, as far as it was in earlier windows. A tenth that buys nothing most of the time "
    "lies inside more often.",
    query="backtest_coverage",
    build=build,
    nobody="Its points are groups of predictions made in the past.",
    height=340,
)
