"""WooCommerce's order exports, one row per order or one row per line item: WooCommerce itself writes none with items.

Customer / Order / Coupon Export packs the items of an order into `line_items`; Order Export & Order Import gives each a
column of its own, `line_item_1` and so on. Recognised by their column names, in any order. What they mean, and what
becomes of it:

* `item_total`, or `total` within `line_items`, is what an item cost after discounts and without taxes. The goods of an
  order cost `order_total` less `tax_total`, `shipping_total` and `fee_total`; items that were rounded one by one get
  the missing cents by largest remainder. Taxes are no sales, and a refund counts without its share of them.
* completed, processing and refunded orders are purchases; pending, on-hold, failed, cancelled, draft and trash ones are
  not. A shop's own statuses are rejected until the option count=completed,processing,refunded,<own> names them as
  purchases, or leave=<own> as none.
* The customer is the billing e-mail in lower case, else `customer_id` (0 is a guest); the product is the SKU, else the
  product id, else the name.
* What was paid back is `refunded_total`, else the amounts in `refund_items`.
* Dates are the wall clock of the shop, `2025-03-02 09:30:26` as both write them; after a spreadsheet has saved the file
  again day and month may not be told apart: then the option date_format says.
"""

from __future__ import annotations

import json
import re

import duckdb
import pyarrow as pa

from etl import currencies, orderexport, orderlines
from etl.orderexport import Header, Layout, select
from etl.source import Delivery, Request, Source

COUNTED = frozenset({"completed", "processing", "refunded"})
NOT_COUNTED = frozenset({
    "pending", "pending-payment", "on-hold", "failed", "cancelled", "checkout-draft", "draft", "trash",
})  # fmt: skip
ITEM = ("name", "sku", "product_id", "quantity", "total")
ORDER = "OVER (PARTITION BY order_id)"
ESCAPED = re.compile(r"\\([:|;])")
NUMBERED = re.compile(r"line_item_[0-9]+")


def items(cell: str) -> list[dict[str, str]]:
    r"""The items of a cell `line_items`: `key:value|...;...` with these three escaped, or JSON; none if neither.

    >>> items(r"name:Tee\: red|sku:T1|quantity:2|total:20.00;name:Cap|sku:|quantity:1|total:5.00")[0]["name"]
    'Tee: red'
    """
    if cell.startswith("["):
        try:
            found = json.loads(cell, parse_float=str, parse_int=str)
        except ValueError:
            return []
        return [{key: str(value) for key, value in item.items()} for item in found if isinstance(item, dict)]
    return [_item(item) for item in re.split(r"(?<!\\);", cell) if item]


def _item(text: str) -> dict[str, str]:
    return dict(_pair(pair) for pair in re.split(r"(?<!\\)\|", text))


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition(":")
    return key, ESCAPED.sub(r"\1", value)


def export(con: duckdb.DuckDBPyConnection, header: Header) -> str:
    """SQL of the rows for `etl.orderlines`."""
    packed = "item_total" not in header.raw.names
    if packed:
        _unpack(con, header)
    else:
        named = ", ".join(f"{header.text('item_' + name)} AS i_{name}" for name in ITEM)
        con.execute(f"CREATE OR REPLACE TEMP TABLE item_rows AS SELECT *, {named} FROM raw_rows")
    text, money = header.text, header.money
    total = "CASE WHEN i_total IS NOT NULL THEN " + orderlines.money("i_total") + " END"
    parsed = f"""(SELECT *, {text("order_id")} AS order_id, {orderlines.money("i_quantity")} AS n,
        {total} AS item_total, upper({text("order_currency")}) AS currency, {money("order_total")} AS total,
        coalesce({money("tax_total")}, 0) AS taxes, coalesce({money("shipping_total")}, 0) AS shipping,
        coalesce({money("fee_total")}, 0) AS fees,
        coalesce({money("refunded_total")}, {_paid_back(text("refund_items"))}, 0) AS refunded,
        {_status(header)} AS status FROM item_rows)"""
    coin = " ".join(
        f"WHEN currency IN ({', '.join(map(repr, sorted(names)))}) THEN {worth}"
        for names, worth in ((currencies.WITHOUT_CENTS, 1), (currencies.WITH_THOUSANDTHS, 0.001))
    )
    # Taxes, shipping and every item are rounded on their own: each may be half a coin off.
    known = f"(SELECT *, (count(*) {ORDER} + 3) * CASE {coin} ELSE 0.01 END / 2 AS slack FROM {parsed})"
    return select(header, _order(header, packed) | _line(), known)


def _status(header: Header) -> str:
    """SQL of the status as WooCommerce keeps it: some exports write its title, some its code with a prefix."""
    return f"regexp_replace(replace(lower({header.text('status')}), ' ', '-'), '^wc-', '')"


