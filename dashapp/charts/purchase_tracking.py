"""Whether the expected number of purchases came, week by week after a cut-off."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from dashapp.charts.buying_calibration import LONGER, UNTESTED
from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import day, number, percent
from dashapp.charts.kit.marks import customers, marked


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: origin (1 the latest), cut_off, day after it, expected and actual purchases so far."""
    if frame.empty:
        return nothing(UNTESTED, LONGER, "insufficient")
    frame = frame.assign(cut_off=pd.to_datetime(frame["cut_off"]).dt.date)
    latest = frame[frame["origin"] == frame["origin"].min()]
    table = pd.DataFrame(
        {
            "Cut-off": [str(cut_off) for cut_off in frame["cut_off"]],
            "Days after": frame["day"].astype(int),
            "Expected": frame["expected"].astype(float).round(1),
            "Came": frame["actual"].astype(int),
        }
    )
    hover = "%{y:,.0f} purchases"
    drawn = figures.figure(
        [
            marked(figures.line("Came", latest["day"], latest["actual"], hovertemplate=hover), latest.index),
            figures.line(
                "Expected", latest["day"], latest["expected"].round(1), hovertemplate=hover,
                line={"width": 2, "dash": "dash"},
            ),
        ],
        hovermode="x unified",
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36, "b": 44},
        xaxis={"title": {"text": f"Days after {day(latest['cut_off'].iloc[0])}"}, "fixedrange": True},
        yaxis={"tickformat": "~s", "rangemode": "tozero", "fixedrange": True},
    )  # fmt: skip
    return Chart(drawn, _summary(frame), table, marks=_marks(frame))


def _marks(frame: pd.DataFrame) -> tuple[dict[str, str] | None, ...]:
    """Of the customers known at the cut-off those who bought in the days after it; nobody before the first of them."""
    rows = zip(frame["cut_off"], frame["day"].astype(int), strict=True)
    return tuple(
        customers(("bought_on", cut_off + timedelta(days=1), cut_off + timedelta(days=days)),
                  ("first_order_date", None, cut_off)) if days else None
        for cut_off, days in rows
    )  # fmt: skip


def _summary(frame: pd.DataFrame) -> str:
    ends = frame.sort_values("day").groupby("origin").last()
    return " ".join(_ended(row["cut_off"], row["expected"], row["actual"]) for row in ends.to_dict("records"))


def _ended(cut_off: date, expected: float, actual: int) -> str:
    """
    >>> _ended(date(2024, 6, 30), 110.0, 100)
    'After 30 Jun 2024 100 purchases came, 110 were expected: 10.0\\xa0% too many.'
    """
    text = f"After {day(cut_off)} {number(actual)} purchases came, {number(expected)} were expected"
    if not actual:
        return f"{text}."
    return f"{text}: {percent(abs(expected / actual - 1))} too {'many' if expected > actual else 'few'}."


CHART = ChartSpec(
    name="purchase_tracking",
    title="Did the purchases come?",
    unit="Cumulative purchase days of known customers, latest cut-off",
    definition="Purchase days of the customers known at the latest cut-off, added up after it, against what the model "
    "expected on that evening. The table holds every cut-off; a row leads to who bought again.",
    query="backtest_tracking",
    build=build,
    height=340,
)
