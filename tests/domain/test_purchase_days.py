"""Purchases cut at any day: equal to the plain summary before it, to the cent after it, and blind to the future."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.rfm import summarise
from dashapp.errors import InputError
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS


@pytest.mark.parametrize("cut_off", [date(1997, 1, 1), date(1997, 2, 14), CALIBRATION_END, date(1998, 6, 30)])
def test_the_summary_is_that_of_the_transactions(transactions: pd.DataFrame, cut_off: date):
    ours = PurchaseDays.from_frame(transactions).summary(cut_off)
    pd.testing.assert_frame_equal(
        ours, summarise(transactions, cut_off).reset_index(drop=True), check_dtype=False, check_index_type=False
    )


def test_the_holdout_of_cdnow_is_the_published_one(transactions: pd.DataFrame, reference):
    days = PurchaseDays.from_frame(transactions)
    seen = days.outcome(CALIBRATION_END, HOLDOUT_DAYS)
    published = reference["cdnow_sample_39wk"]
    assert seen.purchases.sum() == published["holdout_tx"]
    assert seen.value.sum() == pytest.approx(published["holdout_value"], abs=0.005)
    assert (len(seen.purchases), seen.later_customers) == (published["n"], 0)
    assert days.daily(CALIBRATION_END, HOLDOUT_DAYS).sum() == published["holdout_tx"]


def test_what_comes_after_the_cut_off_changes_no_summary(transactions: pd.DataFrame):
    cut_off = date(1997, 5, 1)
    before = PurchaseDays.from_frame(transactions).summary(cut_off)
    future = transactions["order_date"] > pd.Timestamp(cut_off)
    rng = np.random.default_rng(3)
    shuffled = transactions.assign(amount=np.where(future, rng.gamma(2, 99, len(future)), transactions["amount"]))
    shuffled.loc[future, "order_date"] += pd.to_timedelta(rng.integers(0, 300, future.sum()), unit="D")
    pd.testing.assert_frame_equal(PurchaseDays.from_frame(shuffled).summary(cut_off), before)
    days, others = PurchaseDays.from_frame(transactions), PurchaseDays.from_frame(shuffled)
    assert days.fingerprint_until(cut_off) == others.fingerprint_until(cut_off) != days.fingerprint


def rows(*days: tuple[str, int, float, bool]) -> pd.DataFrame:
    """(customer, day of January 2024, amount, is a purchase)."""
    frame = pd.DataFrame(days, columns=["customer_key", "day", "amount", "is_purchase"])
    return frame.assign(order_date=pd.Timestamp("2023-12-31") + pd.to_timedelta(frame.pop("day"), unit="D"))


SHOP = rows(
    ("b", 9, 7.0, True), ("b", 3, -1.0, False),  # money back before the first purchase belongs to no purchase
    ("a", 1, 10.0, True), ("a", 5, 20.0, True), ("a", 5, 2.0, False), ("a", 7, -4.0, False), ("a", 12, 5.0, True),
    ("a", 14, -9.0, False), ("r", 4, -3.0, False),
)  # fmt: skip


def test_the_beginning_is_the_money_of_the_first_days_and_nothing_before_them():
    days = PurchaseDays.from_frame(SHOP)
    assert list(days.keys) == ["a", "b"]
    assert [days.beginning(length).tolist() for length in (1, 5, 7, 365)] == [
        [10.0, 7.0], [32.0, 7.0], [28.0, 7.0], [24.0, 7.0]
    ]  # fmt: skip


def test_a_return_lowers_the_purchase_before_it_and_is_none():
    days = PurchaseDays.from_frame(SHOP)
    assert list(days.keys) == ["a", "b"]
    known = days.summary(date(2024, 1, 6)).iloc[0]
    assert known.to_list() == ["a", 1, 4, 5, 22.0]
    assert days.summary(date(2024, 1, 8)).iloc[0]["monetary_value"] == 18.0
    assert days.summary(date(2024, 1, 31))["monetary_value"].to_list() == [(18 - 4) / 2, 0.0]
    only_returned = rows(("c", 1, 1.0, True), ("c", 2, 1.0, True), ("c", 3, -5.0, False))
    assert PurchaseDays.from_frame(only_returned).summary(date(2024, 1, 9))["monetary_value"].to_list() == [0.0]


def test_every_cent_of_the_window_is_a_known_customers_or_a_later_ones():
    seen = PurchaseDays.from_frame(SHOP).outcome(date(2024, 1, 6), 8)
    assert (seen.purchases.tolist(), seen.value.tolist()) == ([1.0], [-8.0])
    assert (seen.later_customers, seen.later_purchases, seen.later_value) == (1, 1, 7.0)
    day_short = PurchaseDays.from_frame(SHOP).outcome(date(2024, 1, 6), 7)
    assert day_short.value.tolist() == [1.0]


def test_rows_may_come_in_any_order_and_in_parts(transactions: pd.DataFrame):
    whole = PurchaseDays.from_frame(transactions)
    mixed = transactions.sample(frac=1.0, random_state=1)
    assert PurchaseDays.from_frame(mixed).fingerprint == whole.fingerprint
    a_cent_more = transactions.assign(amount=transactions["amount"] + (np.arange(len(transactions)) == 99) * 0.01)
    assert PurchaseDays.from_frame(a_cent_more).fingerprint != whole.fingerprint


def test_nobody_is_known_before_the_first_day_and_missing_columns_are_named(transactions: pd.DataFrame):
    days = PurchaseDays.from_frame(transactions)
    before = transactions["order_date"].min().date() - timedelta(days=1)
    assert days.summary(before).empty
    assert days.outcome(before, 10_000).later_customers == len(days)
    with pytest.raises(InputError, match="amount"):
        PurchaseDays.from_frame(transactions.drop(columns="amount"))


def test_a_sample_keeps_every_day_of_the_customers_it_keeps(transactions: pd.DataFrame):
    whole = PurchaseDays.from_frame(transactions)
    some = whole.sample(600)
    assert 500 < len(some) <= 600
    kept = transactions[transactions["customer_key"].isin(some.keys)]
    assert some.fingerprint == PurchaseDays.from_frame(kept).fingerprint
    assert whole.sample(len(whole)) is whole
