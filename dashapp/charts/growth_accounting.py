"""How the base of customers grows and shrinks: who came, who came back, who stayed and who lapsed, month by month."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.earlier import name_of, told_apart, under
from dashapp.charts.kit.formats import number, plural
from dashapp.charts.kit.grain import Grain, incomplete, is_partial, label, last_day
from dashapp.charts.kit.marks import customers, marked, meeting
from dashapp.domain.ranges import Period
from dashapp.domain.rule_fields import IS, LAPSED
from dashapp.domain.vocabulary import SEGMENTS

PARTS = {"new": "New", "reactivated": "Came back", "lapsed": "Lapsed"}
"What is drawn: the many who stay would make everything else a thin line. They are told at the mark and in the table."

FEW = 5
"So many customers a month at most, and Plotly would draw lines at fractions of one."

GONE = "#8C5A2B"
"As the segments of those who are gone: 5.7:1 on white, 3.1:1 on the dark surface."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/growth_accounting.sql, one row per month, now and before."""
    frame, before = told_apart(frame)
    if frame.empty or not frame["base_after"].any():
        return nothing("No identified customer in this view.", "Choose a longer period or remove a filter.")
    frame = frame.assign(month=pd.to_datetime(frame["month"]).dt.date)
    seen = Period(view.observed_from, view.observed_until)
    columns = {
        "base_before": "Base before",
        "new": "New",
        "reactivated": "Came back",
        "lapsed": "Lapsed",
        "base_after": "Base after",
        "retained": "Stayed",
        "at_risk": "Became at risk",
        "back_in_time": "Bought again in time",
    }
    table = frame[list(columns)].astype(int).rename(columns=columns).reset_index(drop=True)
    table.insert(0, "Month", [label(month, Grain.MONTH) for month in frame["month"]])
    whole = [None if is_partial(month, seen, Grain.MONTH) else month for month in frame["month"]]
    then = _earlier(before, whole, view)
    return Chart(_figure(frame, then, seen), _summary(frame, seen), table.assign(**then), marks=_marks(frame, view))


def _marks(frame: pd.DataFrame, view: View) -> tuple[dict[str, str] | None, ...]:
    """For each month the base after it, then who came, came back and lapsed in it."""
    ends = [last_day(month, Grain.MONTH) for month in frame["month"]]
    starts = [month - timedelta(days=1) for month in frame["month"]]
    kept = list(frame["is_kept"])
    known_before = [False, *kept[:-1]]
    saved = view.filters.saved
    base = [_ruled(saved, (end, *SEGMENTS)) if is_kept else None for end, is_kept in zip(ends, kept, strict=True)]
    came = [customers(("first_order_date", month, end)) for month, end in zip(frame["month"], ends, strict=True)]
    both = [one and other for one, other in zip(kept, known_before, strict=True)]
    spans = list(zip(starts, ends, both, strict=True))
    back = [_ruled(saved, (then, LAPSED), (now, *SEGMENTS)) if is_kept else None for then, now, is_kept in spans]
    gone = [_ruled(saved, (then, *SEGMENTS), (now, LAPSED)) if is_kept else None for then, now, is_kept in spans]
    return (*base, *came, *back, *gone)


@lru_cache(maxsize=1024)  # the months of one shop are the same for every view
def _ruled(saved: tuple[str, ...], *moments: tuple[Any, ...]) -> dict[str, str] | None:
    """Who was on each day in one of the segments named after it; None within a fixed list."""
    was = [("segment_on", IS, tuple(f"{day:%Y-%m-%d} {name}" for name in names)) for day, *names in moments]
    return meeting(*was, saved=saved)


def _earlier(before: pd.DataFrame, months: list[date | None], view: View) -> dict[str, list[Any]]:
    """Who came (or came back) and who lapsed in the month under each of these; an unfinished one, here None, has no
    equal. Nothing where nothing is compared."""
    if view.comparison is None or before.empty:
        return {}
    name, before = name_of(view).lower(), before.set_index(pd.to_datetime(before["month"]).dt.date)
    sides = {f"Came, {name}": before["new"] + before["reactivated"], f"Lapsed, {name}": before["lapsed"]}
    places = under(months, Grain.MONTH, view)
    return {title: [counts.to_dict().get(month) for month in places] for title, counts in sides.items()}


