"""How much of each year's sales came from customers won in that year."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import money, percent
from dashapp.charts.kit.marks import customers, marked
from dashapp.charts.kit.theme import MEASURE
from dashapp.domain.ranges import LOOK_NEW


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_revenue.sql."""
    if frame.empty:
        return nothing("No customer with sales in this view.", "Remove a filter.")
    years = _years(frame).loc[lambda found: found.index > view.observed_from.year]
    years = years[years["value"] > 0]
    if years.empty:
        text = "The data hold no year after the first one, in which all customers look new."
        return nothing(text, "Load a longer history.", "insufficient")
    years["is_partial"] = [date(int(year), 12, 31) > view.observed_until for year in years.index]
    names = [f"{year}{' so far' if row.is_partial else ''}" for year, row in zip(years.index, years.itertuples(),
                                                                                 strict=True)]  # fmt: skip
    marker = figures.hatched(list(years["is_partial"])) | {"color": MEASURE}
    share = years["share"].round(4)
    bars = figures.bars(
        "Share of customers won in the year", names, share, marker=marker, text=[percent(each, 0) for each in share],
        textposition="outside", cliponaxis=False, hovertemplate="%{x}: %{y:.1%} from customers of the year"
        "<extra></extra>", width=0.5,
    )  # fmt: skip
    drawn = figures.figure(
        [marked(bars, range(len(names)))],
        xaxis={"type": "category", "fixedrange": True},
        yaxis={"tickformat": ".0%", "range": [min(0.0, float(share.min())), max(1.02, float(share.max()) * 1.1)],
               "fixedrange": True},
        margin=figures.MARGIN | {"t": 20},
    )  # fmt: skip
    basis = view.filters.basis.label
    table = pd.DataFrame(
        {"Year": names, basis: years["value"].round(2).to_list(), "From customers won in it":
         years["new_value"].round(2).to_list(), "Share": share.to_list()}
    )  # fmt: skip
    marks = (customers(("first_order_date", date(int(y), 1, 1), date(int(y), 12, 31))) for y in years.index)
    return Chart(drawn, _summary(years, names, view), table, marks=tuple(marks))


def _years(frame: pd.DataFrame) -> pd.DataFrame:
    year = pd.to_datetime(frame["month"]).dt.year
    value = frame["value"].astype(float).fillna(0.0)
    is_new = pd.to_datetime(frame["cohort_quarter"]).dt.year == year
    found = pd.DataFrame(
        {"value": value.groupby(year).sum(), "new_value": value.where(is_new, 0.0).groupby(year).sum()}
    )
    return found.assign(share=found["new_value"] / found["value"].where(found["value"] > 0))


def _summary(years: pd.DataFrame, names: list[str], view: View) -> str:
    last, basis = years.iloc[-1], view.filters.basis.label.lower()
    text = (
        f"{percent(last['share'])} of {basis} in {names[-1]} ({money(last['value'], view.currency)}) came from "
        "customers won in that year"
    )
    if len(years) > 1:
        text += f"; in {names[-2]} it was {percent(years.iloc[-2]['share'])}"
    return f"{text}. {view.observed_from.year} is left out: {LOOK_NEW}."


CHART = ChartSpec(
    name="new_dependence",
    title="Dependence on new customers",
    unit="Share of a calendar year's sales from customers who first bought in it",
    definition="Sales of identified customers in a calendar year, and the share of them that came from customers whose "
    "first order was in the same year. The first year of the data is left out, because who bought before it is not "
    "known. Always the whole history, whatever the period.",
    query="cohort_revenue",
    build=build,
    height=420,
)