def _unpack(con: duckdb.DuckDBPyConnection, header: Header) -> None:
    """Table `item_rows`: a row for each item of an order; the physical line belongs to the first of them."""
    numbered = [name for name in header.raw.names if NUMBERED.fullmatch(name)]
    cells = [header.text("line_items"), *map(header.text, numbered)]
    rows = [
        (line, place, *(item.get(name, "").strip() or None for name in ITEM))
        for line, packed, *single in con.execute(f"SELECT line_number, {', '.join(cells)} FROM raw_rows").fetchall()
        for place, item in enumerate([*items(packed or ""), *(_item(cell) for cell in single if cell)] or [{}])
    ]
    places = [("line", pa.int64()), ("place", pa.int64()), *((f"i_{name}", pa.string()) for name in ITEM)]
    columns = zip(zip(*rows, strict=True) if rows else [()] * len(places), places, strict=True)
    table = pa.Table.from_arrays(
        [pa.array(values, kind) for values, (_, kind) in columns], [name for name, _ in places]
    )
    con.register("unpacked", table)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE item_rows AS SELECT raw_rows.* "
        "REPLACE (CASE WHEN place = 0 THEN line_span ELSE 0 END AS line_span), unpacked.* EXCLUDE (line) "
        "FROM raw_rows JOIN unpacked ON line = line_number ORDER BY line_number, place"
    )
    con.unregister("unpacked")


def _paid_back(refunds: str) -> str:
    """SQL of the sum of `amount:60.50|reason:late|date:2025-03-05 10:00:00;...`; NULL where there is none."""
    amounts = f"regexp_extract_all({refunds}, '(?:^|;)amount:([0-9]+[.]?[0-9]*)', 1)"
    return f"list_sum(list_transform({amounts}, lambda amount: cast(amount AS DECIMAL(18,4))))"


def _order(header: Header, packed: bool) -> dict[str, str]:
    text = header.text
    unreadable = header.unreadable("order_total", "tax_total", "shipping_total", "fee_total", "refunded_total")
    email = text("billing_email", "customer_email")
    back = "CASE WHEN status = 'refunded' THEN greatest(refunded, total) ELSE refunded END"
    return {
        "order_id": "order_id",
        # Every row repeats what the order says; only in one row per order is a second row a second telling.
        "is_first": "place = 0" if packed else "row_number() OVER (PARTITION BY order_id ORDER BY line_number) = 1",
        "status": "status",
        "currency": "currency",
        "ordered_at": f"regexp_replace({text('order_date', 'date')}, ' ([+-][0-9:]+)$', '\\1')",
        "customer_id": f"coalesce(lower({email}), nullif({text('customer_id')}, '0'))",
        "country": text("shipping_country", "billing_country"),
        "channel": "CAST(NULL AS VARCHAR)",
        # A fee below zero is a discount.
        "goods": "total - taxes - shipping - greatest(fees, 0)",
        "shipping": "shipping",
        "fees": "greatest(fees, 0)",
        "total": "total - taxes",
        "refunded": f"CASE WHEN total > 0 THEN cast(({back}) * (total - taxes) / total AS DECIMAL(18,4)) ELSE 0 END",
        "unsound": f"{unreadable} OR total IS NULL OR refunded > total",
        "least": "cast(-slack AS DECIMAL(18,4))",
        "most": "cast(slack + greatest(-fees, 0) AS DECIMAL(18,4))",
    }


def _line() -> dict[str, str]:
    return {
        "product_id": "coalesce(i_sku, i_product_id, i_name)",
        "product_name": "i_name",
        "quantity": "i_quantity",
        "unit_price": "CASE WHEN n > 0 THEN cast(cast(item_total / n AS DECIMAL(14,4)) AS VARCHAR) ELSE i_total END",
        "pieces": "n",
        "line_amount": "item_total",
        "flaw": """CASE WHEN i_quantity IS NULL THEN 'missing_quantity'
            WHEN n IS NULL OR n < 0 OR n = 0 AND item_total <> 0 THEN 'bad_quantity'
            WHEN i_total IS NULL THEN 'missing_price'
            WHEN item_total IS NULL OR item_total < 0 THEN 'bad_price' END""",
    }


LAYOUT = Layout(
    source="woocommerce",
    system="WooCommerce",
    what="a WooCommerce order export",
    required=("order_id", "status", "order_total", "order_currency"),
    export=export,
    counted=COUNTED,
    known=COUNTED | NOT_COUNTED,
    alternatives=(("order_date", "date"), ("item_total", "line_items", "line_item_1")),
    own_status=_status,
)


def deliver(request: Request) -> Delivery:
    """The orders of the export, as lines. Raises SourceError, MappingError."""
    return orderexport.deliver(request, LAYOUT)


SOURCE = Source(
    name="woocommerce",
    help="WooCommerce's order export, one row per order or per item (options count, leave, currency, date_format)",
    demo=False,
    needs_path=True,
    deliver=deliver,
    recognises=LAYOUT.recognises,
    title=LAYOUT.system,
    own_statuses=LAYOUT.own_statuses,
)