def _figure(frame: pd.DataFrame, then: dict[str, list[Any]], seen: Period) -> Figure:
    x = [month.isoformat() for month in frame["month"]]
    hatch = figures.hatched([is_partial(month, seen, Grain.MONTH) for month in frame["month"]])
    traces = [
        marked(_bars(frame, part, x, hatch), [place * len(x) + month for month in range(len(x))])
        for place, part in enumerate(PARTS, start=1)
    ]
    traces.append(_stayed(frame, x))
    for (title, counts), sign in zip(then.items(), (1, -1), strict=False):
        side, name = title.split(", ")
        told = {"customdata": counts, "hovertemplate": f"%{{customdata:,}} {side.lower()}", "showlegend": sign > 0}
        heights = [count and sign * count for count in counts]
        traces.append(figures.comparison_line(name.capitalize(), x, heights, legendgroup=name, **told))
    return figures.figure(
        traces,
        barmode="relative",
        hovermode="x unified",
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36},
        xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True},
        yaxis={"tickformat": "~s", "title": {"text": "Customers", "standoff": 6}, "fixedrange": True} | _whole(frame),
    )


def _whole(frame: pd.DataFrame) -> dict[str, Any]:
    """No fractions of a customer between the lines of a small shop."""
    return {"dtick": 1} if frame[list(PARTS)].to_numpy().max(initial=0) <= FEW else {}


def _bars(frame: pd.DataFrame, part: str, x: list[str], hatch: dict[str, Any]) -> figures.Trace:
    counts, sign = frame[part].astype(int), -1 if part == "lapsed" else 1
    marker = hatch | ({"color": GONE} if part == "lapsed" else {})
    told = {"customdata": list(counts), "hovertemplate": "%{customdata:,}"}
    return figures.bars(PARTS[part], x, [sign * count for count in counts], marker=marker, **told)


def _stayed(frame: pd.DataFrame, x: list[str]) -> figures.Trace:
    """Only words at the mark."""
    counts = frame[["retained", "base_after"]].astype(int).to_numpy().tolist()
    told = {"customdata": counts, "hovertemplate": "%{customdata[0]:,}, base after %{customdata[1]:,}"}
    return figures.line("Stayed", x, [0] * len(x), showlegend=False, **told) | {"line": {"width": 0}}


def _summary(frame: pd.DataFrame, seen: Period) -> str:
    whole = [not is_partial(month, seen, Grain.MONTH) for month in frame["month"]]
    partial = [incomplete(month, seen, Grain.MONTH) for month, is_whole in zip(frame["month"], whole, strict=True)
               if not is_whole]  # fmt: skip
    footnote = f" Hatched and not judged: {' and '.join(partial)}, incomplete." if partial else ""
    if not any(whole):
        return f"No whole month in this view yet.{footnote}"
    last: Any = frame[whole].iloc[-1]
    return (
        f"In {label(last['month'], Grain.MONTH)}, the last whole month, the base went from "
        f"{number(last['base_before'])} to {plural(int(last['base_after']), 'customer')}: {number(last['new'])} new, "
        f"{number(last['reactivated'])} came back, {number(last['lapsed'])} lapsed, and {number(last['at_risk'])} "
        f"became at risk.{footnote}"
    )


CHART = ChartSpec(
    name="growth_accounting",
    title="Growth of the customer base",
    unit="Customers who came, came back and lapsed in each month",
    definition="The base are the customers who have not lapsed: none is silent for more than twice the usual gap (90 % "
    "of all gaps between purchases are shorter). Base before + new + came back - lapsed = base after. At risk: silent "
    "for longer than the usual gap, and still in the base. Whole months of the calendar that the period touches; "
    "dotted: those of the period it is compared with. A row leads to the base after its month. Who lapsed and came "
    "back within one month is in both bars and behind neither; of months whose ends are not kept only the new can be "
    "listed.",
    query="growth_accounting",
    build=build,
    height=340,
)
