"""How many of the new customers still buy, month by month after the first purchase."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import number, percent


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: month_number (1..), customers who could have bought, active_customers who did; complete months only."""
    if len(frame) < 2:
        text = "No cohort of this period has two complete months after the first purchase."
        return nothing(text, "Choose a longer period.", "insufficient")
    share = (frame["active_customers"].astype(float) / frame["customers"].astype(float)).round(4)
    table = pd.DataFrame(
        {
            "Months after first purchase": frame["month_number"].astype(int),
            "Customers": frame["customers"].astype(int),
            "Bought again": frame["active_customers"].astype(int),
            "Share": share,
        }
    ).reset_index(drop=True)
    trace = figures.line("Bought that month", table.iloc[:, 0], share, mode="lines+markers")
    trace["hovertemplate"] = "month %{x}: %{y:.1%}<extra></extra>"
    drawn = figures.figure(
        [trace],
        xaxis={"title": {"text": "Months after first purchase"}, "dtick": _step(len(table)), "fixedrange": True},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "fixedrange": True},
        margin=figures.MARGIN | {"b": 44},
    )
    return Chart(drawn, _summary(table), table)


def _step(months: int) -> int:
    return 1 if months <= 12 else 3 if months <= 36 else 6


def _summary(table: pd.DataFrame) -> str:
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"{percent(first['Share'])} of {number(first['Customers'])} new customers bought again in the first month "
        f"after their first purchase, {percent(last['Share'])} in month {int(last.iloc[0])}."
    )


CHART = ChartSpec(
    name="retention_curve",
    title="Buying again",
    unit="Share of new customers that buy again",
    definition="Of the customers whose first purchase lies in the period, the share that bought in each later month; "
    "weighted by cohort size, complete months only.",
    query="retention_curve",
    build=build,
    height=300,
)
