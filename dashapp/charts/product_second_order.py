"""How soon customers come back who started with one product, against all others: Kaplan and Meier's curves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.figures import Trace
from dashapp.charts.kit.formats import known, number, percent
from dashapp.charts.kit.marks import marked, meeting
from dashapp.domain.rule_fields import IS, IS_NOT
from dashapp.domain.survival import Curve, kaplan_meier

ENOUGH = 20
"Fewer starters draw no curve."
DAYS = 365
LEVEL = 0.05
BAND = "rgba(79, 123, 224, 0.18)"


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/product_second_order.sql."""
    starters, others = _waits(frame, started_here=True), _waits(frame, started_here=False)
    if starters is None or starters.subjects < ENOUGH or others is None:
        found = starters.subjects if starters else 0
        text = f"{number(found)} customers started with this product; {ENOUGH} are needed."
        return nothing(text, "Only identified customers count.", "insufficient")
    ages = np.arange(0, min(DAYS, int(max(starters.times.max(initial=1), 1))) + 1)
    table = _table(starters, others, int(ages[-1]))
    traces = [
        _band(starters, ages),
        marked(_line("Started with it", starters, ages), [0] * len(ages)),
        marked(_others(others, ages), [len(table)] * len(ages)),
    ]
    drawn = _figure(traces)
    marks = _marks(str(frame["product_id"].iloc[0]), len(table))
    return Chart(drawn, _summary(starters, others, frame.iloc[0]), table, marks=marks)


def _waits(frame: pd.DataFrame, *, started_here: bool) -> Curve | None:
    if frame.empty:
        return None
    rows = frame[frame["started_here"].astype(bool) == started_here]
    if rows.empty:
        return None
    times = rows["customers"].to_numpy(dtype=int)
    return kaplan_meier(
        np.repeat(rows["days"].to_numpy(dtype=float), times), np.repeat(rows["came_back"].to_numpy(dtype=bool), times)
    )


def _back(curve: Curve, ages: np.ndarray) -> list[float]:
    return [round(float(1 - waiting), 4) for waiting in curve.at(ages)]


def _line(name: str, curve: Curve, ages: np.ndarray) -> Trace:
    return figures.line(name, ages.tolist(), _back(curve, ages), hovertemplate="%{y:.1%}")


def _others(curve: Curve, ages: np.ndarray) -> Trace:
    return figures.comparison_line("All others", ages.tolist(), _back(curve, ages), hovertemplate="%{y:.1%}")


def _marks(product: str, rows: int) -> tuple[dict[str, str] | None, ...]:
    """Of a row who started with it, whenever they came back; behind those, all others."""
    starters, others = (meeting(("started_with", how, (product,))) for how in (IS, IS_NOT))
    return (*[starters] * rows, others)


def _band(curve: Curve, ages: np.ndarray) -> Trace:
    """The 95 % interval of the starters' curve."""
    place = np.searchsorted(curve.times, ages, side="right")
    low, high = (np.append(1.0, bound)[place] for bound in (curve.low, curve.high))
    ends = [round(float(1 - value), 4) for value in (*low, *high[::-1])]
    band = figures.line("95 % interval", [*ages.tolist(), *ages[::-1].tolist()], ends, fill="toself", fillcolor=BAND)
    return band | {"line": {"width": 0}, "hoverinfo": "skip"}


def _figure(traces: list[Trace]) -> Figure:
    return figures.figure(
        traces, showlegend=True, legend=figures.legend_above() | {"traceorder": "reversed"}, hovermode="x unified",
        xaxis={"title": {"text": "Days after the first purchase"}, "fixedrange": True},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "fixedrange": True},
        margin=figures.MARGIN | {"t": 36, "b": 44},
    )  # fmt: skip


def _median(curve: Curve) -> str:
    return f"{number(curve.median)} days" if np.isfinite(curve.median) else "not reached: fewer than half came back"


def _summary(starters: Curve, others: Curve, first: pd.Series) -> str:
    at = [percent(1 - float(curve.at([90])[0])) for curve in (starters, others)]
    text = (
        f"Within 90 days {at[0]} of {number(starters.subjects)} customers who started with it bought again, of "
        f"{number(others.subjects)} others {at[1]}; medians: {_median(starters)} against {_median(others)}. "
    )
    return text + _tested(first)


def _tested(first: pd.Series) -> str:
    if not known(first["hazard_ratio"]):
        return "Nobody else started in the same quarter with as many products, so the difference was not tested."
    shown = "differs" if first["hazard_q_value"] <= LEVEL else "is not shown to differ"
    return (
        f"Against those who started in the same quarter with as many products, the pace {shown}: hazard ratio "
        f"{number(first['hazard_ratio'], 2)} ({percent(0.9, 0)}: {number(first['hazard_low'], 2)} to "
        f"{number(first['hazard_high'], 2)}), corrected after Benjamini and Hochberg over {number(first['compared'])} "
        f"products, q = {number(first['hazard_q_value'], 3)}."
    )


def _table(starters: Curve, others: Curve, last: int) -> pd.DataFrame:
    ages = [age for age in (7, 14, 30, 60, 90, 120, 180, 270, 365) if age <= last] or [last]
    return pd.DataFrame(
        {
            "Days after the first purchase": ages,
            "Share back, started with it": _back(starters, np.array(ages)),
            "Share back, all others": _back(others, np.array(ages)),
        }
    ).rename(
        columns={"Share back, started with it": "Share who came back", "Share back, all others": "Share of others"}
    )


CHART = ChartSpec(
    name="product_second_order",
    title="Second purchase",
    unit="Share who bought anything again, by days since the first purchase",
    definition="Kaplan and Meier's estimate: customers who have not come back count as still waiting, for as long as "
    "they were observed. The band is a 95 % interval. The test is Cox's hazard ratio within quarter of the first "
    "purchase and number of products bought then, corrected for testing every product (Benjamini and Hochberg, false "
    "discovery rate 5 %), as of the end of the last month that is over.",
    query="product_second_order",
    build=build,
    height=300,
    parameters={"product_key": None},
)
