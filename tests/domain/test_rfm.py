from __future__ import annotations

from datetime import date

import pandas as pd
import pandas.testing as pdt

from dashapp.domain.rfm import summarise


def shop(*rows: tuple[int, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_key", "order_date", "amount"])
    return frame.assign(order_date=pd.to_datetime(frame["order_date"], format="ISO8601"))


def test_purchases_on_one_day_are_one():
    summary = summarise(shop((1, "2024-01-01", 5), (1, "2024-01-01 18:00", 5)), date(2024, 1, 9))
    assert summary["frequency"].to_list() == [0]
    assert summary["monetary_value"].to_list() == [0]


def test_the_first_purchase_is_not_part_of_the_mean_spend():
    rows = shop((1, "2024-01-01", 100), (1, "2024-01-02", 10), (1, "2024-01-03", 20), (1, "2024-01-03", 10))
    assert summarise(rows, date(2024, 1, 9))["monetary_value"].to_list() == [20]


def test_what_happens_after_the_cut_off_changes_nothing():
    rows = shop((1, "2024-01-01", 5), (1, "2024-01-04 23:59", 7))
    later = pd.concat([rows, shop((1, "2024-01-05", 9), (2, "2024-02-01", 9))])
    pdt.assert_frame_equal(summarise(rows, date(2024, 1, 4)), summarise(later, date(2024, 1, 4)))


def test_time_runs_to_the_cut_off_not_to_today():
    assert summarise(shop((1, "2024-01-01", 5)), date(2024, 1, 11))["T_days"].to_list() == [10]


def test_cdnow_has_its_published_counts(cdnow, reference):
    expected = reference["cdnow_sample_39wk"]
    assert len(cdnow) == expected["n"]
    assert cdnow["frequency"].sum() == expected["sum_x"]
    assert (cdnow["frequency"] == 0).sum() == expected["x_zero"]


def test_the_summary_leaves_its_input_alone(transactions):
    before = transactions.copy(deep=True)
    summarise(transactions, date(1997, 9, 30))
    pdt.assert_frame_equal(transactions, before)


def test_an_unknown_shop_has_no_customers():
    assert summarise(shop(), date(2024, 1, 1)).empty
