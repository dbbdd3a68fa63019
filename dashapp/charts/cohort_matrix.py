"""Who buys again in which month after the first purchase, cohort by cohort."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.cohort_ahead import ahead_of, caption, draw_ahead, with_ahead
from dashapp.charts.kit.cohorts import cells_of, heatmap, marks_of, mean_of, table_of
from dashapp.charts.kit.formats import number, percent

NO_COHORT = "No cohort of this view has a month after that of the first purchase."


def shares(frame: pd.DataFrame, counted: str, what: str, bought_from: int) -> Chart:
    """frame: cohort_month, month_number (0..), customers, `counted`, is_complete; drawn as shares of the cohort.

    `bought_from`: see kit.cohorts.marks_of.
    """
    cells = cells_of(frame, counted, first_month=1) if len(frame) else frame
    if cells.empty or not cells["is_complete"].any():
        return nothing(NO_COHORT, "Choose a longer period or remove a filter.", "insufficient")
    mean = mean_of(cells, counted)
    drawn = heatmap(cells, mean, lambda share: f"{100 * share:.0f}", f"% {what}")
    first, last = mean.iloc[0], mean.iloc[-1]
    summary = (
        f"Of {number(first['customers'])} customers {percent(first['each'])} {what} 1 after their first purchase, of "
        f"{number(last['customers'])} old enough {percent(last['each'])} {what} {int(last['month_number'])}. Rows name "
        "the cohort and its size; dotted cells are incomplete and count in no mean."
    )
    table = table_of(cells, mean, counted, ("Bought", "Share"))
    return Chart(drawn, summary, table, marks=marks_of(cells, mean, bought_from))


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_matrix.sql; months ahead are predicted."""
    what = "bought in month"
    chart = shares(frame, "active_customers", what, bought_from=0)
    if chart.figure is None:
        return chart
    cells = cells_of(frame, "active_customers", first_month=1)
    ahead = ahead_of(cells, frame, ("share", "share_low", "share_high"))
    drawn = draw_ahead(chart.figure, ahead, lambda share: f"{100 * share:.0f}", "% will buy", len(chart.marks))
    summary = f"{chart.summary} {caption()}" if len(ahead) else chart.summary
    marks = chart.marks + marks_of(ahead, ahead[:0], None)
    return replace(chart, figure=drawn, summary=summary, table=with_ahead(chart.table, ahead), marks=marks)


CHART = ChartSpec(
    name="cohort_matrix",
    title="Retention: bought in the month",
    unit="% of the cohort that bought in exactly that month",
    definition="Customers by the month of their first purchase, and the share of them that bought in each later "
    "calendar month. The mean weighs cohorts by their size and takes complete months only. Dashed "
    "cells are predicted by the purchase model of all customers, at most 6 months ahead and none beyond the horizon; "
    "their 80 % bounds hold chance and what the data leave open about the parameters, not a season and not a model "
    "that does not fit: cohorts of thousands miss them more often. At most the newest 36 cohorts, 24 months.",
    query="cohort_matrix",
    parameters={"split": ""},
    build=build,
    choice="cohort",
    height=460,
)
