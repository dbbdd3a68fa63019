"""How many of the new customers still buy, month by month after the first purchase, and how far cohorts differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.cohorts import cells_of, mean_of
from dashapp.charts.kit.earlier import name_of, told_apart
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.grain import Grain, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.domain.proportions import wilson

ENOUGH = 20
"Smaller cohorts are never called best or worst."
LEAST_MONTHS = 3
"Nor are cohorts with fewer complete months."
BAND = "rgba(138, 148, 166, 0.25)"


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_curve.sql."""
    now, before = told_apart(frame)
    cells = cells_of(now, "active_customers", first_month=1) if len(now) else now
    mean = mean_of(cells, "active_customers") if len(cells) else cells
    if len(mean) < 2:
        text = "No cohort of this period has two complete months after the first purchase."
        return nothing(text, "Choose a longer period.", "insufficient")
    mean["low"], mean["high"] = wilson(mean["active_customers"], mean["customers"])
    extremes = _extremes(cells, mean)
    months = list(mean["month_number"])
    then = _earlier(before, months, view)
    ends = list(mean["high"].round(4)) + list(mean["low"].round(4))[::-1]
    band = figures.line("95 % confidence", months + months[::-1], ends, fill="toself", fillcolor=BAND)
    everybody = figures.line(
        "All cohorts",
        months,
        mean["each"].round(4),
        mode="lines+markers",
        hovertemplate=_hover("mean"),
        line={"width": 4},
    )
    traces = [
        marked(everybody, range(len(months))),
        band | {"line": {"width": 0}, "hoverinfo": "skip"},
        *(_cohort_line(name, kind, cells) for kind, name in extremes.items()),
        *(figures.comparison_line(name, months, shares, hovertemplate=_hover(name)) for name, shares in then.items()),
    ]
    drawn = figures.figure(
        traces,
        xaxis={"title": {"text": "Months after first purchase"}, "dtick": _step(len(mean)), "fixedrange": True},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "fixedrange": True},
        margin=figures.MARGIN | {"b": 44, "t": 30},
        showlegend=True,
        legend=figures.legend_above(),
    )
    told = _table(mean).assign(**{f"Share, {name.lower()}": shares for name, shares in then.items()})
    return Chart(drawn, _summary(mean, extremes), told, marks=tuple(_marks(cells, view)))


def _marks(cells: pd.DataFrame, view: View) -> Iterator[dict[str, str]]:
    """For each month of age: who first bought in the cohorts that have completed it."""
    old = cells[cells["is_complete"]].groupby("month_number")["cohort_month"]
    for first, last in zip(old.min(), old.max(), strict=True):
        until = min(last_day(last.date(), Grain.MONTH), view.period.end)
        yield customers(("first_order_date", max(first.date(), view.period.start), until))


def _earlier(before: pd.DataFrame, months: list[int], view: View) -> dict[str, list[Any]]:
    """The same mean of those who first bought in the period compared with, at equal age."""
    if view.comparison is None or before.empty:
        return {}
    mean = mean_of(cells_of(before, "active_customers", first_month=1), "active_customers")
    shares = mean.set_index("month_number")["each"].round(4).to_dict()
    return {name_of(view): [shares.get(month) for month in months]}


def _hover(name: str) -> str:
    return "month %{x}: %{y:.1%}<extra>" + name + "</extra>"


def _cohort_line(name: str, kind: str, cells: pd.DataFrame) -> figures.Trace:
    rows = cells[(cells["name"] == name) & cells["is_complete"]]
    style = {"line": {"width": 1.5, "dash": "dash" if kind == "best" else "dot"}, "hovertemplate": _hover(name)}
    return figures.line(f"{kind.capitalize()}: {name}", rows["month_number"], rows["each"].round(4), **style)


def _extremes(cells: pd.DataFrame, mean: pd.DataFrame) -> dict[str, str]:
    """The cohorts that lie highest above and deepest below the mean of equal age; none where fewer than two qualify."""
    old = cells[cells["is_complete"] & (cells["customers"] >= ENOUGH)]
    expected = dict(zip(mean["month_number"], mean["each"], strict=True))
    apart = (old["each"] - old["month_number"].map(expected)).groupby(old["name"])
    means = apart.mean()[apart.size() >= LEAST_MONTHS]
    return {"best": str(means.idxmax()), "worst": str(means.idxmin())} if len(means) > 1 else {}


def _table(mean: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Months after first purchase": mean["month_number"].astype(int),
            "Customers": mean["customers"].astype(int),
            "Bought again": mean["active_customers"].astype(int),
            "Share": mean["each"].round(4),
            "Share, low": mean["low"].round(4),
            "Share, high": mean["high"].round(4),
        }
    ).reset_index(drop=True)


def _step(months: int) -> int:
    return 1 if months <= 12 else 3 if months <= 36 else 6


def _summary(mean: pd.DataFrame, extremes: dict[str, str]) -> str:
    first, last = mean.iloc[0], mean.iloc[-1]
    text = (
        f"{percent(first['each'])} of the {number(first['customers'])} new customers who are old enough bought again "
        "in the first month after their first purchase "
        f"({percent(0.95, 0)} confidence {percent(first['low'])} to {percent(first['high'])}), "
        f"{percent(last['each'])} in month {int(last['month_number'])}."
    )
    if not extremes:
        return text
    return f"{text} At equal age the cohort of {extremes['best']} buys most often, that of {extremes['worst']} least."


CHART = ChartSpec(
    name="retention_curve",
    title="Buying again",
    unit="Share of new customers that buy again",
    definition="Of the customers of the view whose first purchase lies in the period, the share that bought in each "
    "later month; weighted by cohort size, complete months only. The band is Wilson's 95 % confidence interval. Best "
    "and worst cohort are "
    "those with the largest mean difference from all cohorts at equal age, of 20 customers and 3 complete "
    "months or more. Dotted: those who first bought in the period it is compared with, at the same age. A "
    "click lists the customers who are old enough for the month.",
    query="cohort_curve",
    build=build,
    height=300,
)
