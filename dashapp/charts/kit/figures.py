"""Parts of figures as plain dicts. Colours come by trace position; only what has a meaning is coloured by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from dashapp.charts.chart import Figure, View
from dashapp.charts.kit.theme import COMPARISON

Trace = dict[str, Any]
MARGIN = {"l": 56, "r": 12, "t": 8, "b": 32, "autoexpand": False}
"Fixed, in pixels: measuring labels and legends first lays every figure out twice (a fifth of a redraw)."

WEEK_MS = 7 * 86_400_000


def figure(traces: Sequence[Trace], **layout: Any) -> Figure:
    """A figure without template: the browser applies the theme."""
    base = {"margin": dict(MARGIN), "showlegend": False, "dragmode": False}
    if (
        layout.get("xaxis", {}).get("type") == "date"
        and len(days := {str(x) for trace in traces for x in trace["x"]}) == 1
    ):
        return {"data": [_narrow(trace) for trace in traces], "layout": base | layout | _around(days.pop(), layout)}
    return {"data": list(traces), "layout": base | layout}


def _narrow(trace: Trace) -> Trace:
    return trace | {"width": WEEK_MS} if trace.get("type") == "bar" else trace


def _around(day: str, layout: dict[str, Any]) -> dict[str, Any]:
    """The axis of a single day; left alone it would show fractions of a millisecond."""
    middle, reach = date.fromisoformat(day[:10]), timedelta(days=20)
    ends = [(middle - reach).isoformat(), (middle + reach).isoformat()]
    return {"xaxis": layout["xaxis"] | {"range": ends, "tickvals": [day]}}


def legend_above() -> dict[str, Any]:
    """A legend in one row over the plot, for two series or more."""
    return {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom", "font": {"size": 12}}


def bars(name: str, x: Iterable[Any], y: Iterable[Any], **more: Any) -> Trace:
    return {"type": "bar", "name": name, "x": list(x), "y": list(y), **more}


def line(name: str, x: Iterable[Any], y: Iterable[Any], **more: Any) -> Trace:
    return {"type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y), "line": {"width": 2.5}} | more


def comparison_line(name: str, x: Iterable[Any], y: Iterable[Any], **more: Any) -> Trace:
    """An earlier period: always grey and dotted."""
    style = {"color": COMPARISON, "width": 1.5, "dash": "dot"}
    return line(name, x, y, **more) | {"line": style}


def hatched(incomplete: Sequence[bool]) -> dict[str, Any]:
    """A marker that hatches the bars of incomplete buckets; a plain one where there are none, which is drawn faster."""
    if not any(incomplete):
        return {}
    shapes = ["/" if part else "" for part in incomplete]
    return {"pattern": {"shape": shapes, "fillmode": "replace", "size": 6, "solidity": 0.45}}


def marker_line(x: Any, text: str, *, anchor: str = "left") -> tuple[dict[str, Any], dict[str, Any]]:
    """A vertical rule with its words, as (shape, annotation)."""
    rule = {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    words = {"x": x, "yref": "paper", "y": 1, "text": text, "showarrow": False, "xanchor": anchor, "yanchor": "top"}
    style = {"line": {"color": COMPARISON, "width": 1.5, "dash": "dash"}}
    return rule | style, words | {"xshift": 5 if anchor == "left" else -5, "font": {"size": 12}}


def money_axis(view: View) -> dict[str, Any]:
    """An axis in the shop's currency, short (12k)."""
    return {"tickformat": "~s", "title": {"text": view.currency, "standoff": 6}, "rangemode": "tozero"}
