from __future__ import annotations

import plotly.graph_objects as go

from dashapp.charts.kit.gantt import Span, gantt

STEPS = (Span("load", 0.5, 2.0, "orders.csv"), Span("check", 2.0, 2.5), Span("score", 2.5, 10.5, "60 customers"))


def test_every_step_is_a_bar_from_its_start_to_its_end_and_the_longest_is_named() -> None:
    chart = gantt(STEPS)
    go.Figure(chart.figure)
    bars = chart.figure["data"][0]
    ends = [start + width for start, width in zip(bars["base"], bars["x"], strict=True)]
    assert (bars["base"], ends) == ([0.5, 2.0, 2.5], [2.0, 2.5, 10.5])
    assert chart.summary == "3 steps in 10.0 s; score took the longest, 8.0 s (80\u00a0%)."
    assert chart.table["Took"].tolist() == ["1.5 s", "0.5 s", "8.0 s"]


def test_no_step_gives_a_reason_and_no_figure() -> None:
    assert gantt(()).figure is None
    assert gantt(()).note is not None
