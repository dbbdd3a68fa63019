"""Every chart: a valid figure without template, numbers that are the frame's, and words instead of a blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashapp.charts import (
    catalogue,
    clv_distribution,
    concentration,
    country_value,
    purchase_timeline,
    retention_curve,
    revenue_trend,
    rfm_grid,
    segments,
)
from dashapp.charts.chart import Chart
from dashapp.charts.kit import figures
from dashapp.domain.vocabulary import Basis
from dashapp.errors import NotFound
from tests.charts.frames import UNTIL, cohorts, trace, trend_rows, view


def bins(customers: list[int]) -> pd.DataFrame:
    last = len(customers) - 1
    facts = {"n": sum(customers), "mean": 24.0, "median": 7.0, "top_share": 0.55, "zero_share": 0.2}
    rows = [
        {"bin_low": 10.0 * i, "bin_high": None if i == last else 10.0 * (i + 1), "customers": c, **facts}
        for i, c in enumerate(customers)
    ]
    return pd.DataFrame(rows).astype({"bin_high": float})


def groups(count: int) -> pd.DataFrame:
    rows = [(f"Land {i}", 10, 1000.0 - i, 500.0) for i in range(count)]
    return pd.DataFrame(rows, columns=["name", "customers", "value", "clv"])


def lorenz(customers: int) -> pd.DataFrame:
    shares = [step / 100 for step in range(1, 101)]
    columns = {"customer_share": shares, "sales_share": [s**0.5 for s in shares], "clv_share": [s**0.3 for s in shares]}
    return pd.DataFrame(columns).assign(buyers=customers, customers=customers)


def purchases(*days: date) -> pd.DataFrame:
    rows = [(day, f"o{i}", 20.0, 0.0, 20.0, True) for i, day in enumerate(days)]
    columns = ["order_date", "order_id", "gross_sales", "returns", "net_sales", "is_purchase"]
    return pd.DataFrame(rows, columns=columns)


def drawn() -> dict[str, Chart]:
    """One drawing of every chart."""
    people = pd.DataFrame(
        {"segment": ["New", "Champions"], "customers": [5, 3], "value": [10.0, 90.0], "clv": [1.0, 9.0]}
    )
    monthly = [date(2024, month, 3) for month in range(5, 11)]
    return {
        "revenue_trend": revenue_trend.build(trend_rows(), view(range="l90d")),
        "segments": segments.build(people, view()),
        "clv_distribution": clv_distribution.build(bins([8, 4, 2, 1]), view()),
        "country_value": country_value.CHART.build(groups(3), view()),
        "channel_value": country_value.CHART.build(groups(1), view()),
        "concentration": concentration.build(lorenz(50), view()),
        "retention_curve": retention_curve.build(cohorts(), view()),
        "purchase_timeline": purchase_timeline.build(purchases(*monthly), view()),
    }


@pytest.mark.parametrize("name", list(drawn()))
def test_a_drawn_chart_is_a_valid_figure_without_template_or_missing_words(name: str) -> None:
    chart = drawn()[name]
    assert chart.figure is not None
    go.Figure(chart.figure)
    assert "template" not in chart.figure["layout"]
    assert not [t for t in chart.figure["data"] if t["type"].endswith("gl")]
    assert "nan" not in chart.summary.lower()
    assert chart.summary.endswith(".")
    assert len(chart.table)


@pytest.mark.parametrize("name", list(catalogue.charts()))
def test_no_rows_give_a_reason_and_no_figure(name: str) -> None:
    chart = catalogue.chart(name).build(pd.DataFrame(), view())
    assert chart.figure is None
    assert chart.note
    assert chart.note.text


def test_an_unknown_chart_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="pie"):
        catalogue.chart("pie")


def test_sold_less_refunds_is_net_sales_in_table_and_sentence() -> None:
    chart = revenue_trend.build(trend_rows(), view(range="custom", start=date(2024, 4, 1), end=UNTIL))
    assert list(chart.table["Net sales"])[-3:] == [0, 290, 55]
    assert chart.table["Refunds"].sum() == -35
    assert "£345" in chart.summary


@pytest.fixture
def monthly() -> Chart:
    """Drawn in months, as for a year."""
    return revenue_trend.build(trend_rows(), view())


def test_the_unfinished_month_is_hatched_and_named(monthly: Chart) -> None:
    shapes = trace(monthly, "Returning customers")["marker"]["pattern"]["shape"]
    assert shapes == [""] * 11 + ["/"]
    assert monthly.summary.endswith("Hatched and in no change: 1 to 19 Nov 2024, incomplete.")


def test_a_finished_month_is_not_hatched() -> None:
    chart = revenue_trend.build(trend_rows(), view(range="lm"))
    assert "pattern" not in trace(chart, "Returning customers")["marker"]
    assert "incomplete" not in chart.summary


def test_the_comparison_lies_under_the_same_month_and_is_not_counted_in(monthly: Chart) -> None:
    assert list(monthly.table["Previous year"])[-2:] == [150.0, 50.0]
    assert list(monthly.table["Net sales"])[-2:] == [290.0, 55.0]
    assert trace(monthly, "Previous year")["line"]["dash"] == "dot"


def test_an_unfinished_month_is_in_no_change(monthly: Chart) -> None:
    # October 290 against 150; the 19 days of November, 55 against 50, would make it 345 against 200
    assert "up 93.3\u00a0% on the previous year in its complete months (£290 against £150)" in monthly.summary
    changes = list(monthly.table["Relative change"])
    assert changes[-2] == pytest.approx(290 / 150 - 1, abs=1e-4)
    assert pd.isna(changes[-1])
    within = revenue_trend.build(trend_rows(), view(range="mtd"))  # day by day, and every day is whole
    assert "complete" not in within.summary


def ahead(**filters: Any) -> Chart:
    months = pd.DataFrame({"month": pd.to_datetime(["2024-12-01", "2025-01-01"]), "customers": [9, 9],
                           "sales": [100.0, 80.0], "low": [90.0, 60.0], "high": [115.0, 101.0],
                           "bias_pct": [-6.89, -6.89]})  # fmt: skip
    return revenue_trend.build(trend_rows(), replace(view(**filters), ahead=months))


def test_what_present_customers_will_buy_is_drawn_beside_and_counted_in_nothing() -> None:
    chart = ahead()
    assert chart.table["Net sales"].sum() == 345
    assert list(chart.table["Month"][-2:]) == ["Dec 2024", "Jan 2025"]
    assert list(trace(chart, "Predicted, high")["y"]) == [115.0, 101.0]
    assert "£180 from Dec 2024 to Jan 2025; in Dec 2024 £100 (80\u00a0%: £90 to £115)" in chart.summary
    assert "totals were 6.9\u00a0% below what came" in chart.summary


@pytest.mark.parametrize("narrowed", [{"country": ("France",)}, {"range": "lm"}, {"range": "mtd"}])
def test_a_part_of_the_shop_or_another_time_has_no_prediction_of_the_whole(narrowed: dict[str, Any]) -> None:
    assert "Predicted, present customers" not in ahead(**narrowed).table


def test_margin_without_costs_is_not_available_rather_than_zero() -> None:
    rows = trend_rows().assign(value=None).astype({"value": float})
    chart = revenue_trend.build(rows, view(basis=Basis.GROSS_MARGIN))
    assert chart.note
    assert chart.note.kind == "unavailable"


def test_gross_sales_show_no_refunds() -> None:
    rows = trend_rows()
    chart = revenue_trend.build(rows.assign(value=rows["gross_sales"]), view(basis=Basis.GROSS_SALES))
    assert "Refunds" not in chart.table
    assert chart.table["Gross sales"].sum() == 380


def test_segments_stand_in_their_order_and_their_bars_are_their_customers() -> None:
    chart = drawn()["segments"]
    assert list(chart.table["Segment"]) == ["Champions", "New"]
    assert chart.figure
    assert [chart.marks[mark] for mark in chart.figure["data"][0]["meta"]["marks"]] == [
        {"segment": "Champions"},
        {"segment": "New"},
    ]
    assert chart.summary.startswith("Champions hold 90.0\u00a0%")


def test_a_distribution_of_few_is_refused_because_it_would_show_persons() -> None:
    chart = clv_distribution.build(bins([8, 1]), view())
    assert chart.note
    assert chart.note.kind == "insufficient"


def test_the_distribution_counts_everybody_and_names_the_open_bar() -> None:
    chart = drawn()["clv_distribution"]
    assert chart.table["Customers"].sum() == 15
    assert chart.table.iloc[-1, 0] == "30 and more"
    assert "less than £7" in chart.summary


def test_many_countries_become_nine_and_the_rest_without_losing_money() -> None:
    chart = country_value.CHART.build(groups(14), view())
    assert chart.figure
    sales = chart.figure["data"][1]
    assert len(sales["y"]) == 10
    assert sales["y"][-1] == "5 other"
    assert sales["meta"]["marks"] == [*range(9), None]
    assert len(chart.marks) == 14
    assert sum(sales["x"]) == pytest.approx(groups(14)["value"].sum())
    assert len(chart.table) == 14


def test_sales_without_any_customer_have_no_value_per_customer() -> None:
    chart = country_value.CHART.build(
        pd.DataFrame({"name": ["X"], "customers": [0], "value": [5.0], "clv": [None]}), view()
    )
    assert chart.table["CLV per customer"].isna().all()
    assert chart.figure
    assert len(chart.figure["data"]) == 2


def test_the_highest_value_per_customer_says_whom_it_leaves_out() -> None:
    """Three customers of 1,000 each are drawn longer than the 40 of 10 that are called highest."""
    rows = {"name": ["A", "B", "C"], "customers": [50, 40, 3], "value": [9.0, 8.0, 7.0], "clv": [50.0, 400.0, 3000.0]}
    few, many = (country_value.CHART.build(frame, view()) for frame in (pd.DataFrame(rows), pd.DataFrame(rows)[:2]))
    assert few.summary.endswith("highest in B (£10) of those with 30 customers or more.")
    assert many.summary.endswith("highest in B (£10).")


def test_concentration_reads_the_best_fifth() -> None:
    assert "44.7\u00a0% of net sales" in concentration.build(lorenz(50), view()).summary


def test_retention_is_weighted_by_customers() -> None:
    chart = drawn()["retention_curve"]
    assert list(chart.table["Share"]) == [0.25, 0.2]


def test_the_usual_window_is_the_customers_own_habit_and_says_when() -> None:
    chart = drawn()["purchase_timeline"]
    assert "and 3 Nov 2024" in chart.summary


def test_two_purchases_are_no_habit() -> None:
    chart = purchase_timeline.build(purchases(date(2024, 1, 1), date(2024, 2, 1)), view())
    assert "Too few purchases" in chart.summary
    assert chart.figure
    assert len(chart.figure["layout"]["shapes"]) == 1


def test_half_an_observed_year_is_no_year_to_compare_with() -> None:
    young = replace(view(), observed_from=date(2023, 6, 1))
    chart = revenue_trend.build(trend_rows(), young)
    assert "previous year" not in chart.summary


def test_a_dimension_nobody_delivered_is_not_available() -> None:
    rows = pd.DataFrame({"name": ["Unknown"], "customers": [9], "value": [5.0], "clv": [1.0]})
    chart = country_value.CHART.build(rows, view())
    assert chart.note
    assert chart.note.kind == "unavailable"


def test_a_chart_of_one_day_shows_that_day() -> None:
    figure = figures.figure([figures.bars("Sales", ["2024-11-01"], [3.0])], xaxis={"type": "date"})
    assert figure["data"][0]["width"] == figures.WEEK_MS
    assert figure["layout"]["xaxis"]["tickvals"] == ["2024-11-01"]
    two = figures.figure([figures.bars("Sales", ["2024-11-01", "2024-12-01"], [3.0, 4.0])], xaxis={"type": "date"})
    assert "width" not in two["data"][0]
    assert two["layout"]["xaxis"] == {"type": "date"}


def test_one_segment_alone_is_the_largest_of_none() -> None:
    rows = pd.DataFrame({"r_score": [5], "fm_score": [5], "segment": ["Champions"], "customers": [1]})
    chart = rfm_grid.build(rows.assign(value=1.0, clv=1.0, days_since_last_order=3.0), view())
    assert chart.summary == "Champions is the only segment in this view: 1 customer."
