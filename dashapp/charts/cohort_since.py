"""Who has bought again by which month after the first purchase, cohort by cohort."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View
from dashapp.charts.cohort_matrix import shares


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_matrix.sql."""
    return shares(frame, "returned_customers", "had bought again by month", bought_from=1)


CHART = ChartSpec(
    name="cohort_since",
    title="Retention: bought again by the month",
    unit="% of the cohort that had bought again by then",
    definition="Customers by the month of their first purchase, and the share of them with a purchase in any of the "
    "months 1 to k after it. It never falls. The mean weighs cohorts by their size and takes complete months only. At "
    "most the newest 36 cohorts, 24 months.",
    query="cohort_matrix",
    build=build,
    choice="cohort",
    height=460,
)
