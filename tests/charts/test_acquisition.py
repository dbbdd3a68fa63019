"""What the cards on cost say: the loss that a blended ratio hides, nothing without spend, no mean of the immature."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashapp.charts import channel_performance, cohort_payback
from tests.charts.frames import trace, view

NAN = float("nan")


def channels(*rows: tuple[str, int, float, float | None], **changes: Any) -> pd.DataFrame:
    """rows: channel, customers, margin of each in 90 days, spend; everybody brings the same."""
    records = [
        {"channel": name, "unit": unit, "age": age, "customers": customers, "margin": customers * each,
         "margin_squares": customers * each**2, "spend": NAN if spend is None else spend}
        for name, customers, each, spend in rows
        for unit, age in (("days", 0), ("days", 90), ("months", 0))
    ]  # fmt: skip
    told = {
        "cohorts": 12, "first_month": pd.Timestamp("2024-01-01"), "last_month": pd.Timestamp("2024-12-01"),
        "has_spend": True, "has_margin": True, "clv": NAN, "clv_low": NAN, "clv_high": NAN, "clv_customers": NAN,
        "horizon": 0,
    }  # fmt: skip
    return pd.DataFrame(records).assign(**(told | changes))


def test_a_blended_ratio_above_one_hides_no_channel_below_it() -> None:
    """Search 100 customers at 2 bring 10 each, Social 100 at 12 bring 10 each: 2000 for 1400 is 1.43, Social 0.83."""
    chart = channel_performance.build(channels(("Search", 100, 10.0, 200.0), ("Social", 100, 10.0, 1200.0)), view())
    assert "Blended hides a loss: all channels together return 1.43× what they cost within 90 days" in chart.summary
    assert "Social returns 0.83×" in chart.summary
    assert "£1.20k of the spend (86\u00a0%) went there" in chart.summary
    assert "Search returns" not in chart.summary


def test_better_in_every_channel_and_worse_in_all_is_told_channel_by_channel() -> None:
    """Simpson: each channel earns more per customer than a year before, all together less, because the mix moved."""
    before = channel_performance.build(channels(("Good", 90, 10.0, 450.0), ("Poor", 10, 2.0, 50.0)), view()).table
    now = channel_performance.build(channels(("Good", 10, 11.0, 50.0), ("Poor", 90, 3.0, 450.0)), view()).table
    each = "90 days, margin"
    rise = now.set_index("Channel")[each] - before.set_index("Channel")[each]
    assert rise["All channels"] < 0 < min(rise["Good"], rise["Poor"])
    assert list(now["Margin to cost"].str[:5]) == ["0.76×", "0.60×", "2.20×"]


def test_break_even_is_what_a_customer_brings_at_the_horizon() -> None:
    table = channel_performance.build(channels(("Search", 100, 10.0, 200.0)), view()).table.set_index("Channel")
    assert table.loc["Search", "Break-even cost"] == table.loc["Search", "90 days, margin"] == 10.0
    assert table.loc["Search", "90 days, n"] == 100


def test_where_nothing_of_the_channels_is_known_there_is_no_chart_of_one_bar() -> None:
    nothing_known = {"has_spend": False, "has_margin": False, "margin": NAN}
    chart = channel_performance.build(channels(("Unknown", 100, 10.0, None), **nothing_known), view())
    assert chart.note
    assert chart.note.kind == "unavailable"
    named = channel_performance.build(channels(("Search", 100, 10.0, None), **nothing_known), view())
    assert named.figure


def test_without_spend_there_is_no_ratio_but_a_way_to_get_one() -> None:
    chart = channel_performance.build(channels(("Search", 100, 10.0, None), has_spend=False), view())
    assert channel_performance.NO_SPEND in chart.summary
    assert chart.table[["Spend", "Cost per customer"]].isna().all(axis=None)
    assert set(chart.table["Margin to cost"]) == set(chart.table["Payback"]) == {"–"}
    assert chart.figure
    go.Figure(chart.figure)
    assert "Margin to cost" not in {item["name"] for item in chart.figure["data"]}
    assert list(chart.table["90 days, margin"]) == [10.0]


def cohorts(**changes: Any) -> pd.DataFrame:
    """August: 10 customers, cost 12 each, brought 5, 8, then 9.5 in a month not over; expected 13 within 11 and 16."""
    columns = ["cohort_month", "month_number", "margin", "is_complete", "is_predicted", "margin_low", "margin_high"]
    rows = [
        ("2024-08-01", 0, 50.0, True, False, NAN, NAN),
        ("2024-08-01", 1, 80.0, True, False, NAN, NAN),
        ("2024-08-01", 2, 95.0, False, False, NAN, NAN),
        ("2024-08-01", 3, 115.0, False, True, 100.0, 125.0),
        ("2024-08-01", 4, 130.0, False, True, 122.0, 160.0),
    ]
    frame = pd.DataFrame(rows, columns=columns).assign(
        name="", customers=10, margin_squares=700.0, spend=120.0, is_first=False, has_spend=True, has_margin=True
    )
    return frame.assign(cohort_month=pd.to_datetime(frame["cohort_month"])).assign(**changes)


def test_a_cohort_behind_is_drawn_on_within_its_bounds_against_its_own_cost() -> None:
    chart = cohort_payback.build(cohorts(), view())
    assert "1 cohort not paid back: Aug 2024: not yet, 80\u00a0%: months 3 to 4" in chart.summary
    go.Figure(chart.figure)
    assert (trace(chart, "Aug 2024")["x"], trace(chart, "Aug 2024")["y"]) == ([0, 1, 2], [5.0, 8.0, 9.5])
    assert trace(chart, "Aug 2024, predicted")["y"] == [9.5, 11.5, 13.0]
    assert trace(chart, "80 % bounds")["y"] == [9.5, 12.5, 16.0, 12.2, 10.0, 9.5]
    assert trace(chart, "Cost, Aug 2024")["y"] == [12.0, 12.0]


def test_a_month_that_is_not_over_is_in_no_mean() -> None:
    chart = cohort_payback.build(cohorts(), view())
    assert trace(chart, "All cohorts")["y"] == [5.0, 8.0]


def test_what_is_not_known_is_said_and_the_margin_stays() -> None:
    chart = cohort_payback.build(cohorts(spend=NAN, has_spend=False), view())
    assert channel_performance.NO_SPEND in chart.summary
    assert chart.table["Cost per customer"].isna().all()
    assert trace(chart, "All cohorts")["y"] == [5.0, 8.0]
    blank = cohort_payback.build(cohorts(has_margin=False), view())
    assert blank.note
    assert blank.note.kind == "unavailable"


def test_the_cohort_the_data_begin_with_is_never_called_behind() -> None:
    chart = cohort_payback.build(cohorts(is_first=True), view())
    assert "not paid back" not in chart.summary
    assert "Aug 2024 (and before)" in set(chart.table["Cohort"])
