"""What a customer of each cohort has brought by equal age (the fourth lens of a customer-base audit)."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.cohort_ahead import ahead_of, caption, draw_ahead, with_ahead
from dashapp.charts.kit.cohorts import cells_of, heatmap, marks_of, mean_of, table_of
from dashapp.charts.kit.formats import compact, money
from dashapp.domain.vocabulary import Basis


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_matrix.sql; value is cumulative."""
    cells = cells_of(frame, "value", first_month=0) if len(frame) else frame
    if cells.empty or not cells["is_complete"].any():
        text = "No cohort of this view has a complete month."
        return nothing(text, "Choose a longer period or remove a filter.", "insufficient")
    mean = mean_of(cells, "value")
    basis = view.filters.basis.label
    drawn = heatmap(cells, mean, lambda value: compact(round(value)), f"{view.currency} per customer")
    first, last = mean.iloc[0], mean.iloc[-1]
    summary = (
        f"A customer has brought {money(first['each'], view.currency)} ({basis.lower()}) by the end of the month of "
        f"the first purchase and {money(last['each'], view.currency)} by month {int(last['month_number'])}, on average "
        "over the customers that old. Dotted cells are incomplete and count in no mean."
    )
    table = table_of(cells, mean, "value", (basis, "Per customer"))
    ahead = _ahead(cells, frame) if view.filters.basis is Basis.NET_SALES else cells[:0]
    if len(ahead):
        summary = f"{summary} {caption()}"
    marks = marks_of(cells, mean, None)
    drawn = draw_ahead(drawn, ahead, lambda value: compact(round(value)), f"{view.currency} per customer", len(marks))
    marks += marks_of(ahead, ahead[:0], None)
    return Chart(drawn, summary, with_ahead(table, ahead), marks=marks)


def _ahead(cells: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """What a customer will have brought: what was until the end of the data, and what is predicted from there on."""
    ahead = ahead_of(cells, frame, ("value_ahead", "value_ahead_low", "value_ahead_high"))
    brought = cells.groupby("name")["each"].last()[ahead["name"]].to_numpy()
    return ahead.assign(**{column: ahead[column] + brought for column in ("each", "low", "high")})


CHART = ChartSpec(
    name="cohort_value",
    title="Value per customer at equal age",
    unit="Cumulative value per customer of the cohort",
    definition="What the customers of a cohort have brought up to the end of each month after the first purchase, "
    "divided by all of them, also those who never came back. Lens 4 of the customer-base audit: cohorts at equal age. "
    "The mean takes complete months only. Dashed cells are predicted for net sales: what was brought until the end of "
    "the data and what the models of all customers expect from there on; their 80 % bounds hold chance and "
    "what the data leave open about the parameters, not a season and not a model that does not fit: cohorts of "
    "thousands miss them more often. At most the newest 36 cohorts, 24 months.",
    query="cohort_matrix",
    parameters={"split": ""},
    build=build,
    choice="cohort",
    height=460,
)
