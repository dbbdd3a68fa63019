"""Net sales by month, a refund counted in the month it happened or in the month of the order it refunds."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import money, percent
from dashapp.charts.kit.grain import of_month
from dashapp.charts.kit.marks import customers, did, marked, meeting
from dashapp.charts.kit.theme import COMPARISON
from dashapp.domain.ranges import Period

DATED = {"refund": "Month of the refund", "order": "Month of the order"}


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/refund_timing.sql; unknown words in `dated` mean 'refund'."""
    if frame.empty:
        return nothing("This snapshot has no sales.", "Refresh the data.")
    dated = str(frame["dated"].iloc[0])
    dated = dated if dated in DATED else "refund"
    months = pd.to_datetime(frame["month"]).dt.strftime("%Y-%m")
    money_of = frame.drop(columns=["dated", "month"]).astype(float)
    table = pd.DataFrame(
        {
            "Month": months,
            "Gross sales": money_of["gross_sales"],
            "Refunds of the month": money_of["refunds_by_refund"],
            "Refunds of its orders": money_of["refunds_by_order"],
            "Net sales by refund date": money_of["net_by_refund"],
            "Net sales by order date": money_of["net_by_order"],
            "Difference": (money_of["net_by_order"] - money_of["net_by_refund"]).round(2),
            "Refunds without a known order": money_of["unlinked_refunds"],
        }
    )
    marks = _marks([of_month(month.date()) for month in pd.to_datetime(frame["month"])], dated)
    return Chart(_figure(money_of, months, dated, view), _summary(table, dated, view), table, marks=marks)


def _figure(money_of: pd.DataFrame, months: pd.Series, dated: str, view: View) -> Figure:
    other = next(name for name in DATED if name != dated)
    hover = f"%{{y:,.0f}} {view.currency}"
    rows = list(range(len(months)))
    gross, refunds, net, other_way = [
        figures.bars("Gross sales", months, money_of["gross_sales"], marker={"color": COMPARISON}, opacity=0.45,
                     hovertemplate=hover),
        figures.bars("Refunds", months, money_of[f"refunds_by_{dated}"], hovertemplate=hover),
        figures.line("Net sales", months, money_of[f"net_by_{dated}"], hovertemplate=hover),
        figures.comparison_line(f"By {other} date", months, money_of[f"net_by_{other}"], hovertemplate=hover),
    ]  # fmt: skip
    return figures.figure(
        [marked(gross, rows), marked(refunds, [len(rows) + row for row in rows]), marked(net, rows), other_way],
        barmode="relative",
        showlegend=True,
        legend=figures.legend_above(),
        hovermode="x unified",
        margin=figures.MARGIN | {"t": 40},
        xaxis={"type": "date", "tickformat": "%b %Y"},
        yaxis=figures.money_axis(view),
    )


def _marks(months: list[Period], dated: str) -> tuple[dict[str, str] | None, ...]:
    """Who bought in each month, then who got a refund in it; who will for orders of a month is in no list."""
    bought = [customers(("bought_on", month.start, month.end)) for month in months]
    refunded = [meeting(did("refunded_in", month)) if dated == "refund" else None for month in months]
    return (*bought, *refunded)


def _summary(table: pd.DataFrame, dated: str, view: View) -> str:
    total, unlinked = table["Net sales by refund date"].sum(), table["Refunds without a known order"].sum()
    place = int(table["Difference"].abs().argmax())
    month, most = table["Month"].iloc[place], table["Difference"].abs().iloc[place]
    refunds = table["Refunds of the month"].sum()
    share = f" ({percent(unlinked / refunds)} of refunds)" if refunds else ""
    return (
        f"Refunds count in the {DATED[dated].lower()}. Both ways add up to net sales of {money(total, view.currency)}; "
        f"the months differ by at most {money(most, view.currency)} ({month}). "
        f"{money(-unlinked, view.currency)}{share} name no order that is known and stay in their own month."
    )


CHART = ChartSpec(
    name="refund_timing",
    title="Net sales by month: refund date or order date",
    unit="Money by month, whole snapshot",
    definition="By refund date a month bears the refunds that happened in it; by order date those of its own orders, "
    "whenever they came, so the last months still get more. Refunds whose order cannot be told stay in their own "
    "month. The table and the download hold both; a row leads to who bought in its month. Filters do not apply.",
    query="refund_timing",
    build=build,
    height=340,
    parameters={"dated": "refund"},
)
