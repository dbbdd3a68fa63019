"""The charts of one product: what is left out, what is said, and numbers that are the frame's."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashapp.charts import (
    product_adoption,
    product_buyers,
    product_hours,
    product_life,
    product_pareto,
    product_prices,
    product_second_order,
    product_starters,
)
from dashapp.charts.chart import Flag
from dashapp.charts.kit.notes import annotated
from tests.charts.frames import trace, view

SHARES = {"share_introduction": 0.0, "share_growth": 0.1, "share_maturity": 0.7, "share_decline": 0.2}
EDGES = {"growth_from": "2023-12-10", "peak_on": "2024-05-01", "decline_from": "2024-09-20"}


def life(curve: str = "new_buyers") -> pd.DataFrame:
    """Twelve months up to the unfinished November 2024."""
    months = pd.date_range("2023-12-01", "2024-11-01", freq="MS")
    frame = pd.DataFrame({"month": months, "is_whole": [True] * 11 + [False], "units": np.arange(12.0) + 5})
    told = frame["is_whole"] if curve else pd.Series(False, index=frame.index)
    frame = frame.assign(
        net_sales=10.0, buyers=4, new_buyers=3, family="bass", counted=curve or None, expected=3.5, season=0.5,
        is_used=True, product_id="P", **EDGES, **SHARES,
    )  # fmt: skip
    columns = ["family", "counted", "expected", "season", "is_used", *EDGES]
    frame[columns] = frame[columns].where(told, None)
    return frame.astype({"expected": float, "season": float})


def test_the_unfinished_month_is_hatched_named_and_not_in_the_curve() -> None:
    chart = product_life.build(life(), view())
    assert trace(chart, "Units")["marker"]["pattern"]["shape"] == [""] * 11 + ["/"]
    assert trace(chart, "Bass curve")["x"][-1] == "2024-10-01"
    assert "November 2024 is not over" in chart.summary
    assert "most in October 2024" in chart.summary


def test_a_note_stands_in_the_row_of_its_month_though_the_newest_comes_first() -> None:
    """Marks of the key have no place on the axis."""
    flag = Flag(date(2024, 3, 10), date(2024, 3, 10), "Sale", "ann")
    table = annotated(product_life.build(life(), view()), [flag]).table
    assert table.loc[table["Notes"] != "", "Month"].tolist() == ["Mar 2024"]


def test_the_phases_are_shaded_between_the_fitted_dates_with_their_chances() -> None:
    chart = product_life.build(life(), view())
    assert chart.figure
    bands = [(band["x0"], band["x1"]) for band in chart.figure["layout"]["shapes"]]
    assert bands == [
        ("2023-12-01", "2023-12-10"), ("2023-12-10", "2024-05-01"), ("2024-05-01", "2024-09-20"),
        ("2024-09-20", "2024-11-19"),
    ]  # fmt: skip
    assert "decline from 20 Sep 2024." in chart.summary
    ahead = product_life.build(life().assign(decline_from="2025-02-01"), view())
    assert "decline from 1 Feb 2025 (still ahead)" in ahead.summary
    assert "Maturity 70\u00a0%" in [trace["name"] for trace in chart.figure["data"]]
    phases = dict(zip(chart.table["Month"], chart.table["Phase of the curve"], strict=True))
    assert (phases["Dec 2023"], phases["Mar 2024"], phases["Oct 2024"], phases["Nov 2024"]) == (
        "Growth", "Growth", "Decline", ""
    )  # fmt: skip
    assert chart.table["Units, season taken out"].iloc[-1] == 10.0  # 5 units at half a season


def test_a_life_without_a_curve_shades_nothing() -> None:
    chart = product_life.build(life(curve=""), view())
    assert chart.figure
    assert chart.figure["layout"]["shapes"] == []
    assert "no phase is shaded" in chart.summary
    assert [each["name"] for each in chart.figure["data"]] == ["Units"]


def test_a_product_sold_in_no_whole_month_draws_no_life() -> None:
    chart = product_life.build(life().tail(1), view())
    assert chart.note
    assert chart.note.kind == "insufficient"


def waits(starters: list[tuple[int, bool]], others: list[tuple[int, bool]], q: float | None = 0.2) -> pd.DataFrame:
    rows = [(here, days, back) for here, people in ((True, starters), (False, others)) for days, back in people]
    frame = pd.DataFrame(rows, columns=["started_here", "days", "came_back"])
    tested = {"hazard_ratio": 1.5 if q else None, "hazard_low": 1.1, "hazard_high": 2.0, "hazard_q_value": q}
    return frame.assign(customers=1, compared=40, product_id="P", **tested).astype(
        {"hazard_ratio": float, "hazard_q_value": float}
    )


def test_the_second_purchase_is_kaplan_and_meiers_and_names_its_correction() -> None:
    """10 of 20 starters come back on day 10, 5 leave sight on day 20, 5 come back on day 30: 1/2, then 1/2 * 1/2."""
    starters = [(10, True)] * 10 + [(20, False)] * 5 + [(30, True)] * 5
    chart = product_second_order.build(waits(starters, [(5, True), (60, False)]), view())
    back = trace(chart, "Started with it")["y"]
    assert (back[9], back[10], back[29], back[30]) == (0.0, 0.5, 0.5, 1.0)
    assert trace(chart, "All others")["y"][30] == 0.5
    assert "medians: 10 days against 5 days" in chart.summary
    assert "not shown to differ" in chart.summary
    assert "Benjamini and Hochberg over 40 products" in chart.summary
    told = product_second_order.build(waits(starters, [(5, True)], q=0.01), view()).summary
    assert "the pace differs" in told
    untested = product_second_order.build(waits(starters, [(5, True)], q=None), view()).summary
    assert "was not tested" in untested


def test_nineteen_starters_draw_no_curve() -> None:
    chart = product_second_order.build(waits([(10, True)] * 19, [(5, True)]), view())
    assert chart.note
    assert "19 customers" in chart.note.text


def test_a_product_without_prices_or_costs_says_how_to_load_them() -> None:
    row = {"valid_from": "2024-01-01", "valid_to": None, "unit_price": None, "unit_cost": None, "units": 3.0,
           "net_sales": 30.0, "at_list": None, "gross_margin": None, "price_periods": 0, "cost_periods": 0}  # fmt: skip
    chart = product_prices.build(pd.DataFrame([row]), view())
    assert chart.note
    assert chart.note.kind == "unavailable"
    assert "valid_from" in chart.note.next_step


def test_prices_are_steps_with_the_days_they_were_valid() -> None:
    def stretch(start: str, end: str | None, price: float, margin: float) -> dict[str, Any]:
        return {"valid_from": start, "valid_to": end, "unit_price": price, "unit_cost": 4.0, "units": 10.0,
                "product_id": "P", "net_sales": 90.0, "at_list": 10 * price, "gross_margin": margin, "price_periods": 2,
                "cost_periods": 1}  # fmt: skip

    rows = [stretch("2024-01-01", "2024-05-31", 9.0, 50.0), stretch("2024-06-01", None, 10.0, 40.0)]
    chart = product_prices.build(pd.DataFrame(rows), view())
    line = trace(chart, "List price")
    assert (line["x"], line["y"]) == (["2024-01-01", "2024-06-01", "2024-11-19"], [9.0, 10.0, 10.0])
    assert line["line"]["shape"] == "hv"
    assert "1 price change so far" in chart.summary
    assert "£90" in chart.summary
    assert "(50.0\u00a0%)" in chart.summary
    assert list(chart.table["Valid to"]) == ["still valid", "2024-05-31"]


def test_the_index_is_the_share_of_buyers_over_the_share_of_customers() -> None:
    frame = pd.DataFrame({"product_id": "P", "segment": ["Loyal", "New"], "buyers": [30, 10], "customers": [100, 300],
                          "gross_sales": [9.0, 1.0], "share": [0.75, 0.25],
                          "customer_share": [0.25, 0.75]})  # fmt: skip
    chart = product_buyers.build(frame, view())
    assert list(chart.table["Index"]) == [300.0, 33.0]
    assert "Loyal stand out most: index 300" in chart.summary
    few = product_buyers.build(frame.assign(buyers=[10, 9]), view())
    assert few.note
    assert few.note.kind == "insufficient"


def test_starters_stand_beside_all_others_with_their_interval_and_the_verdict() -> None:
    frame = pd.DataFrame([{
        "window_days": 90, "customers": 25, "value": 100.0, "value_low": 80.0, "value_high": 120.0,
        "overall_value": 60.0, "q_value": 0.01, "repeat_rate": 0.5, "compared": 33, "others": 400, "others_value": 55.0,
        "product_id": "P",
    }])  # fmt: skip
    chart = product_starters.build(frame, view())
    assert trace(chart, "Started with it")["error_y"]["arrayminus"] == [20.0]
    assert trace(chart, "All others")["y"] == [55.0]
    assert "It differs" in chart.summary
    assert "over 33 products" in chart.summary
    assert "is not shown to differ" in product_starters.build(frame.assign(q_value=0.06), view()).summary


def test_the_curve_of_adoption_begins_at_what_was_bought_before_it() -> None:
    months = pd.date_range("2024-01-01", periods=4, freq="MS")
    frame = pd.DataFrame({"month": months, "is_whole": True, "new_buyers": [7, 3, 2, 4], "product_id": "P",
                          "buyers_so_far": [7, 10, 12, 16],
                          "customers_so_far": [70, 80, 100, 160], "counted": "new_buyers",
                          "expected": [None, 2.5, 2.5, 3.0]}).astype({"expected": float})  # fmt: skip
    chart = product_adoption.build(frame, view())
    assert trace(chart, "By the fitted curve")["y"] == [9.5, 12.0, 15.0]
    assert "16 of 160 customers have bought it, 10.0\u00a0%" in chart.summary


def test_orders_without_a_time_of_day_have_weekdays_only() -> None:
    week = [("weekday", day, 10, 100) for day in range(1, 6)]
    frame = pd.DataFrame([*week, ("hour", 0, 50, 500)], columns=["part", "slot", "orders", "shop_orders"])
    chart = product_hours.build(frame, view())
    assert "no time of day" in chart.summary
    assert list(chart.table["When"]) == list(product_hours.DAYS)
    timed = pd.concat([frame, pd.DataFrame([("hour", 9, 50, 500)], columns=frame.columns)])
    assert "9:00" in set(product_hours.build(timed, view()).table["When"])


def test_the_best_sellers_end_where_their_class_does() -> None:
    frame = pd.DataFrame({
        "place": [1, 2, 3], "product_id": ["a", "b", "c"], "product": ["A", "B", "C"],
        "stage": ["growth", None, "decline"],
        "net_sales": [85.0, 12.0, 3.0], "sales_class": ["A", "B", "C"], "share": [0.85, 0.12, 0.03],
        "share_so_far": [0.85, 0.97, 1.0],
    })  # fmt: skip
    chart = product_pareto.build(frame, view())
    assert chart.figure
    assert [rule["x0"] for rule in chart.figure["layout"]["shapes"]] == [1, 2]
    assert chart.summary.startswith("1 product of 3 (33.3\u00a0%) carry the first 80\u00a0%")


@pytest.mark.parametrize("frame", [life(), life(curve="units")])
def test_units_alone_are_fitted_where_buyers_are_not_known(frame: pd.DataFrame) -> None:
    chart = product_life.build(frame, view())
    assert chart.figure
    axis = trace(chart, "Bass curve")["yaxis"]
    assert axis == ("y2" if "First-time buyers" in [each["name"] for each in chart.figure["data"]] else "y")
