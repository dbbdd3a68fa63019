"""Whether a broader, more repeated or more evenly spread relationship with the goods goes with staying (C13)."""

from __future__ import annotations

from math import atanh, sqrt, tanh
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit.figures import figure
from dashapp.charts.kit.formats import day, known, number, plural
from dashapp.charts.kit.theme import COMPARISON, MEASURE

NAMES = {
    "categories": "Categories bought",
    "repeated": "Products bought again",
    "busiest_month": "Days in the busiest month",
}
ENOUGH = 100
"Customers; with fewer the bounds are wider than 0.4."
Z = 1.96


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/relationship_strength.sql, one row per measure."""
    rows = frame[frame["correlation"].notna()] if len(frame) else frame
    if rows.empty or int(rows["customers"].iloc[0]) < ENOUGH:
        text = f"It takes a year of data, and {ENOUGH} customers who had bought on two days half a year before its end."
        return nothing(text, "Load a longer history or remove a filter.", "insufficient")
    rows = rows.set_index("measure").reindex([name for name in NAMES if name in set(rows["measure"])])
    customers = int(rows["customers"].iloc[0])
    bounds = [_bounds(correlation, customers) for correlation in rows["correlation"].astype(float).tolist()]
    names = [NAMES[str(name)] for name in rows.index]
    table = pd.DataFrame(
        {
            "Measure": names,
            "Customers": rows["customers"].astype(int).to_list(),
            "Mean of those who stayed": rows["mean_stayed"].astype(float).round(3).to_list(),
            "Mean of those who left": rows["mean_left"].astype(float).round(3).to_list(),
            "Correlation": rows["correlation"].astype(float).round(3).to_list(),
            "Low (95 %)": [round(low, 3) for low, _ in bounds],
            "High (95 %)": [round(high, 3) for _, high in bounds],
        }
    )
    return Chart(_figure(table), _summary(rows, bounds, names), table)


def _bounds(correlation: float, customers: int) -> tuple[float, float]:
    """Fisher's interval of a partial correlation with one variable held.

    >>> [round(bound, 3) for bound in _bounds(0.5, 104)]
    [0.339, 0.632]
    """
    center, reach = atanh(max(min(correlation, 0.999999), -0.999999)), Z / sqrt(customers - 4)
    return tanh(center - reach), tanh(center + reach)


def _figure(table: pd.DataFrame) -> Figure:
    each = table["Correlation"]
    above, below = table["High (95 %)"] - each, each - table["Low (95 %)"]
    error = {"type": "data", "symmetric": False, "array": list(above.round(3)), "arrayminus": list(below.round(3)),
             "color": COMPARISON, "thickness": 1.5}  # fmt: skip
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "name": "Correlation with staying",
        "x": list(each),
        "y": list(table["Measure"]),
        "error_x": error,
        "marker": {"color": MEASURE},
        "hovertemplate": "%{y}: %{x:.2f}<extra></extra>",
    }
    return figure(
        [trace],
        bargap=0.5,
        xaxis={"zeroline": True, "fixedrange": True, "tickformat": ".2f",
               "title": {"text": "Correlation with staying"}},
        yaxis={"type": "category", "autorange": "reversed", "fixedrange": True, "showgrid": False, "ticks": "",
               "ticklabelstandoff": 6},
        margin={"l": 190, "r": 12, "t": 8, "b": 44, "autoexpand": False},
    )  # fmt: skip


def _summary(rows: pd.DataFrame, bounds: list[tuple[float, float]], names: list[str]) -> str:
    first: Any = rows.iloc[0]
    cut_off = pd.Timestamp(first["cut_off"]).date()
    said = [_said(name, float(value), *bound) for name, value, bound in
            zip(names, rows["correlation"], bounds, strict=True) if known(value)]  # fmt: skip
    return (
        f"Of {plural(int(first['customers']), 'customer')} with two purchase days or more by {day(cut_off)}, "
        f"{number(first['stayed'])} bought again in the 180 days after. At an equal number of purchase days: "
        f"{'; '.join(said)}. It shows what goes together, not what causes what."
    )


def _said(name: str, correlation: float, low: float, high: float) -> str:
    if low <= 0 <= high:
        return f"{name.lower()} says nothing sure"
    return f"{name.lower()} goes with {'staying' if correlation > 0 else 'leaving'} ({number(correlation, 2)})"


CHART = ChartSpec(
    name="relationship_strength",
    title="Strength of the relationship",
    unit="Partial correlation with buying again in the half year held out, 95 % bounds",
    definition="Up to 180 days before the end of the last whole month: in how many categories a customer bought, which "
    "share of the products in more than one order, and which share of the purchase days fell into the busiest month. "
    "Held against whether the customer bought in the 180 days after, at an equal number of purchase days. Customers "
    "with one purchase day have no such relationship yet.",
    query="relationship_strength",
    build=build,
    nobody="Its bars are correlations over all customers at an earlier day; no customer has one.",
    height=220,
)
