"""Cohort matrices: who counts in the mean, what an unfinished month looks like, which cohort is called best."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashapp.charts import cohort_matrix, cohort_value, retention_curve
from dashapp.charts.kit.cohorts import ALL
from dashapp.domain.vocabulary import Basis, Compare
from tests.charts.frames import cohorts, trace, view


def means(table: pd.DataFrame, column: str) -> list[float]:
    return list(table.loc[table["Cohort"] == ALL, column])


def test_the_mean_weighs_customers_and_takes_complete_months_only() -> None:
    assert means(cohort_matrix.build(cohorts(), view()).table, "Share") == [0.25, 0.2]
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
    frame = pd.DataFrame(rows + few, columns=list(cohorts().columns)[:7]).assign(
        cohort_month=lambda f: pd.to_datetime(f["cohort_month"]), series="current"
    )
    chart = retention_curve.build(frame, view())
    assert "of Feb 2024 buys most often, that of Mar 2024 least" in chart.summary
    assert trace(chart, "Best: Feb 2024")["y"] == [0.5, 0.3, 0.18]


def ahead() -> pd.DataFrame:
    """The cohorts with one month of each predicted, the second without money."""
    names = ["share", "share_low", "share_high", "value_ahead", "value_ahead_low", "value_ahead_high"]
    rows = [
        ("2024-08-01", 4, 100, 0.25, 0.2, 0.31, 2.0, 1.0, 4.0),
        ("2024-09-01", 3, 300, 0.1, 0.05, 0.15, *[float("nan")] * 3),
    ]
    cells = pd.DataFrame(rows, columns=["cohort_month", "month_number", "customers", *names])
    cells = cells.assign(cohort_month=pd.to_datetime(cells["cohort_month"]), is_predicted=True, is_complete=False)
    return pd.concat([cohorts(), cells], ignore_index=True)


def test_predicted_cells_are_drawn_and_told_apart_and_count_in_no_mean() -> None:
    chart = cohort_matrix.build(ahead(), view())
    go.Figure(chart.figure)
    predicted = trace(chart, "Predicted months")
    assert list(zip(predicted["y"], predicted["x"], predicted["text"], strict=True)) == [
        ("Aug 2024", 4, "<i>25</i>"),
        ("Sep 2024", 3, "<i>10</i>"),
    ]
    assert "predicted" in predicted["hovertemplate"]
    assert predicted["customdata"][0] == ["20", "31", 100]
    assert chart.figure
    assert [shape["line"]["dash"] for shape in chart.figure["layout"]["shapes"]] == ["dot", "dot", "dash", "dash"]
    assert list(chart.table.loc[chart.table["Complete"] == "predicted", "Low (80 %)"]) == [0.2, 0.05]
    assert means(chart.table, "Share") == [0.25, 0.2]


def test_predicted_value_adds_to_what_was_brought_and_is_of_net_sales_only() -> None:
    table = cohort_value.build(ahead(), view()).table
    predicted = table[table["Complete"] == "predicted"]
    assert predicted[["Per customer", "Low (80 %)", "High (80 %)"]].to_numpy().tolist() == [[21.0, 20.0, 23.0]]
    other = cohort_value.build(ahead(), view(basis=Basis.GROSS_SALES)).table
    assert "predicted" not in set(other["Complete"])


def test_those_won_a_year_before_are_drawn_at_the_same_age() -> None:
    earlier = cohorts().assign(series="previous", cohort_month=lambda f: f["cohort_month"] - pd.DateOffset(years=1))
    earlier["active_customers"] *= 0.5
    both = pd.concat([cohorts(), earlier], ignore_index=True)
    chart = retention_curve.build(both, view())
    assert trace(chart, "All cohorts")["y"] == [0.25, 0.2]
    assert trace(chart, "Previous year")["y"] == [0.125, 0.1]
    assert chart.table["Share, previous year"].tolist() == [0.125, 0.1]
    alone = retention_curve.build(both, view(compare=Compare.NONE))
    assert "Share, previous year" not in alone.table
