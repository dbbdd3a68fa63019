"""Shopify's orders export (Orders > Export > CSV): one row per line item, what the order says only on its first row.

Recognised by its column names; order and further columns do not matter. What Shopify means, and what becomes of it:

* `Subtotal` is what the goods cost after discounts, without shipping; the discount of an order is spread over its lines
  so that they sum to it exactly. Prices include taxes where `Total` = `Subtotal` + `Shipping` (+ `Duties`), and do not
  where `Taxes` come on top: then taxes are no sales, and a refund counts without its share of them.
* paid, partially_paid, partially_refunded and refunded orders are purchases; pending, authorized, expired, unpaid and
  voided ones are not (option count=paid,pending,... says otherwise).
* The customer is `Email` in lower case, else `Customer ID`; the product is `Lineitem sku`, else `Lineitem name`.
* The day of an order is `Created at` in the time zone of the shop.
"""

from __future__ import annotations

import duckdb

from etl import orderexport
from etl.orderexport import Header, Layout, select
from etl.source import Delivery, Request, Source

COUNTED = frozenset({"paid", "partially_paid", "partially_refunded", "refunded"})
NOT_COUNTED = frozenset({"pending", "authorized", "expired", "unpaid", "voided"})
ORDER = "OVER (PARTITION BY order_id)"


def export(con: duckdb.DuckDBPyConnection, header: Header) -> str:
    """SQL of the rows for `etl.orderlines`."""
    text, money = header.text, header.money
    parsed = f"""(SELECT *, {text("Name")} AS order_id, {money("Lineitem quantity")} AS n,
        {money("Lineitem price")} AS price, coalesce({money("Lineitem discount")}, 0) AS off,
        {money("Subtotal")} AS goods, coalesce({money("Shipping")}, 0) AS shipping, {money("Total")} AS total,
        coalesce({money("Taxes")}, 0) AS taxes, coalesce({money("Duties")}, 0) AS duties,
        coalesce({money("Discount Amount")}, 0) AS discount, coalesce({money("Refunded Amount")}, 0) AS refunded
        FROM raw_rows)"""
    # Discounts of lines may be part of `Discount Amount` or not; where the lines without them give less than the
    # goods cost, they were never taken off.
    known = f"""(SELECT *, total - goods - shipping - duties AS on_top, sum(off) {ORDER} AS offs,
        sum(n * price - off) {ORDER} >= max(goods) {ORDER} AS taken_off FROM {parsed})"""
    apart = "CASE WHEN on_top = 0 THEN 0 WHEN on_top = taxes THEN taxes END + duties"
    return select(header, _order(header, apart) | _line(header), known)


def _order(header: Header, apart: str) -> dict[str, str]:
    text = header.text
    unreadable = header.unreadable(
        "Subtotal", "Shipping", "Total", "Taxes", "Discount Amount", "Refunded Amount", "Duties"
    )
    return {
        "order_id": "order_id",
        "is_first": f"{text('Financial Status', 'Currency', 'Subtotal', 'Total')} IS NOT NULL",
        "status": f"lower({text('Financial Status')})",
        "currency": f"upper({text('Currency')})",
        # `2025-10-07 09:50:26 +0200`: a cast knows no blank before the offset.
        "ordered_at": f"regexp_replace({text('Created at')}, ' ([+-][0-9:]+)$', '\\1')",
        "customer_id": f"coalesce(lower({text('Email')}), {text('Customer ID')})",
        "country": text("Shipping Country", "Billing Country"),
        "channel": text("Source"),
        "goods": "goods",
        "shipping": "shipping",
        "fees": "0",
        "total": f"total - ({apart})",
        "refunded": f"""CASE WHEN total > 0 THEN cast(refunded * (total - ({apart})) / total AS DECIMAL(18,4))
            ELSE refunded END""",
        "unsound": f"{unreadable} OR total IS NULL OR ({apart}) IS NULL OR refunded > total",
        "least": "0",
        "most": "discount + CASE WHEN taken_off THEN 0 ELSE offs END",
    }


def _line(header: Header) -> dict[str, str]:
    text = header.text
    return {
        "product_id": text("Lineitem sku", "Lineitem SKU", "Lineitem name"),
        "product_name": text("Lineitem name"),
        "quantity": text("Lineitem quantity"),
        "unit_price": text("Lineitem price"),
        "pieces": "n",
        "line_amount": "cast(n * price - CASE WHEN taken_off THEN off ELSE 0 END AS DECIMAL(18,4))",
        "flaw": f"""CASE WHEN {text("Lineitem quantity")} IS NULL THEN 'missing_quantity'
            WHEN n IS NULL OR n < 0 THEN 'bad_quantity'
            WHEN {text("Lineitem price")} IS NULL THEN 'missing_price'
            WHEN price IS NULL OR n * price < off OR {header.unreadable("Lineitem discount")} THEN 'bad_price' END""",
    }


LAYOUT = Layout(
    source="shopify",
    system="Shopify",
    what="a Shopify orders export",
    required=(
        "Name", "Financial Status", "Currency", "Subtotal", "Total", "Created at",
        "Lineitem quantity", "Lineitem name", "Lineitem price",
    ),
    export=export,
    counted=COUNTED,
    known=COUNTED | NOT_COUNTED,
)  # fmt: skip


def deliver(request: Request) -> Delivery:
    """The orders of the export, as lines. Raises SourceError, MappingError."""
    return orderexport.deliver(request, LAYOUT)


SOURCE = Source(
    name="shopify",
    help="Shopify's orders export, one file or a folder (options timezone, currency, count, shop)",
    demo=False,
    needs_path=True,
    deliver=deliver,
    recognises=LAYOUT.recognises,
    title=LAYOUT.system,
)
