"""Cohort matrices: who counts in the mean, what an unfinished month looks like, which cohort is called best."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashapp.charts import cohort_matrix, cohort_since, cohort_value, retention_curve
from dashapp.charts.kit.cohorts import ALL
from tests.charts.frames import cohorts, trace, view


def means(table: pd.DataFrame, column: str) -> list[float]:
    return list(table.loc[table["Cohort"] == ALL, column])


def test_the_mean_weighs_customers_and_takes_complete_months_only() -> None:
    assert means(cohort_matrix.build(cohorts(), view()).table, "Share") == [0.25, 0.2]
    assert means(cohort_since.build(cohorts(), view()).table, "Share") == [0.25, 0.5]
    assert means(cohort_value.build(cohorts(), view()).table, "Per customer") == [17.5, 20.0, 15.0]


def test_an_unfinished_month_has_no_fill_but_an_outline_and_its_number() -> None:
    chart = cohort_matrix.build(cohorts(), view())
    assert chart.figure
    go.Figure(chart.figure)
    filled, outlined = trace(chart, "Complete months"), trace(chart, "Incomplete months")
    assert filled["z"] == [[0.25, 0.2, None], [0.4, 0.2, None], [0.2, None, None]]
    assert list(zip(outlined["y"], outlined["x"], outlined["text"], strict=True)) == [
        ("Aug 2024", 3, "<i>90</i>"),
        ("Sep 2024", 2, "<i>90</i>"),
    ]
    assert [(shape["x0"], shape["y0"]) for shape in chart.figure["layout"]["shapes"]] == [(2.55, 0.55), (1.55, 1.55)]
    assert filled["customdata"][0] == [400, 100, None]


def test_best_and_worst_are_told_by_months_that_both_have_lived() -> None:
    rows = [
        (f"2024-0{cohort}-01", month, 50, active, active, 0.0, True)
        for cohort, shares in ((1, (20, 10, 8, 6)), (2, (25, 15, 9)), (3, (10, 5, 4)))
        for month, active in enumerate(shares, start=1)
    ]
    few = [("2024-04-01", 1, 50, 50, 50, 0.0, True)]
    frame = pd.DataFrame(rows + few, columns=list(cohorts().columns)).assign(
        cohort_month=lambda f: pd.to_datetime(f["cohort_month"])
    )
    chart = retention_curve.build(frame, view())
    assert "of Feb 2024 buys most often, that of Mar 2024 least" in chart.summary
    assert trace(chart, "Best: Feb 2024")["y"] == [0.5, 0.3, 0.18]
