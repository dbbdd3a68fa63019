"""Shopify's orders export: filled down, spread to the cent, and every line accounted for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.errors import MappingError, SourceError
from etl import load
from etl.sources.shopify import LAYOUT
from tests.etl.exports import SHOPIFY_HEADER, item, order, shopify
from tests.etl.loading import NOW, Heard, accepted, adds_up, rejected, settings_in

BERLIN = {"timezone": "Europe/Berlin"}
GOOD = order("#1000", "10.00")


def run(folder: Path, content: str, heard: Heard | None = None, **options: str):
    path = folder / "orders_export_1.csv"
    path.write_text(content)
    given = BERLIN | options
    return load.load("shopify", path, given, settings_in(folder), heard or Heard(), now=NOW)


def lines(lake, columns: str = "order_id, product_id, quantity, unit_price", order: str = "line_number, quantity DESC"):
    return accepted(lake, columns, order=order)


def money(lake, where: str = "true"):
    return accepted(lake, f"sum(quantity * unit_price) FILTER ({where})", order="")[0][0]


def test_what_an_order_says_once_holds_for_all_its_lines(tmp_path: Path):
    lake = run(tmp_path, shopify(order("#1001", "35.50", item("A", "10.00", 2), item("B", "15.50"))))
    said = lines(lake, "order_id, product_id, quantity, unit_price, customer_id, country, channel, ordered_at::VARCHAR")
    assert said == [
        ("#1001", "A", 2, 10, "ann@example.com", "ES", "web", "2025-03-02 00:30:26"),
        ("#1001", "B", 1, Decimal("15.5"), "ann@example.com", "ES", "web", "2025-03-02 00:30:26"),
    ]
    assert lake.feed.shop.currency == "EUR"
    assert adds_up(lake.batches[0])
    assert lake.batches[0].physical_lines == 4  # the address of the first row goes over two lines


def test_dates_are_days_of_the_shop(tmp_path: Path):
    lake = run(tmp_path, shopify(GOOD), timezone="America/New_York")
    assert lines(lake, "ordered_at::VARCHAR") == [("2025-03-01 18:30:26",)]
    with pytest.raises(MappingError, match="offset from UTC") as caught:
        load.load("shopify", tmp_path / "orders_export_1.csv", {}, settings_in(tmp_path), Heard(), now=NOW)
    assert "--option timezone=" in caught.value.hint


def test_a_discount_is_spread_so_that_the_lines_are_the_subtotal(tmp_path: Path):
    rows = order(
        "#1", "24.99", item("A", "10.00", 1), item("B", "10.00", 1), item("C", "10.00", 1), subtotal="20.00",
        Shipping="4.99", Discount_Amount="10.00",
    )  # fmt: skip
    lake = run(tmp_path, shopify(rows))
    assert lines(lake, "product_id, quantity * unit_price") == [
        ("A", Decimal("6.67")),
        ("SHIPPING", Decimal("4.99")),
        ("B", Decimal("6.67")),
        ("C", Decimal("6.66")),
    ]


def test_pieces_that_do_not_share_their_money_evenly_become_two_lines(tmp_path: Path):
    rows = order("#1", "10.00", item("A", "5.00", 3), Discount_Amount="5.00")
    assert lines(run(tmp_path, shopify(rows)), "quantity, unit_price") == [
        (2, Decimal("3.33")),
        (1, Decimal("3.34")),
    ]


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 99_999), st.integers(1, 12)), min_size=1, max_size=6),
    st.floats(0, 1),
    st.integers(0, 999),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_goods_sum_to_the_subtotal_and_all_lines_to_the_total_in_every_currency(
    tmp_path_factory, basket, cut, shipping, currency
):
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]

    def written(coins: int) -> str:
        return str(Decimal(coins).scaleb(-digits))

    gross = sum(price * pieces for price, pieces in basket)
    goods = gross - int(gross * cut)
    items = [item(f"P{n}", written(price), pieces) for n, (price, pieces) in enumerate(basket)]
    said = {"subtotal": written(goods), "Shipping": written(shipping), "Discount_Amount": written(gross - goods)}
    lake = run(
        tmp_path_factory.mktemp("one"),
        shopify(order("#1", written(goods + shipping), *items, Currency=currency, **said)),
    )
    assert money(lake, "product_id <> 'SHIPPING'") == Decimal(written(goods))
    assert money(lake) == Decimal(written(goods + shipping))
    assert accepted(lake, "sum(quantity) FILTER (product_id LIKE 'P%')", order="") == [(sum(n for _, n in basket),)]
    assert accepted(lake, f"bool_and(unit_price = round(unit_price, {digits}))", order="") == [(True,)]


def test_taxes_on_top_are_no_sales_and_no_refund(tmp_path: Path):
    taxed = {"subtotal": "100.00", "Shipping": "10.00", "Taxes": "22.00"}
    part = order(
        "#2", "132.00", item("A", "100.00"), Refunded_Amount="66.00", Financial_Status="partially_refunded", **taxed
    )
    whole = order("#3", "132.00", item("A", "100.00"), Refunded_Amount="132.00", Financial_Status="refunded", **taxed)
    lake = run(tmp_path, shopify(order("#1", "132.00", item("A", "100.00"), **taxed), part, whole))
    assert [money(lake, f"order_id = '#{n}'") for n in (1, 2, 3)] == [110, 55, 0]
    back = lines(lake, "order_id, product_id, quantity, unit_price, refunded_order_id")
    assert [line for line in back if line[2] < 0] == [("#2", None, -1, 55, "#2"), ("#3", None, -1, 110, "#3")]


def test_discounts_of_lines_count_whether_the_order_repeats_them_or_not(tmp_path: Path):
    taken = order(
        "#1", "15.00", item("A", "10.00", **{"Lineitem discount": "5.00"}), item("B", "10.00"), Discount_Amount="5.00"
    )
    apart = order("#2", "15.00", item("A", "10.00", **{"Lineitem discount": "5.00"}), item("B", "10.00"))
    told = order("#3", "20.00", item("A", "10.00", **{"Lineitem discount": "5.00"}), item("B", "10.00"))
    lake = run(tmp_path, shopify(taken, apart, told))
    assert lines(lake, "order_id, unit_price") == [
        ("#1", 5), ("#1", 10), ("#2", 5), ("#2", 10), ("#3", 10), ("#3", 10)
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["pending", "voided", "authorized", "expired", "unpaid"])
def test_an_order_that_is_not_paid_is_left_out_and_told(tmp_path: Path, status: str):
    heard = Heard()
    unpaid = order("#2", "20.00", item("A"), item("B"), Financial_Status=status)
    lake = run(tmp_path, shopify(GOOD, unpaid), heard)
    assert {row[1] for row in rejected(lake)} == {"order_not_counted"}
    assert heard.notes == [f"Left out: 2 lines of 1 orders that are {status}."]
    batch = lake.batches[0]
    assert (batch.accepted_rows, batch.rejected_rows, batch.left_out_rows, batch.rejected_amount) == (
        1,
        2,
        2,
        "20.0000000",
    )
    assert adds_up(batch)


def test_a_shop_that_is_paid_on_delivery_counts_pending_orders(tmp_path: Path):
    pending = order("#2", "20.00", item("A"), item("B"), Financial_Status="pending")
    assert money(run(tmp_path, shopify(GOOD, pending), count="paid,pending")) == 30
    with pytest.raises(MappingError, match="no order status 'payed'") as caught:
        run(tmp_path, shopify(GOOD), count="payed")
    assert "'paid'" in caught.value.hint


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (order("#2", "10.00", Financial_Status="escrow"), ["unknown_status"]),
        (order("#2", "10.00")[:1] * 2, ["order_told_twice"] * 2),
        ([{"Name": "#2", **item("A")}], ["order_without_first_row"]),
        (order("#2", "20.00", item("A"), item("B", "ten")), ["order_incomplete", "bad_price"]),
        (order("#2", "20.00", item("A", quantity=""), item("B")), ["missing_quantity", "order_incomplete"]),
        (order("#2", "20.00", item("A", quantity="-1"), item("B")), ["bad_quantity", "order_incomplete"]),
        (order("#2", "20.00", item("A")), ["order_does_not_add_up"]),
        (order("#2", "5.00", item("A")), ["order_does_not_add_up"]),
        (order("#2", "11.00", item("A"), subtotal="10.00"), ["order_does_not_add_up"]),
        (order("#2", "10.00", Refunded_Amount="10.01"), ["order_does_not_add_up"]),
        (order("#2", "10.00", Shipping="free"), ["order_does_not_add_up"]),
        (order("#2", "10.00", Created_at="yesterday"), ["bad_date"]),
        (order("", "10.00"), ["missing_order_id"]),
    ],
)
def test_an_order_that_cannot_be_right_is_set_aside_whole_with_its_reason(tmp_path: Path, rows, reasons):
    lake = run(tmp_path, shopify(rows, GOOD))
    assert sorted(row[1] for row in rejected(lake)) == sorted(reasons)
    assert money(lake) == 10
    assert adds_up(lake.batches[0])


def test_rejects_keep_the_row_as_delivered_with_its_line_number(tmp_path: Path):
    lake = run(tmp_path, shopify(GOOD, order("#2", "10.00", Financial_Status="escrow")))
    ((line, raw),) = rejected(lake, "line_number, raw_row")
    assert line == 4
    assert '"Financial Status":"escrow"' in raw
    assert '"Billing Zip":"\'01234"' in raw


def test_several_currencies_are_refused_with_their_counts_until_one_is_chosen(tmp_path: Path):
    mixed = shopify(GOOD, order("#2", "7.00", Currency="USD"), order("#3", "8.00", Currency="USD"))
    with pytest.raises(MappingError, match="2 in USD and 1 in EUR") as caught:
        run(tmp_path, mixed)
    assert "currency=USD" in caught.value.hint
    heard = Heard()
    lake = run(tmp_path, mixed, heard, currency="EUR")
    assert (money(lake), lake.feed.shop.currency) == (10, "EUR")
    assert heard.notes == ["Left out: 2 lines of 2 orders in USD."]
    assert lake.batches[0].reasons == {"other_currency": 2}
    with pytest.raises(MappingError, match="None of the orders is in GBP"):
        run(tmp_path, mixed, currency="GBP")


@pytest.mark.parametrize("name", ["Financial Status", "Subtotal", "Lineitem price", "Created at"])
def test_a_missing_column_is_named(tmp_path: Path, name: str):
    with pytest.raises(MappingError, match=f"no column '{name}'"):
        run(tmp_path, shopify(GOOD, without=name))


def test_the_same_file_twice_changes_nothing_and_other_options_are_another_batch(tmp_path: Path):
    first = run(tmp_path, shopify(GOOD))
    assert run(tmp_path, shopify(GOOD)) == first
    other = run(tmp_path, shopify(GOOD), count="paid,pending")
    assert other.batches[0].batch_id != first.batches[0].batch_id


def test_an_order_in_two_files_is_refused(tmp_path: Path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_text(shopify(GOOD))
    (folder / "b.csv").write_text(shopify(order("#1000", "10.00", Refunded_Amount="10.00")))
    with pytest.raises(SourceError, match=r"Order '#1000' is in a\.csv and in b\.csv"):
        load.load("shopify", folder, BERLIN, settings_in(tmp_path), Heard(), now=NOW)


def test_rows_of_an_order_may_lie_anywhere(tmp_path: Path):
    rows = order("#1", "20.00", item("A"), item("B"))
    wanted = "order_id, product_id, unit_price, customer_id"
    one = accepted(run(tmp_path, shopify(rows, GOOD)), wanted, order=wanted)
    assert accepted(run(tmp_path, shopify(rows[1:], GOOD, rows[:1])), wanted, order=wanted) == one
    assert len(one) == 3


def test_the_header_tells_what_it_is():
    assert LAYOUT.recognises(tuple(reversed(SHOPIFY_HEADER)))
    assert not LAYOUT.recognises(tuple(name for name in SHOPIFY_HEADER if name != "Lineitem price"))
