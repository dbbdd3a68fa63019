"""One customer's purchases and returns over time, and when the next one would be usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import day, money, number, plural

ENOUGH_GAPS = 3
"Fewer pauses than this show no habit."
LARGEST_DOT, SMALLEST_DOT = 26, 7
"Pixels across."


@dataclass(frozen=True, slots=True)
class Window:
    """When the next purchase would be usual: the middle half of the customer's own gaps after the last purchase."""

    start: date
    end: date


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: order_date, order_id, gross_sales, returns, net_sales, is_purchase; one row per order, oldest first."""
    if frame.empty:
        return nothing("No orders of this customer.", "")
    frame = frame.assign(
        order_date=pd.to_datetime(frame["order_date"]).dt.date,
        is_purchase=frame["is_purchase"].astype(bool),
        net_sales=frame["net_sales"].astype(float),
    ).sort_values("order_date")
    window = usual_window(frame.loc[frame["is_purchase"], "order_date"])
    table = pd.DataFrame(
        {
            "Date": frame["order_date"],
            "Order": frame["order_id"],
            "Kind": ["Purchase" if bought else "Return" for bought in frame["is_purchase"]],
            "Sold": frame["gross_sales"].astype(float),
            "Refunded": frame["returns"].astype(float),
            "Net sales": frame["net_sales"].round(2),
            "Net so far": frame["net_sales"].cumsum().round(2),
        }
    ).reset_index(drop=True)
    return Chart(_figure(frame, window, view), _summary(frame, window, view), table)


def usual_window(days: pd.Series[Any]) -> Window | None:
    """The quartiles of the gaps between purchase days, after the last one; None for fewer than three gaps.

    >>> monthly = pd.Series([date(2024, month, 1) for month in (1, 2, 3, 4, 5)])
    >>> usual_window(monthly)
    Window(start=datetime.date(2024, 5, 31), end=datetime.date(2024, 6, 1))
    """
    distinct = sorted(set(days))
    gaps = pd.Series([(later - earlier).days for earlier, later in pairwise(distinct)])
    if len(gaps) < ENOUGH_GAPS:
        return None
    low, high = round(float(gaps.quantile(0.25))), round(float(gaps.quantile(0.75)))
    return Window(distinct[-1] + timedelta(days=low), distinct[-1] + timedelta(days=high))


def _figure(frame: pd.DataFrame, window: Window | None, view: View) -> Figure:
    largest = max(float(frame["net_sales"].abs().max()), 0.01)
    shown = frame.tail(400)
    traces = [
        _dots("Purchases", shown[shown["is_purchase"]], largest, view, "circle"),
        _dots("Returns", shown[~shown["is_purchase"]], largest, view, "x"),
    ]
    until = {"x0": view.observed_until.isoformat(), "text": "data ends"}
    rule, words = figures.marker_line(until["x0"], until["text"], anchor="right")
    return figures.figure(
        [trace for trace in traces if trace["x"]],
        shapes=[rule, *([_band(window)] if window else [])],
        annotations=[words, *([_band_words(window)] if window else [])],
        showlegend=not shown["is_purchase"].all(),
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36},
        xaxis={"type": "date", "fixedrange": True},
        yaxis=figures.money_axis(view) | {"zeroline": True, "fixedrange": True},
    )


def _dots(name: str, orders: pd.DataFrame, largest: float, view: View, symbol: str) -> figures.Trace:
    share = (orders["net_sales"].abs() / largest) ** 0.5
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [value.isoformat() for value in orders["order_date"]],
        "y": [round(value, 2) for value in orders["net_sales"]],
        "customdata": list(orders["order_id"]),
        "hovertemplate": "%{x|%-d %b %Y}: %{y:,.2f} " + view.currency + "<extra>%{customdata}</extra>",
        "marker": {
            "symbol": symbol,
            "size": [round(SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * value, 1) for value in share],
            "opacity": 0.75,
        },
    }


def _band(window: Window) -> dict[str, Any]:
    end = window.end + timedelta(days=1)
    span = {"x0": window.start.isoformat(), "x1": end.isoformat(), "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": "rgba(82,150,216,0.22)"} | span


def _band_words(window: Window) -> dict[str, Any]:
    place = {"x": window.start.isoformat(), "yref": "paper", "y": 0.02, "xanchor": "right", "yanchor": "bottom"}
    return {"text": "usual next purchase", "showarrow": False, "xshift": -5, "font": {"size": 12}} | place


def _summary(frame: pd.DataFrame, window: Window | None, view: View) -> str:
    bought = frame[frame["is_purchase"]]
    returned = len(frame) - len(bought)
    text = f"{plural(len(bought), 'purchase')}"
    if len(bought):
        text += f" from {day(bought['order_date'].iloc[0])} to {day(bought['order_date'].iloc[-1])}"
    if returned:
        text += f" and {plural(returned, 'return')}"
    text += f", {money(frame['net_sales'].sum(), view.currency)} net. "
    return text + _expected(window, view)


def _expected(window: Window | None, view: View) -> str:
    if window is None:
        return f"Too few purchases to know a habit: {number(ENOUGH_GAPS + 1)} purchase days are needed."
    when = "lay" if window.end < view.observed_until else "lies"
    return f"By their own gaps the usual next purchase {when} between {day(window.start)} and {day(window.end)}."


CHART = ChartSpec(
    name="purchase_timeline",
    title="Purchases",
    unit="Orders by net value",
    definition="Every order as a dot, its area by net value; returns as crosses. The band is the middle half of this "
    "customer's own gaps between purchases, counted from the last one: a habit, not a model.",
    query="customer_orders",
    build=build,
    nobody="It is about one customer.",
    height=300,
    parameters={"customer_key": None},
)
