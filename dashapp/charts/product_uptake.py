"""Which share of each quarter's new customers takes one product up soon after joining."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.grain import Grain, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.charts.kit.theme import MEASURE
from dashapp.domain.proportions import wilson

ENOUGH = 20
"Quarters with fewer new customers are left out."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: quarter, customers, takers; one row per quarter of first purchases."""
    frame = frame[frame["customers"] >= ENOUGH] if len(frame) else frame
    if frame.empty:
        text = f"No quarter since the first sale has {ENOUGH} new customers who were observed for 90 days."
        return nothing(text, "Load more days.", "insufficient")
    low, high = wilson(frame["takers"], frame["customers"])
    frame = frame.assign(share=frame["takers"] / frame["customers"], low=low, high=high).reset_index(drop=True)
    names = [f"Q{when.quarter} {when.year}" for when in pd.to_datetime(frame["quarter"])]
    share = frame["share"].astype(float)
    error = {"type": "data", "symmetric": False, "array": (frame["high"] - share).round(4).tolist(),
             "arrayminus": (share - frame["low"]).round(4).tolist(), "thickness": 1.2, "width": 4}  # fmt: skip
    bars = figures.bars("Took it up", names, share.round(4), error_y=error, marker={"color": MEASURE},
                        hovertemplate="%{x}: %{y:.1%}<extra></extra>")  # fmt: skip
    drawn = figures.figure(
        [marked(bars, range(len(names)))], xaxis={"type": "category", "fixedrange": True},
        yaxis={"tickformat": ".2~%", "rangemode": "tozero", "fixedrange": True},
    )  # fmt: skip
    starts = [when.date() for when in pd.to_datetime(frame["quarter"])]
    marks = [customers(("first_order_date", start, last_day(start, Grain.QUARTER))) for start in starts]
    return Chart(drawn, _summary(frame, names), _table(frame, names), marks=tuple(marks))


def _summary(frame: pd.DataFrame, names: list[str]) -> str:
    total = frame["takers"].sum() / frame["customers"].sum()
    last = frame.iloc[-1]
    return (
        f"{percent(total)} of {number(frame['customers'].sum())} new customers bought it within 90 days of their first "
        f"purchase; of those of {names[-1]} {percent(last['share'])} ({percent(0.95, 0)}: {percent(last['low'])} to "
        f"{percent(last['high'])})."
    )


def _table(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "First purchase in": names,
            "New customers": frame["customers"].astype(int),
            "Took it up": frame["takers"].astype(int),
            "Share": frame["share"].astype(float).round(4),
            "Share, low": frame["low"].round(4),
            "Share, high": frame["high"].round(4),
        }
    )


CHART = ChartSpec(
    name="product_uptake",
    title="Uptake by cohort",
    unit="Share of each quarter's new customers who bought it within 90 days",
    definition="Customers by the quarter of their first purchase, only those observed for 90 days, so that quarters "
    "compare at equal age. Bars carry Wilson's 95 % interval. A click lists the new customers of the quarter.",
    query="product_cohorts",
    build=build,
    height=280,
    parameters={"product_key": None},
)
