"""A choice made in a chart: the chosen marks keep their colour, the others fade, and no number of them is lost."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashapp.charts import cohort_matrix, rfm_grid, segments
from dashapp.charts.chart import Chart, Figure
from dashapp.charts.kit.marks import FADED, emphasised
from tests.charts.frames import cohorts, view


def chosen(chart: Chart, choice: str, *values: str) -> Figure:
    figure = emphasised(chart, choice, values)
    assert figure
    go.Figure(figure)
    return figure


def test_of_bars_the_chosen_are_selected_and_the_others_fade() -> None:
    people = pd.DataFrame({"segment": ["New", "Loyal"], "customers": [5, 3], "value": [1.0, 9.0], "clv": [1.0, 9.0]})
    bars = chosen(segments.build(people, view()), "segment", "New")["data"]
    assert [trace["selectedpoints"] for trace in bars] == [[1], [1], [1]]
    assert {trace["unselected"]["marker"]["opacity"] for trace in bars} == {FADED}


def test_every_tile_of_a_chosen_segment_stays() -> None:
    rows = [(5, 5, "Champions"), (4, 5, "Champions"), (1, 1, "Dormant")]
    frame = pd.DataFrame(rows, columns=["r_score", "fm_score", "segment"])
    frame = frame.assign(customers=2, value=1.0, clv=1.0, days_since_last_order=3.0)
    drawn = chosen(rfm_grid.build(frame, view()), "segment", "Champions")
    assert {trace["name"]: trace["selectedpoints"] for trace in drawn["data"]} == {
        "R1": [], "R2": [], "R3": [], "R4": [4], "R5": [4],
    }  # fmt: skip


def test_a_heatmap_becomes_two_that_share_its_cells() -> None:
    whole = cohort_matrix.shares(cohorts(), "active_customers", "bought", bought_from=0)
    assert whole.figure
    cells = whole.figure["data"][0]["z"]
    cohort = next(mark["cohort"] for mark in whole.marks if mark)
    kept, faded, *_ = chosen(whole, "cohort", cohort)["data"]
    assert (kept["type"], faded["opacity"]) == ("heatmap", FADED)
    for row, (all_, on, off) in enumerate(zip(cells, kept["z"], faded["z"], strict=True)):
        assert [a if a is not None else b for a, b in zip(on, off, strict=True)] == all_, row
    assert [row for row, values in enumerate(kept["z"]) if any(v is not None for v in values)] == [1]


def test_words_over_cells_fade_without_a_marker_appearing() -> None:
    whole = cohort_matrix.shares(cohorts(), "active_customers", "bought", bought_from=0)
    words = [trace for trace in chosen(whole, "cohort", "1999-01")["data"] if trace["type"] == "scatter"]
    assert words
    assert {trace["unselected"]["marker"]["opacity"] for trace in words} == {0}
