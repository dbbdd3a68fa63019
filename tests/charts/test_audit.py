"""The audit's bridges and stacks: bars hang where the last one ended, and gaps are told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashapp.charts import cohort_stack, customer_equity, equity_bridge, new_dependence, revenue_bridge, revenue_drivers
from dashapp.charts.chart import Chart
from dashapp.charts.kit.bridges import Bar, bridge
from tests.charts.frames import trace, view


def two_periods(**changes: Any) -> pd.DataFrame:
    """2 lost, 3 new and 4 who grew; one customer of the grown had only refunds before."""
    days = {"period_start": date(2023, 11, 20), "period_end": date(2024, 11, 19),
            "before_start": date(2022, 11, 20), "before_end": date(2023, 11, 19)}  # fmt: skip
    columns = ["kind", "customers", "orders_before", "orders_now", "value_before", "value_now", "buyers_before",
               "buyers_now"]  # fmt: skip
    rows = [
        ("grew", 4, 4, 8, 100.0, 260.1, 4, 4),
        ("lost", 2, 2, 0, 50.0, -5.0, 2, 0),
        ("new", 3, 0, 3, 0.0, 90.0, 0, 3),
    ]
    frame = pd.DataFrame(rows, columns=columns).assign(basis="net_sales", **(days | changes))
    for side in ("before", "now"):
        frame[f"bought_value_{side}"] = frame[f"value_{side}"].where(frame[f"buyers_{side}"] > 0, 0.0)
        frame[f"sales_{side}"] = frame[f"bought_value_{side}"]
    return frame


def equity(**amounts: float) -> pd.DataFrame:
    parts = {"opening": 100.0, "lost": -5.0, "served": -20.0, "moved_on": 15.0, "revised": 4.0, "new": 6.0} | amounts
    parts["closing"] = sum(parts.values())
    notes = {"margin": "From 80.0% to 50.0% of sales"}
    rows = [(n, part, 3, value, notes.get(part, ""), "s1") for n, (part, value) in enumerate(parts.items(), 1)]
    frame = pd.DataFrame(rows, columns=["position", "part", "customers", "amount", "note", "before_id"])
    return frame.assign(before_until=date(2024, 5, 1), until=date(2024, 11, 19))


def cohort_rows() -> pd.DataFrame:
    """Four years; every quarter's customers bring 10 in each later month of the data."""
    months = pd.date_range("2021-02-01", "2024-11-01", freq="MS")
    rows = [(m, q, 2, 10.0) for m in months for q in pd.date_range("2021-01-01", m, freq="QS")]
    return pd.DataFrame(rows, columns=["month", "cohort_quarter", "customers", "value"])


LONG = replace(view(), observed_from=date(2021, 2, 5))


@pytest.mark.parametrize(
    "chart",
    [
        revenue_bridge.build(two_periods(), view()),
        revenue_drivers.build(two_periods(), view()),
        equity_bridge.build(equity(), view()),
        cohort_stack.build(cohort_rows(), LONG),
        new_dependence.build(cohort_rows(), LONG),
    ],
    ids=["who", "what", "equity", "stack", "new"],
)
def test_a_drawn_chart_is_a_valid_figure_with_a_sentence_and_a_table(chart: Chart) -> None:
    go.Figure(chart.figure)
    assert chart.summary.endswith(".")
    assert "nan" not in chart.summary.lower()
    assert len(chart.table)


def test_each_bar_begins_where_the_last_one_ended() -> None:
    figure = bridge([Bar("Before", 100.0, True), Bar("a", -30.0), Bar("b", 50.0), Bar("Now", 120.0, True)], view())
    bars = figure["data"][0]
    assert bars["base"] == [0.0, 100.0, 70.0, 0.0]
    assert bars["x"] == [100.0, -30.0, 50.0, 120.0]
    assert bars["text"] == ["£100", "−\u2060£30", "+\u2060£50", "£120"]


@pytest.mark.parametrize("module", [revenue_bridge, revenue_drivers])
def test_a_period_before_the_data_begin_is_not_compared(module: Any) -> None:
    chart = module.build(two_periods(before_start=date(2021, 11, 20)), view())
    assert chart.note.kind == "insufficient"
    assert "5 Jan 2022" in chart.note.text


