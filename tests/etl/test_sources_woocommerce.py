"""WooCommerce's order export in both layouts: the same lines, whichever is given."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.errors import MappingError
from etl import load
from etl.sources.woocommerce import LAYOUT
from tests.etl.exports import WOO_HEADER, woo_item, woo_numbered, woo_order, woo_per_item, woo_per_order
from tests.etl.loading import NOW, Heard, accepted, adds_up, rejected, settings_in

GOOD = woo_order("10", "10.00")
TAXED = {"tax_total": "6.30", "shipping_total": "4.99", "fee_total": "2.00"}


def run(folder: Path, content: str, heard: Heard | None = None, **options: str):
    path = folder / "orders-export.csv"
    path.write_text(content)
    return load.load("woocommerce", path, options, settings_in(folder), heard or Heard(), now=NOW)


def as_json(items) -> str:
    return json.dumps(items)


def lines(lake, columns: str = "order_id, product_id, quantity, unit_price"):
    return accepted(lake, columns, order="order_id, line_number, product_id, quantity DESC")


def money(lake, where: str = "true"):
    return accepted(lake, f"sum(quantity * unit_price) FILTER ({where})", order="")[0][0]


@pytest.mark.parametrize("layout", [woo_per_item, woo_per_order, lambda *o: woo_per_order(*o, packed=as_json)])
def test_both_layouts_give_the_same_lines(tmp_path: Path, layout):
    order = woo_order("11", "43.29", woo_item("A", "20.00", 2), woo_item("B", "10.00", 3), **TAXED)
    lake = run(tmp_path, layout(GOOD, order))
    wanted = sorted(
        [("10", "TEE", 1, 10), ("11", "A", 2, 10), ("11", "B", 2, Decimal("3.33")), ("11", "B", 1, Decimal("3.34")),
         ("11", "FEE", 1, 2), ("11", "SHIPPING", 1, Decimal("4.99"))]
    )  # fmt: skip
    assert sorted(lines(lake)) == wanted
    assert money(lake, "order_id = '11'") == Decimal("43.29") - Decimal("6.30")
    facts = accepted(lake, "any_value(customer_id), min(ordered_at)::VARCHAR, any_value(country)", order="")
    assert facts == [("ann@example.com", "2025-03-02 09:30:26", "ES")]
    assert accepted(lake, "product_name", order="line_number, product_id")[0] == ("TEE: red|blue; all",)
    assert adds_up(lake.batches[0])


def test_cents_lost_by_rounding_items_one_by_one_come_back(tmp_path: Path):
    """Three items of 4.99 with 21 % inside: 4.12397 each, 12.37 together, and the order says 14.97 with 2.60."""
    order = woo_order("1", "14.97", *[woo_item(f"P{n}", "4.12") for n in range(3)], tax_total="2.60")
    assert money(run(tmp_path, woo_per_item(order))) == Decimal("12.37")


def test_a_fee_below_zero_is_a_discount(tmp_path: Path):
    order = woo_order("1", "15.00", woo_item("A", "10.00"), woo_item("B", "10.00"), fee_total="-5.00")
    assert lines(run(tmp_path, woo_per_item(order)), "product_id, unit_price") == [
        ("A", Decimal("7.5")),
        ("B", Decimal("7.5")),
    ]


@pytest.mark.parametrize("layout", [woo_per_item, woo_per_order])
def test_refunds_are_one_line_without_their_taxes(tmp_path: Path, layout):
    part = woo_order("1", "121.00", woo_item("A", "100.00"), tax_total="21.00", refunded_total="60.50")
    whole = woo_order("2", "121.00", woo_item("A", "100.00"), tax_total="21.00", status="refunded")
    lake = run(tmp_path, layout(part, whole))
    back = accepted(lake, "order_id, quantity, unit_price, refunded_order_id", order="line_number, quantity")
    assert [line for line in back if line[1] < 0] == [("1", -1, 50, "1"), ("2", -1, 100, "2")]


@pytest.mark.parametrize("status", ["pending", "on-hold", "failed", "cancelled", "wc-cancelled", "On hold"])
def test_an_order_that_came_to_nothing_is_left_out_and_told(tmp_path: Path, status: str):
    heard = Heard()
    lake = run(tmp_path, woo_per_item(GOOD, woo_order("2", "20.00", status=status)), heard)
    assert [row[1] for row in rejected(lake)] == ["order_not_counted"]
    assert len(heard.notes) == 1
    assert heard.notes[0].startswith("Left out: 1 lines of 1 orders that are ")
    assert (lake.batches[0].left_out_rows, money(lake)) == (1, 10)


def test_a_status_of_the_shop_is_rejected_until_it_is_said_to_count(tmp_path: Path):
    heard = Heard()
    text = woo_per_order(GOOD, woo_order("2", "20.00", status="wc-printed"))
    assert [row[1] for row in rejected(run(tmp_path, text, heard))] == ["unknown_status"]
    assert "'printed'" in heard.notes[0]
    assert money(run(tmp_path, text, count="completed,printed")) == 30
    left = run(tmp_path, text, heard, leave="printed")
    assert ([row[1] for row in rejected(left)], left.batches[0].left_out_rows) == (["order_not_counted"], 1)
    assert heard.notes[-1] == "Left out: 1 lines of 1 orders that are printed."


@pytest.mark.parametrize(
    ("order", "reasons"),
    [
        (woo_order("2", "20.00", woo_item("A")), ["order_does_not_add_up"]),
        (woo_order("2", "10.00", refunded_total="11.00"), ["order_does_not_add_up"]),
        (woo_order("2", "ten"), ["bad_price"]),
        (woo_order("2", "20.00", woo_item("A"), woo_item("B", quantity="x")), ["bad_quantity", "order_incomplete"]),
        (woo_order("2", "20.00", woo_item("A", "-1.00"), woo_item("B")), ["bad_price", "order_incomplete"]),
        (woo_order("2", "10.00", order_date=""), ["missing_date"]),
    ],
)
def test_an_order_that_cannot_be_right_is_set_aside_whole_with_its_reason(tmp_path: Path, order, reasons):
    lake = run(tmp_path, woo_per_item(order, GOOD))
    assert sorted(row[1] for row in rejected(lake)) == reasons
    assert money(lake) == 10
    assert adds_up(lake.batches[0])


def test_an_order_told_twice_is_set_aside(tmp_path: Path):
    lake = run(tmp_path, woo_per_order(GOOD, woo_order("2", "10.00"), woo_order("2", "10.00")))
    assert [row[1] for row in rejected(lake)] == ["order_told_twice"] * 2


def test_a_guest_without_e_mail_is_nobody_and_a_customer_without_is_a_number(tmp_path: Path):
    guest = woo_order("1", "10.00", billing_email="", customer_id="0")
    known = woo_order("2", "10.00", billing_email="", customer_id="5")
    assert lines(run(tmp_path, woo_per_item(guest, known)), "customer_id") == [(None,), ("5",)]


def test_american_dates_are_found_and_ambiguous_ones_asked(tmp_path: Path):
    lake = run(tmp_path, woo_per_item(woo_order("1", "10.00", order_date="03/22/2025 9:05:00")))
    assert lines(lake, "ordered_at::VARCHAR") == [("2025-03-22 09:05:00",)]
    ambiguous = woo_per_item(woo_order("1", "10.00", order_date="03/02/2025 09:05:00"))
    with pytest.raises(MappingError, match="ambiguous"):
        run(tmp_path, ambiguous)
    assert lines(run(tmp_path, ambiguous, date_format="%d/%m/%Y"), "ordered_at::DATE::VARCHAR") == [("2025-02-03",)]


def test_the_same_file_twice_changes_nothing(tmp_path: Path):
    first = run(tmp_path, woo_per_order(GOOD))
    assert run(tmp_path, woo_per_order(GOOD)) == first


def test_a_missing_column_is_named_and_a_whole_header_recognised(tmp_path: Path):
    with pytest.raises(MappingError, match="none of the columns 'item_total', 'line_items'"):
        run(tmp_path, woo_per_order(GOOD).replace("line_items", "goods"))
    with pytest.raises(MappingError, match="no column 'order_currency'"):
        run(tmp_path, woo_per_order(GOOD).replace("order_currency", "money"))
    assert LAYOUT.recognises((*reversed(WOO_HEADER), "line_items"))
    assert not LAYOUT.recognises(WOO_HEADER)


def numbered(number: str, total: str, *items, **more):
    """An order without the columns that the other export has."""
    made = woo_order(number, total, *(items or [woo_item(total=total)]), **more)
    return {name: value for name, value in made.items() if name != "refunded_total"}


def test_items_in_columns_of_their_own_give_the_same_lines(tmp_path: Path):
    tee = woo_item("A", "20.00", 2, name="Tee: red; all")
    order = numbered("11", "43.29", tee, woo_item("B", "10.00", 3, name="Cap"), **TAXED)
    lake = run(tmp_path, woo_numbered(numbered("10", "10.00"), order))
    assert sorted(lines(lake)) == sorted(
        [("10", "TEE", 1, 10), ("11", "A", 2, 10), ("11", "B", 2, Decimal("3.33")), ("11", "B", 1, Decimal("3.34")),
         ("11", "FEE", 1, 2), ("11", "SHIPPING", 1, Decimal("4.99"))]
    )  # fmt: skip
    assert accepted(lake, "DISTINCT product_name", order="1")[-1] == ("Tee: red; all",)
    assert adds_up(lake.batches[0])


def test_refunds_listed_one_by_one_are_paid_back_together(tmp_path: Path):
    back = "amount:20.00|reason:late|date:2025-03-05 10:00:00;amount:5.50|reason:|date:2025-03-06 10:00:00"
    lake = run(tmp_path, woo_numbered(numbered("1", "100.00", refund_items=back), numbered("2", "10.00")))
    assert [line for line in lines(lake) if line[2] < 0] == [("1", None, -1, Decimal("25.5"))]
    assert money(lake) == Decimal("84.5")


def test_a_sign_kept_from_being_a_formula_is_a_sign(tmp_path: Path):
    order = woo_order("1", "15.00", woo_item("A", "20.00"), fee_total="'-5.00")
    assert money(run(tmp_path, woo_per_item(order))) == 15
