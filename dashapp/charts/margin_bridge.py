"""From gross sales over net sales to the margin, of all lines that count."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import chain
from dashapp.charts.kit.bridges import bridge
from dashapp.charts.kit.formats import known, money, number

DRAWN = ("sales", "margin")
SECTIONS = ("kinds", "sales", "orders", "customers", "refunds", "margin")
ENDS = ("gross_sales", "net_sales", "margin")


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/reconciliation.sql."""
    if frame.empty or not chain.part(frame, "sales", "net_sales")["lines"]:
        return nothing("This snapshot has no order lines.", "Refresh the data.")
    net = chain.part(frame, "sales", "net_sales")
    gross, returns = (chain.part(frame, "sales", name) for name in ("gross_sales", "returns"))
    summary = (
        f"Gross sales of {money(gross['amount'], view.currency)} less {money(-returns['amount'], view.currency)} back "
        f"are net sales of {money(net['amount'], view.currency)}. {_margin(frame, view)} "
        f"{chain.closing(frame[frame['section'].isin(SECTIONS)], view.currency)}"
    )
    return Chart(bridge(chain.bars(frame, DRAWN, ENDS), view), summary, chain.table(frame, SECTIONS))


def _margin(frame: pd.DataFrame, view: View) -> str:
    margin, uncosted = (chain.part(frame, "margin", name) for name in ("margin", "uncosted"))
    lacking = f"{number(-uncosted['lines'])} lines lack a cost"
    if not known(margin["amount"]):
        return f"There is no margin: no costs were loaded, and {lacking}."
    return f"The margin is {money(margin['amount'], view.currency)}; {lacking} and are not in it."


CHART = ChartSpec(
    name="margin_bridge",
    title="From gross sales to the margin",
    unit="Money of all lines that count, whole snapshot",
    definition="Gross sales are all lines with money in, money back all lines with money out (goods back, discounts, "
    "corrections). The margin counts only lines with a cost: the net sales of the others are a step of their own. "
    "Without any costs there is no margin. Filters do not apply.",
    query="reconciliation",
    build=build,
    nobody="Its steps are amounts of money, from all customers at once.",
    height=320,
)