def test_refunds_of_the_lost_are_no_value_per_order() -> None:
    table = revenue_drivers.build(two_periods(), view()).table.set_index("Factor")
    assert table["Effect"].sum() == pytest.approx(345.1 - 150.0)
    assert table.loc["Without an order", "Effect"] == -5.0
    per_order = table.loc["Value per order"]
    assert (per_order.iloc[0], per_order.iloc[1]) == ("£25.00", "£31.83")


def test_a_changed_assumption_is_named_and_an_unchanged_one_is_not_drawn() -> None:
    chart = equity_bridge.build(equity(margin=-30.0), view())
    assert "margin changed −\u2060£30 (from 80.0% to 50.0% of sales)" in chart.summary
    assert "Margin changed" not in trace(equity_bridge.build(equity(), view()), "Bridge")["y"]


def future(**changes: Any) -> pd.DataFrame:
    """Two months ahead at 10 customers each, worth 9 and 8 today apiece, beside a base worth 1,000."""
    days = [(date(2024, 11, 20), date(2024, 11, 30), 90.0), (date(2024, 12, 1), date(2024, 12, 31), 80.25)]
    rows = [(start, end, 10.0, 10.0, amount / 100.0, amount) for start, end, amount in days]
    frame = pd.DataFrame(
        rows, columns=["first_day", "last_day", "customers", "value_per_customer", "discount", "amount"]
    )
    rest = {
        "won_from": date(2023, 11, 1), "won_until": date(2024, 10, 31), "won": 110, "won_before": 100,
        "window_days": 180, "note": "", "base_customers": 40, "base_value": 1000.0, "base_low": 900.0,
        "base_high": 1100.0, "horizon_days": 42, "annual_discount_rate": 0.1, "gross_margin": 0.4,
    }  # fmt: skip
    return frame.assign(**(rest | changes))


def test_customers_to_come_are_hatched_named_an_assumption_and_in_their_own_rows() -> None:
    chart = customer_equity.build(future(), view())
    drawn = trace(chart, "Bridge")
    assert drawn["x"] == [1000.0, 170.25, 1170.25]
    assert drawn["marker"]["pattern"]["shape"] == ["", "/", "/"]
    assert list(chart.table["Kind"]) == ["Predicted", "Assumed", "Assumed", "If the assumption holds"]
    assert chart.table["Value"].iloc[:3].sum() == chart.table["Value"].iloc[3]
    for words in (
        "Assumption, not a forecast",
        "42 days",
        "180 days",
        "up 10.0\u00a0%",
        "40\u00a0% margin",
        "10.0\u00a0% a year",
    ):
        assert words in chart.summary
    assert "on the 12 months before" not in customer_equity.build(future(won_before=pd.NA), view()).summary


def test_without_a_scenario_today_stands_alone_with_the_reason() -> None:
    chart = customer_equity.build(future(note="It needs 12 complete months.", amount=None).head(1), view())
    assert chart.figure is None
    assert chart.note.kind == "insufficient"
    assert "worth £1.00k" in chart.note.text
    assert "12 complete months" in chart.note.text


def test_without_an_earlier_snapshot_the_reason_is_shown() -> None:
    none = equity().head(1).assign(part="none", amount=None, note="There is no earlier snapshot of this shop.")
    chart = equity_bridge.build(none, view())
    assert chart.note
    assert "no earlier snapshot" in chart.note.text


def test_more_than_twelve_quarters_are_years_and_lose_no_money() -> None:
    chart = cohort_stack.build(cohort_rows(), LONG)
    assert chart.figure
    assert [bars["name"] for bars in chart.figure["data"]] == ["2021", "2022", "2023", "2024"]
    assert chart.table["Net sales"].sum() == pytest.approx(cohort_rows()["value"].sum())
    oldest = chart.figure["data"][0]["meta"]["marks"][0]
    assert chart.marks[oldest] == {"limits": "first_order_date~2021-01-01~2021-12-31~"}


def test_the_first_year_in_which_all_look_new_is_left_out() -> None:
    table = new_dependence.build(cohort_rows(), LONG).table
    assert list(table["Year"]) == ["2022", "2023", "2024 so far"]
    new, all_ = 3 * (1 + 2 + 3 + 4), 3 * (5 + 6 + 7 + 8)
    assert table["Share"].iloc[0] == pytest.approx(new / all_, abs=1e-4)
