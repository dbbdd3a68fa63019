"""Stripe's itemised balance report: charges are purchases, refunds name them, the rest is told and left out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.errors import MappingError
from etl import load
from etl.sources.stripe import LAYOUT
from tests.etl.exports import STRIPE_HEADER, movement, stripe
from tests.etl.loading import NOW, Heard, accepted, adds_up, rejected, settings_in

GOOD = movement(1, "charge", "100.00")


def run(folder: Path, content: str, heard: Heard | None = None, **options: str):
    path = folder / "balance.csv"
    path.write_text(content)
    return load.load("stripe", path, options, settings_in(folder), heard or Heard(), now=NOW)


def lines(lake, columns: str = "order_id, quantity, unit_price, refunded_order_id"):
    return accepted(lake, columns, order="line_number")


def test_a_charge_is_an_order_and_a_refund_names_it(tmp_path: Path):
    lake = run(tmp_path, stripe(GOOD, movement(2, "refund", "-30.00", charge=1)))
    assert lines(lake) == [("ch_1", 1, 100, None), ("re_2", -1, 30, "ch_1")]
    assert accepted(lake, "customer_id, product_id", order="line_number")[0] == ("ann@example.com", None)
    assert lake.feed.shop.currency == "EUR"
    assert lake.batches[0].physical_lines == 5  # a description goes over two lines
    assert adds_up(lake.batches[0])


def test_money_that_goes_back_otherwise_lowers_and_what_comes_again_is_no_purchase(tmp_path: Path):
    failed = movement(2, "charge_failure", "-100.00", charge_id="ch_1")
    partly = movement(3, "partial_capture_reversal", "-20.00", charge_id="ch_1")
    again = movement(4, "refund_failure", "30.00", charge_id="ch_1")
    lake = run(tmp_path, stripe(GOOD, failed, partly, again))
    assert lines(lake)[1:] == [("re_2", -1, 100, "ch_1"), ("re_3", -1, 20, "ch_1"), ("re_4", -1, -30, None)]
    assert accepted(lake, "sum(quantity * unit_price)", order="") == [(Decimal(10),)]


def test_payouts_fees_and_disputes_are_left_out_and_told(tmp_path: Path):
    heard = Heard()
    rest = [movement(n, kind, "-5.00") for n, kind in enumerate(("payout", "payout", "fee", "dispute"), start=2)]
    lake = run(tmp_path, stripe(GOOD, *rest), heard)
    assert heard.notes == [
        "Left out: 1 lines of 1 transactions that are dispute.",
        "Left out: 1 lines of 1 transactions that are fee.",
        "Left out: 2 lines of 2 transactions that are payout.",
    ]
    batch = lake.batches[0]
    assert (batch.reasons, batch.left_out_rows, batch.accepted_rows) == ({"not_a_sale": 4}, 4, 1)
    assert adds_up(batch)
    counted = run(tmp_path, stripe(GOOD, *rest), count="charge,refund,dispute")
    assert lines(counted)[-1] == ("re_5", -1, 5, "ch_5")


@pytest.mark.parametrize(
    ("currency", "gross", "wrong"), [("jpy", "500", "500.5"), ("kwd", "1.235", "1.2355"), ("eur", "1.23", "1.235")]
)
def test_each_currency_has_its_own_smallest_coin(tmp_path: Path, currency: str, gross: str, wrong: str):
    right = movement(1, "charge", gross, currency=currency)
    lake = run(tmp_path, stripe(right, movement(2, "charge", wrong, currency=currency)))
    assert lines(lake, "unit_price") == [(Decimal(gross),)]
    assert [row[1] for row in rejected(lake)] == ["bad_price"]


def test_days_are_those_of_the_report_or_of_the_shop(tmp_path: Path):
    report = movement(1, "charge", "1.00", created="2025-03-02 08:30:00")
    assert lines(run(tmp_path, stripe(report)), "ordered_at::VARCHAR") == [("2025-03-02 08:30:00",)]
    shop = run(tmp_path, stripe(report), timezone="Europe/Berlin")
    assert lines(shop, "ordered_at::VARCHAR") == [("2025-03-02 00:30:00",)]
    bare = stripe(report).replace("created,", "made,", 1)
    assert lines(run(tmp_path, bare), "ordered_at::VARCHAR") == [("2025-03-01 23:30:00",)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (movement(2, "lottery", "1.00"), "unknown_status"),
        (movement(2, "charge", "ten"), "bad_price"),
        (movement(2, "charge", "1e3"), "bad_price"),
        (movement(2, "charge", ""), "missing_price"),
        (movement(2, "charge", "-1.00"), "bad_price"),
        (movement(1, "charge", "1.00"), "order_told_twice"),
        (movement(2, "charge", "1.00", balance_transaction_id=""), "missing_order_id"),
        (movement(2, "charge", "1.00", created="soon"), "bad_date"),
    ],
)
def test_a_row_that_cannot_be_right_is_set_aside_with_its_reason(tmp_path: Path, bad, reason: str):
    lake = run(tmp_path, stripe(GOOD, bad))
    assert rejected(lake) == [(4, reason)]
    assert lines(lake, "unit_price") == [(100,)]
    assert adds_up(lake.batches[0])


def test_several_currencies_are_refused_until_one_is_chosen(tmp_path: Path):
    mixed = stripe(GOOD, movement(2, "charge", "5", currency="jpy"), movement(3, "payout", "-7.00", currency="usd"))
    with pytest.raises(MappingError, match="1 in EUR and 1 in JPY"):
        run(tmp_path, mixed)
    assert lines(run(tmp_path, mixed, currency="JPY"), "unit_price") == [(5,)]


def test_the_same_file_twice_changes_nothing_and_a_missing_column_is_named(tmp_path: Path):
    assert run(tmp_path, stripe(GOOD)) == run(tmp_path, stripe(GOOD))
    with pytest.raises(MappingError, match="no column 'reporting_category'"):
        run(tmp_path, stripe(GOOD).replace("reporting_category", "type"))
    with pytest.raises(MappingError, match="none of the columns 'created', 'created_utc'"):
        run(tmp_path, stripe(GOOD).replace("created_utc,created", "a,b", 1))


def test_the_header_tells_what_it_is():
    assert LAYOUT.recognises(tuple(reversed(STRIPE_HEADER)))
    assert not LAYOUT.recognises(tuple(name for name in STRIPE_HEADER if name != "gross"))
