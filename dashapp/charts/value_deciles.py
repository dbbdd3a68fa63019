"""Which tenth of the customers holds how much: the table every portfolio talk begins with."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import compact, money, number, percent, plural
from dashapp.charts.kit.marks import customers as behind
from dashapp.charts.kit.panels import Measure, panels

ENOUGH_CUSTOMERS = 100
"Below this a tenth is a handful of persons."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: decile 1-10 (1 the most valuable), customers, clv, clv_from, clv_to, p_active, net_sales, orders."""
    if frame.empty:
        return nothing("No scored customer in this view.", "Remove a filter.")
    customers = int(frame["customers"].sum())
    if customers < ENOUGH_CUSTOMERS:
        text = f"Only {plural(customers, 'scored customer')}; tenths need {ENOUGH_CUSTOMERS}."
        return nothing(text, "Remove a filter.", "insufficient")
    frame = frame.astype({"customers": int, "clv": float, "net_sales": float, "p_active": float, "orders": int})
    total = frame["clv"].sum()
    drawn = frame.assign(
        name=[_name(decile) for decile in frame["decile"]],
        share=frame["clv"] / total if total else 0.0,
        each=frame["clv"] / frame["customers"],
    )
    measures = (
        Measure("share", "Share of CLV", lambda value: percent(value, 0)),
        Measure("each", "CLV each", compact),
        Measure("p_active", "Buy again", lambda value: percent(value, 0)),
    )
    marks = (behind(("clv", row.clv_from, row.clv_to)) for row in frame.itertuples())
    return Chart(panels(drawn, "name", measures), _summary(drawn, view), _table(drawn), marks=tuple(marks))


def _name(decile: int) -> str:
    return {1: "Best tenth", 10: "Last tenth"}.get(decile, f"Tenth {decile}")


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Customers by predicted CLV": drawn["name"],
            "Customers": drawn["customers"],
            "Predicted CLV": drawn["clv"].round(2),
            "Share of predicted CLV": drawn["share"].round(4),
            "Running share": drawn["share"].cumsum().round(4),
            "CLV each": drawn["each"].round(2),
            "Probability to buy again": drawn["p_active"].round(4),
            "Net sales so far": drawn["net_sales"].round(2),
            "Orders each": (drawn["orders"] / drawn["customers"]).round(2),
        }
    )


def _summary(drawn: pd.DataFrame, view: View) -> str:
    best, last = drawn.iloc[0], drawn.iloc[-1]
    return (
        f"The best tenth ({number(best['customers'])} customers) holds {percent(best['share'])} of predicted CLV, "
        f"{money(best['each'], view.currency)} each; the last tenth {percent(last['share'])}, "
        f"{money(last['each'], view.currency)} each."
    )


CHART = ChartSpec(
    name="value_deciles",
    title="Customers by tenths of predicted value",
    unit="All customers of the view, ten groups of equal size",
    definition="All customers ranked by predicted CLV and cut into ten groups of equal size, whenever they "
    "bought. Buy again is the mean probability of at least one purchase within the horizon. A click lists the "
    "customers.",
    query="value_deciles",
    build=build,
    is_predicted=True,
    height=340,
)
