"""What the customers of a channel bring at equal age, against what it cost to win them (C3, C9, N6)."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.channels import ALL, HORIZONS, Channel, channels_of, horizon_of
from dashapp.charts.kit.formats import compact, known, money, number, percent, ratio_words
from dashapp.charts.kit.grain import Grain, last_day
from dashapp.charts.kit.groups import UNKNOWN
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.panels import Measure, panels

NO_SPEND = (
    "What a customer cost is not known, so there is no ratio and no payback: load marketing spend per day and channel."
)
NO_MARGIN = "Margin is not known: load product costs, or set the margin of the shop."
ENOUGH = 20
"The mean over fewer customers is in the table only."
SHOWN = 9
"More channels than this are in the table only; the row of all comes on top."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/channel_performance.sql."""
    if frame.empty or not (frame["customers"] > 0).any():
        text = "No whole month of new customers after the month the data begin in."
        return nothing(text, "The first month holds everyone who bought before, so it tells no cost.", "insufficient")
    days = horizon_of(frame)
    everyone, *rows = channels_of(frame, days)
    if [row.name for row in rows] == [UNKNOWN] and everyone.cost is None and everyone.brought(days) is None:
        return nothing("No channel, no cost and no margin of a customer is known.", NO_MARGIN, "unavailable")
    summary = " ".join([*_hidden_loss(everyone, rows, days, view), *_said(frame, everyone, rows, days, view)])
    listed = [everyone, *rows] if len(rows) > 1 else rows
    marks = tuple(_mark(row.name, frame) for row in listed)
    return Chart(_figure(listed[: SHOWN + 1], days), summary, _table(listed), marks=marks)


def _mark(channel: str, frame: pd.DataFrame) -> dict[str, str]:
    """Who first bought there in the newest 12 whole months."""
    now = frame[(frame["unit"] == "days") & (frame["age"] == 0)].iloc[0]
    first, last = (pd.Timestamp(now[name]).date() for name in ("first_month", "last_month"))
    only = {} if channel == ALL else {"channel": channel}
    return customers(("first_order_date", first, last_day(last, Grain.MONTH)), **only)


def _figure(rows: list[Channel], days: int) -> dict[str, object]:
    drawn = pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "click": ["" if row.name == ALL else row.name for row in rows],
            "customers": [row.customers for row in rows],
            "cost": [row.cost for row in rows],
            "margin": [row.brought(days) if row.eligible[days] >= ENOUGH else None for row in rows],
            "ratio": [row.ratio.value if row.ratio else None for row in rows],
        }
    )
    measures = [Measure("customers", "New customers", number), Measure("cost", "Cost each", compact)]
    measures.append(Measure("margin", f"Margin, {days} days", compact))
    if drawn["ratio"].notna().any():
        measures.append(
            Measure("ratio", "Margin to cost", lambda value: f"{number(value, 2)}×" if known(value) else "–")
        )
    return panels(drawn, "name", measures)


def _table(rows: list[Channel]) -> pd.DataFrame:
    money_columns = {
        "Spend": [row.spend for row in rows],
        "Cost per customer": [row.cost for row in rows],
        "First purchase, margin": [row.brought(0) for row in rows],
        **{f"{days} days, margin": [row.brought(days) for row in rows] for days in HORIZONS},
        "Break-even cost": [row.brought(row.days) for row in rows],
        "CLV each, from now on": [row.clv for row in rows],
    }
    table = pd.DataFrame(money_columns, dtype=float).round(2)
    table.insert(0, "Channel", [row.name for row in rows])
    table.insert(1, "New customers", [row.customers for row in rows])
    for days in HORIZONS:
        place = table.columns.get_loc(f"{days} days, margin")
        table.insert(int(str(place)) + 1, f"{days} days, n", [row.eligible[days] for row in rows])
    table.insert(len(table.columns) - 2, "Margin to cost", [ratio_words(row.ratio) for row in rows])
    table.insert(len(table.columns) - 1, "Payback", [row.payback.words() if row.payback else "–" for row in rows])
    return table


def _hidden_loss(everyone: Channel, rows: list[Channel], days: int, view: View) -> list[str]:
    """The warning that all channels together look fine while one of them does not earn what it costs."""
    losing = [row for row in rows if row.ratio and row.ratio.value < 1]
    if not losing or not everyone.ratio:
        return []
    named = " and ".join(f"{row.name} returns {ratio_words(row.ratio)}" for row in losing)
    if len(rows) == 1:
        return [f"{named}, what it cost being 1, within {days} days."]
    at_risk = sum(row.spend or 0.0 for row in losing)
    share = percent(at_risk / everyone.spend, 0) if everyone.spend else "–"
    start = "Blended hides a loss: all channels together return" if everyone.ratio.value >= 1 else "All channels return"
    return [
        f"{start} {number(everyone.ratio.value, 2)}× what they cost within {days} days, {named}. "
        f"{money(at_risk, view.currency)} of the spend ({share}) went there."
    ]


def _said(frame: pd.DataFrame, everyone: Channel, rows: list[Channel], days: int, view: View) -> list[str]:
    if not frame["has_margin"].iloc[0]:
        return [NO_MARGIN]
    told = [
        f"A new customer brought {money(everyone.brought(days), view.currency)} of margin in the first {days} days "
        f"({number(everyone.eligible[days])} customers old enough)."
    ]
    if not frame["has_spend"].iloc[0]:
        return [*told, NO_SPEND]
    paid = [row for row in rows if row.spend]
    customers = sum(row.customers for row in paid)
    each = sum(row.spend or 0.0 for row in paid) / customers if customers else None
    told.append(
        f"One cost {money(everyone.cost, view.currency)} blended over all channels, {money(each, view.currency)} in "
        "those that were paid for."
    )
    return told


CHART = ChartSpec(
    name="channel_performance",
    title="Channels: margin against cost",
    unit="Per new customer of the newest 12 whole months, by the channel of the first purchase, at equal age",
    definition="Attribution rule: a customer belongs to the channel of the first purchase, and spend to the channel "
    "and month it was booked in; what other channels added is not told apart. Each age takes the newest "
    "12 months of first purchase whose every customer is that old, with the spend of the same months, and"
    " never the month the data begin in. Cost is that of the newest 12 whole months: paid of a channel, "
    "blended over all customers in the row of all. It is fully loaded only if wages, tools and agencies "
    "were loaded as spend. Margin to cost: margin of the first days against what the same customers cost,"
    " with the 80 % interval by how customers differ. Break-even cost is the margin of those days: what a"
    " customer may cost. Payback: the month by which the margin of those that old reaches what they cost."
    " The period and filters other than the channel do not apply, because spend knows no more.",
    query="channel_performance",
    parameters={"horizon": 0},
    build=build,
    height=320,
)
