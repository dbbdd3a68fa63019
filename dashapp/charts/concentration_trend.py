"""Whether the business hangs on fewer customers than it did: concentration of sales month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.earlier import name_of, told_apart, under
from dashapp.charts.kit.formats import percent
from dashapp.charts.kit.grain import Grain, is_partial, label, last_day
from dashapp.charts.kit.marks import customers, marked

ENOUGH_MONTHS = 3
ENOUGH_BUYERS = 50
"A month with fewer buyers has no best fifth worth the name."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: series (current or previous), month, buyers, best_fifth_share, best_hundredth_share, gini; shares 0-1."""
    frame, before = told_apart(frame)
    if frame.empty:
        return nothing("No customer with sales in this view.", "Choose a longer period or remove a filter.")
    frame = frame.assign(month=pd.to_datetime(frame["month"]).dt.date)
    whole = frame["month"].map(lambda month: not is_partial(month, view.period, Grain.MONTH))
    frame = frame[whole & (frame["buyers"] >= ENOUGH_BUYERS)].reset_index(drop=True)
    if len(frame) < ENOUGH_MONTHS:
        text = f"{len(frame)} whole months with {ENOUGH_BUYERS} buyers or more; a trend needs {ENOUGH_MONTHS}."
        return nothing(text, "Choose a longer period or remove a filter.", "insufficient")
    table = pd.DataFrame(
        {
            "Month": [label(month, Grain.MONTH) for month in frame["month"]],
            "Buyers": frame["buyers"].astype(int),
            "Best 20 % of buyers": frame["best_fifth_share"].astype(float).round(4),
            "Best 1 % of buyers": frame["best_hundredth_share"].astype(float).round(4),
            "Gini": frame["gini"].astype(float).round(3),
        }
    )
    then = _earlier(before, list(frame["month"]), view)
    marks = [customers(("bought_on", month, last_day(month, Grain.MONTH))) for month in frame["month"]]
    return Chart(_figure(frame, then), _summary(frame, view), table.assign(**then), marks=tuple(marks))


def _earlier(before: pd.DataFrame, months: list[date], view: View) -> dict[str, list[Any]]:
    """Both shares in the month under each of these, where that was whole and had enough buyers."""
    period = view.comparison
    if period is None:
        return {}
    before = before.set_index(pd.to_datetime(before["month"]).dt.date)
    whole = pd.Series([not is_partial(month, period, Grain.MONTH) for month in before.index], before.index, dtype=bool)
    before = before[whole & (before["buyers"] >= ENOUGH_BUYERS)]
    if before.empty:
        return {}
    name, places = name_of(view).lower(), under(months, Grain.MONTH, view)
    sides = {"Best 20 %": "best_fifth_share", "Best 1 %": "best_hundredth_share"}
    known = {f"{title}, {name}": before[column].round(4).to_dict() for title, column in sides.items()}
    return {title: [shares.get(month) for month in places] for title, shares in known.items()}


def _figure(frame: pd.DataFrame, then: dict[str, list[Any]]) -> Figure:
    x = [month.isoformat() for month in frame["month"]]
    hover = "%{y:.1%} of sales<extra>%{fullData.name}</extra>"
    traces = [
        figures.line("Best 20 % of buyers", x, frame["best_fifth_share"].astype(float), hovertemplate=hover),
        figures.line("Best 1 % of buyers", x, frame["best_hundredth_share"].astype(float), hovertemplate=hover),
    ]
    traces = [marked(trace, range(len(x))) for trace in traces]
    for place, (title, shares) in enumerate(then.items()):
        side, name = title.split(", ")
        told = {"hovertemplate": f"%{{y:.1%}} of sales, {side.lower()}", "showlegend": place == 0}
        traces.append(figures.comparison_line(name.capitalize(), x, shares, legendgroup=name, **told))
    return figures.figure(
        traces,
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36},
        hovermode="x unified",
        xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True},
        yaxis={"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True},
    )


def _summary(frame: pd.DataFrame, view: View) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    basis = view.filters.basis.label.lower()
    then, now = label(first["month"], Grain.MONTH), label(last["month"], Grain.MONTH)
    return (
        f"In {now} the best {percent(0.2, 0)} of buyers brought {percent(last['best_fifth_share'])} of {basis}, "
        f"in {then} {percent(first['best_fifth_share'])}; the best {percent(0.01, 0)} "
        f"{percent(last['best_hundredth_share'])} and {percent(first['best_hundredth_share'])}."
    )


CHART = ChartSpec(
    name="concentration_trend",
    title="Concentration over time",
    unit="Share of each month's sales held by its best buyers",
    definition="Buyers of each month ranked by what they brought in it. Whole months only: an incomplete month has "
    "fewer buyers and looks more equal than it will be. Dotted: the months of the period it is compared with. A click "
    "lists who bought in the month.",
    query="concentration_trend",
    build=build,
    height=320,
)
