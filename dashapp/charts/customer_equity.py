"""Customer equity: what the customers of today are worth, and beside it what future ones would add (an assumption)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashapp import written
from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.bridges import Bar, bridge
from dashapp.charts.kit.formats import change, day, known, money, number, percent, plural
from dashapp.charts.kit.marks import customers

TODAY, FUTURE, BOTH = "Value of the base", "Customers to come", "Customer equity"


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of `customer_equity`; a row with a note has no scenario."""
    if frame.empty or not known(frame.iloc[0]["base_value"]):
        return nothing("Nobody has a predicted value.", "It is there once the models can be fitted.", "insufficient")
    first = frame.iloc[0]
    today = float(first["base_value"])
    if first["note"]:
        worth = f"The customers of today are worth {money(today, view.currency)}. There is no scenario of future ones."
        return nothing(f"{worth} {first['note']}", "Load a longer history.", "insufficient")
    future = float(frame["amount"].astype(float).sum())
    bars = [
        Bar(TODAY, today, True),
        Bar(FUTURE, future, is_assumed=True),
        Bar(BOTH, today + future, True, is_assumed=True),
    ]
    table = _table(frame, today, future)
    marks = (customers(("clv", 0, None)), *[None] * (len(table) - 1))
    return Chart(bridge(bars, view, (0, None, None)), _summary(frame, today, future, view), table, marks=marks)


def _table(frame: pd.DataFrame, today: float, future: float) -> pd.DataFrame:
    first = frame.iloc[0]
    count = int(first["base_customers"])
    rows: list[tuple[Any, ...]] = [(TODAY, "Predicted", count, round(today / count, 2), None, today)]
    columns = frame[["first_day", "last_day", "customers", "value_per_customer", "discount", "amount"]]
    rows += [
        (f"Won {day(start)} to {day(end)}", "Assumed", round(customers, 1), round(value, 2), round(discount, 4),
         float(amount))
        for start, end, customers, value, discount, amount in columns.itertuples(index=False)
    ]  # fmt: skip
    rows.append((BOTH, "If the assumption holds", None, None, None, round(today + future, 2)))
    return pd.DataFrame(rows, columns=["Part", "Kind", "Customers", "Value per customer", "Discounted to", "Value"])


def _summary(frame: pd.DataFrame, today: float, future: float, view: View) -> str:
    first = frame.iloc[0]
    bounds = first["base_low"], first["base_high"]
    sure = f" ({written.span(*(money(bound, view.currency) for bound in bounds))})" if known(bounds[0]) else ""
    days, kept = int(first["horizon_days"]), float(first["gross_margin"])
    margin = "revenue" if kept == 1 else f"{percent(kept, 0)} margin"
    return (
        f"The value of the base, what the {plural(int(first['base_customers']), 'customer')} of today are predicted to "
        f"bring in the next {days} days, is {money(today, view.currency)}{sure}. Assumption, not a forecast: "
        f"{number(frame['customers'].sum())} more come in these days, by month at the pace of {_pace(first)}, and "
        f"in their first {int(first['window_days'])} days each brings what earlier customers brought who began alike: "
        f"{money(future, view.currency)}. Together {money(today + future, view.currency)}; {margin}, discounted at "
        f"{percent(first['annual_discount_rate'])} a year."
    )


def _pace(first: Any) -> str:
    won, before = int(first["won"]), None if pd.isna(first["won_before"]) else int(first["won_before"])
    told = f"the {plural(won, 'customer')} won from {_day(first['won_from'])} to {_day(first['won_until'])}"
    words = change(won, before)
    return f"{told} ({words} on the 12 months before)" if words else told


def _day(value: date) -> str:
    return day(pd.Timestamp(value))


CHART = ChartSpec(
    name="customer_equity",
    title="Customer equity: who is here, and who may come",
    unit="Value over the horizon, discounted; hatched: assumed",
    definition="Value of the base: the predicted CLV of the customers of today together (horizon, discount rate and "
    "margin as on the Overview). Customers to come: an assumption, not a forecast, and in no other "
    "figure. For every day of the horizon as many new customers as on a day of the same month in the last 12 complete "
    "months; each is worth what earlier customers of the same first channel and category brought in their first "
    "days, the first purchase included (small groups drawn towards everybody's mean), times the margin, "
    "discounted from the middle of the month they come in, and their later purchases by when earlier customers "
    "made them. What winning them costs is not taken off.",
    query="customer_equity",
    build=build,
    is_predicted=True,
    height=220,
)
