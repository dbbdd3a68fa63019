"""On which weekdays and at which hours one product is ordered, against all orders of the shop."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.figures import Trace
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.theme import COMPARISON, MEASURE

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENOUGH = 30
"Fewer orders spread over a week tell nothing."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: part ('weekday' or 'hour'), slot, orders, shop_orders."""
    orders = int(frame.loc[frame["part"] == "weekday", "orders"].sum()) if len(frame) else 0
    if orders < ENOUGH:
        text = f"{number(orders)} orders with this product; {ENOUGH} are needed for a pattern."
        return nothing(text, "Load more days.", "insufficient")
    week, hours = _part(frame, "weekday", range(1, 8)), _part(frame, "hour", range(24))
    timed = int((hours["shop_orders"] > 0).sum()) > 1
    week["name"], hours["name"] = list(DAYS), [f"{hour}:00" for hour in range(24)]
    shown = [("x", week), ("x2", hours)] if timed else [("x", week)]
    traces = [trace for axis, rows in shown for trace in _traces(rows, axis)]
    return Chart(
        _figure(traces, timed=timed), _summary(week, hours if timed else None, orders), _table(week, hours, timed)
    )


def _part(frame: pd.DataFrame, part: str, slots: range) -> pd.DataFrame:
    rows = frame[frame["part"] == part].set_index("slot")[["orders", "shop_orders"]].reindex(list(slots), fill_value=0)
    totals = rows.sum().replace(0, 1)
    return rows.assign(share=rows["orders"] / totals["orders"], shop_share=rows["shop_orders"] / totals["shop_orders"])


def _traces(rows: pd.DataFrame, axis: str) -> list[Trace]:
    first = axis == "x"
    bars = figures.bars("This product", rows["name"], rows["share"].round(4), xaxis=axis, showlegend=first,
                        marker={"color": MEASURE}, hovertemplate="%{x}: %{y:.1%}<extra>with it</extra>")  # fmt: skip
    dots: Trace = {
        "type": "scatter", "mode": "markers", "name": "All orders", "x": list(rows["name"]), "xaxis": axis,
        "y": rows["shop_share"].round(4).tolist(), "showlegend": first,
        "marker": {"symbol": "line-ew-open", "size": 12, "line": {"width": 2}, "color": COMPARISON},
        "hovertemplate": "%{x}: %{y:.1%}<extra>all orders</extra>",
    }  # fmt: skip
    return [bars, dots]


def _figure(traces: list[Trace], *, timed: bool) -> Figure:
    axis: dict[str, Any] = {"type": "category", "fixedrange": True}
    more = {"xaxis2": axis | {"domain": [0.36, 1], "dtick": 4}} if timed else {}
    return figures.figure(
        traces, showlegend=True, legend=figures.legend_above(), margin=figures.MARGIN | {"t": 36},
        xaxis=axis | {"domain": [0, 0.3] if timed else [0, 1]}, **more,
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "fixedrange": True},
    )  # fmt: skip


def _summary(week: pd.DataFrame, hours: pd.DataFrame | None, orders: int) -> str:
    best = week.sort_values("share").iloc[-1]
    text = (
        f"Of {number(orders)} orders with it {percent(best['share'])} fall on a {best['name']}, of all orders of the "
        f"shop {percent(best['shop_share'])}."
    )
    if hours is None:
        return f"{text} The delivered orders have no time of day."
    busy = hours.sort_values("share").iloc[-1]
    return f"{text} The busiest hour begins at {busy['name']} ({percent(busy['share'])})."


def _table(week: pd.DataFrame, hours: pd.DataFrame, timed: bool) -> pd.DataFrame:
    rows = pd.concat([week, hours[hours["shop_orders"] > 0]]) if timed else week
    return pd.DataFrame(
        {
            "When": rows["name"],
            "Orders with it": rows["orders"].astype(int),
            "Share": rows["share"].astype(float).round(4),
            "Share of all orders": rows["shop_share"].astype(float).round(4),
        }
    ).reset_index(drop=True)


CHART = ChartSpec(
    name="product_hours",
    title="When it is ordered",
    unit="Share of the orders with it by weekday and hour; the marks are all orders of the shop",
    definition="Purchase orders by shop-local time. The hours are left out where deliveries name no time of day.",
    query="product_hours",
    build=build,
    nobody="Its bars count orders, and no condition of customers knows the hour of an order.",
    height=260,
    parameters={"product_key": None},
)
