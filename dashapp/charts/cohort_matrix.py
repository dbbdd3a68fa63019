"""Who buys again in which month after the first purchase, cohort by cohort."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.cohorts import cells_of, heatmap, mean_of, table_of
from dashapp.charts.kit.formats import number, percent

NO_COHORT = "No cohort of this view has a month after that of the first purchase."


def shares(frame: pd.DataFrame, counted: str, what: str) -> Chart:
    """frame: cohort_month, month_number (0..), customers, `counted`, is_complete; drawn as shares of the cohort."""
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
    return Chart(drawn, summary, table_of(cells, mean, counted, ("Bought", "Share")))


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_matrix.sql."""
    return shares(frame, "active_customers", "bought in month")


CHART = ChartSpec(
    name="cohort_matrix",
    title="Retention: bought in the month",
    unit="% of the cohort that bought in exactly that month",
    definition="Customers by the month of their first purchase, and the share of them that bought in each later "
    "calendar month. The mean weighs cohorts by their size and takes complete months only. At "
    "most the newest 36 cohorts, 24 "
    "months.",
    query="cohort_matrix",
    build=build,
    height=460,
)
