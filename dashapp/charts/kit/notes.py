"""What happened, on every chart over time: a numbered flag and a rule where it was, the words under the chart.

The figure carries numbers and the words only as text of a hover box, escaped: plotly reads a little HTML in its texts.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from dashapp.charts.chart import Chart, Flag
from dashapp.charts.kit.formats import day
from dashapp.charts.kit.grain import Grain, bucket, following
from dashapp.charts.kit.theme import COMPARISON

MOST = 12
"Flags a chart has room for; of more, the latest."
INK = "#0F131A"
"On the grey of a flag 6:1, in both themes."


def annotated(chart: Chart, flags: Sequence[Flag]) -> Chart:
    """The chart with those of `flags` that lie on its time axis; a chart without one as it is."""
    days = _days(chart)
    if not days or not flags:
        return chart
    grain = Grain.DAY if _is_of_days(chart) else _grain(days)
    end = following(days[-1], grain)
    seen = [flag for flag in flags if flag.last_day >= days[0] and flag.first_day < end][-MOST:]
    if not seen or chart.figure is None:
        return chart
    places = [(bucket(max(flag.first_day, days[0]), grain), bucket(flag.last_day, grain)) for flag in seen]
    places = [(first, min(last, days[-1])) for first, last in places]
    words = [_words(flag) for flag in seen]
    table = chart.table
    if not _is_of_days(chart) and len(table) == len(days):
        rows = reversed(days) if chart.newest_first else days
        table = table.assign(Notes=[_of_row(start, places, words) for start in rows])
    listed = "; ".join(f"{number}) {text}" for number, text in enumerate(words, start=1))
    return replace(chart, figure=_drawn(chart.figure, places, words), summary=f"{chart.summary} Notes: {listed}.",
                   table=table)  # fmt: skip


def _days(chart: Chart) -> list[date]:
    """Where the chart has points of its own, in order; empty where its axis is not of days."""
    if chart.figure is None or chart.figure["layout"].get("xaxis", {}).get("type") != "date":
        return []
    texts = {str(x) for trace in chart.figure["data"] for x in trace.get("x", ()) if x is not None}
    return sorted({date.fromisoformat(f"{text}-01"[:10]) for text in texts})


def _is_of_days(chart: Chart) -> bool:
    """Whether the axis shows single events where they were, instead of buckets."""
    return chart.figure is not None and all(trace.get("mode") == "markers" for trace in chart.figure["data"])


def _grain(days: Sequence[date]) -> Grain:
    """The bucket that the days begin.

    >>> _grain([date(2024, 2, 1), date(2024, 3, 1)]), _grain([date(2024, 1, 1), date(2024, 4, 1)])
    (<Grain.MONTH: 'month'>, <Grain.QUARTER: 'quarter'>)
    """
    gap = min(((later - earlier).days for earlier, later in pairwise(days)), default=31)
    return next((grain for least, grain in ((90, Grain.QUARTER), (28, Grain.MONTH), (7, Grain.WEEK)) if gap >= least),
                Grain.DAY)  # fmt: skip


def _words(flag: Flag) -> str:
    last = f" to {day(flag.last_day)}" if flag.last_day != flag.first_day else ""
    return f"{day(flag.first_day)}{last}, {flag.text} ({flag.author})"


def _of_row(start: date, places: Sequence[tuple[date, date]], words: Sequence[str]) -> str:
    return "; ".join(text for (first, last), text in zip(places, words, strict=True) if first <= start <= last)


def _drawn(figure: dict[str, Any], places: Sequence[tuple[date, date]], words: Sequence[str]) -> dict[str, Any]:
    layout = figure["layout"]
    starts = sorted({first for first, _ in places})
    shapes = [_rule(start) for start in starts] + [_span(first, last) for first, last in places if last > first]
    flags = [_flag(start, [number for number, (first, _) in enumerate(places) if first == start], words)
             for start in starts]  # fmt: skip
    more = {
        "shapes": [*layout.get("shapes", ()), *shapes],
        "annotations": [*layout.get("annotations", ()), *flags],
    }
    return figure | {"layout": layout | more}


def _rule(start: date) -> dict[str, Any]:
    x = start.isoformat()
    line = {"color": COMPARISON, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "above"}


def _span(first: date, last: date) -> dict[str, Any]:
    ends = {"x0": first.isoformat(), "x1": last.isoformat(), "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "rect", "fillcolor": COMPARISON, "opacity": 0.12, "line": {"width": 0}, "layer": "below"} | ends


def _flag(start: date, numbers: Sequence[int], words: Sequence[str]) -> dict[str, Any]:
    told = "<br>".join(html.escape(words[number], quote=False) for number in numbers)
    place = {"x": start.isoformat(), "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "top"}
    look = {"bgcolor": COMPARISON, "borderpad": 2, "font": {"size": 11, "color": INK}, "showarrow": False}
    return place | look | {"text": ", ".join(str(number + 1) for number in numbers), "hovertext": told}
