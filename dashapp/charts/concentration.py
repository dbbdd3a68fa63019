"""How much of the business hangs on how few: the Lorenz curve of sales and of predicted value."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import known, number, percent, plural

ENOUGH_CUSTOMERS = 10
TOP = 0.20


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: customer_share, sales_share, clv_share (from the best down, 0-1), and buyers, customers on every row."""
    if frame.empty:
        return nothing("No customer with sales in this view.", "Choose a longer period or remove a filter.")
    n = int(frame.iloc[0]["buyers"])
    if n < ENOUGH_CUSTOMERS:
        text = f"Only {plural(n, 'buyer')}; concentration needs {ENOUGH_CUSTOMERS}."
        return nothing(text, "Choose a longer period or remove a filter.", "insufficient")
    frame = frame.astype({"customer_share": float, "sales_share": float, "clv_share": float})
    table = pd.DataFrame(
        {
            "Best customers": frame["customer_share"].round(4),
            f"Share of {view.filters.basis.label.lower()}": frame["sales_share"].round(4),
            "Share of predicted CLV": frame["clv_share"].round(4),
        }
    )
    return Chart(_figure(frame, view), _summary(frame, view), table)


def _figure(frame: pd.DataFrame, view: View) -> Figure:
    x = [0.0, *frame["customer_share"]]
    hover = "best %{x:.0%} hold %{y:.1%}<extra>%{fullData.name}</extra>"
    traces = [figures.line(view.filters.basis.label, x, [0.0, *frame["sales_share"]], hovertemplate=hover)]
    if frame["clv_share"].notna().any():
        dashed = {"width": 2, "dash": "dash"}
        traces.append(figures.line("Predicted CLV", x, [0.0, *frame["clv_share"]], hovertemplate=hover, line=dashed))
    traces.append(figures.comparison_line("All equal", [0, 1], [0, 1], hoverinfo="skip"))
    rule, words = figures.marker_line(TOP, f"Best {percent(TOP, 0)}: {percent(_held(frame, 'sales_share'), 0)}")
    share_axis: dict[str, Any] = {"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True}
    return figures.figure(
        traces,
        shapes=[rule],
        annotations=[words | {"y": 0.12}],
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36, "b": 44},
        xaxis=share_axis | {"title": {"text": "Best customers"}},
        yaxis=share_axis,
    )


def _held(frame: pd.DataFrame, column: str) -> float | None:
    within = frame[frame["customer_share"] <= TOP + 1e-9]
    return float(within[column].iloc[-1]) if len(within) else None


def _summary(frame: pd.DataFrame, view: View) -> str:
    sales, clv = _held(frame, "sales_share"), _held(frame, "clv_share")
    buyers, basis = number(frame.iloc[0]["buyers"]), view.filters.basis.label.lower()
    text = f"The best {percent(TOP, 0)} of {buyers} buyers with sales above zero brought {percent(sales)} of {basis}"
    text = f"{text} in the period"
    return text + (
        f" and the best {percent(TOP, 0)} by prediction hold {percent(clv)} of predicted CLV." if known(clv) else "."
    )


CHART = ChartSpec(
    name="concentration",
    title="Concentration",
    unit="Share held by the best customers",
    definition="Sorted from the best down: how much of the period's sales the best of its buyers hold, and how much of "
    "predicted CLV the best of all customers hold.",
    query="concentration",
    build=build,
    nobody="A point of the curve is a share, not a group; Customers by tenths lists them.",
    height=320,
)
