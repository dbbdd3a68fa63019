"""Lines of orders whose money is told per order: discounts spread to the smallest coin, shipping and refunds as lines.

A source describes its export as the table `export`, one row per item (COLUMNS). From it comes, for every order that
counts and adds up:

* goods: each item with its share of what the goods of the order cost, by largest remainder, so that the lines sum to it
  exactly. Where pieces do not share their money evenly, the item becomes two lines with prices one coin apart;
* shipping and fees as lines of charge codes;
* what was paid back as one line of quantity -1 that names the order. Exports tell how much was refunded, neither when
  nor for what, so it has the day of the order and no product. Taxes that are no part of the goods are no part of it.

Orders that do not count, or do not add up, keep their rows as they are, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from etl.connection import literal
from etl.rawtable import Raw
from etl.reasons import BITS

COLUMNS = (
    "order_id", "is_first", "status", "currency", "ordered_at", "customer_id", "country", "channel",
    "product_id", "product_name", "quantity", "unit_price", "pieces", "line_amount", "flaw",
    "goods", "shipping", "fees", "total", "refunded", "unsound", "least", "most",
)  # fmt: skip
"""What a source says of a row; texts up to unit_price, then decimals in whole units of the currency.

is_first: the row bears what the order says of itself; only there status ... channel and goods ... most are read.
line_amount: what the item cost as far as the row tells; flaw: reason code, or NULL. goods: what the items cost
together; total: with shipping and fees, without taxes apart; refunded: of that total. The sum of line_amount may exceed
goods by least ... most (discounts told for the whole order), else the order does not add up; nor does it if unsound."""

LINE = ("order_id", "ordered_at", "customer_id", "product_id", "product_name", "quantity", "unit_price", "country",
        "channel", "refunded_order_id")  # fmt: skip
"""Canonical columns of the lines made here."""

SHIPPING, FEE, REFUND = "SHIPPING", "FEE", "Refund"


@dataclass(frozen=True)
class Rules:
    """Which orders count."""

    counted: frozenset[str]
    known: frozenset[str]
    """Every status there is, the counted ones included."""
    currency: str
    digits: int
    """Behind the point of the currency."""
    timezone: str = ""
    """Of the shop, where it was said."""


def money(text: str) -> str:
    """SQL of a text as a decimal, NULL for what is no plain number: 1e3, 1_000 and 1,000 are none."""
    plain = f"regexp_full_match({text}, '[+-]?[0-9]{{1,13}}([.][0-9]*)?')"
    return f"CASE WHEN {plain} THEN try_cast({text} AS DECIMAL(18,4)) END"


def shaped(con: duckdb.DuckDBPyConnection, raw: Raw, rules: Rules) -> Raw:
    """`raw` as lines, from the table `export`, which has the columns of `raw.relation` and COLUMNS."""
    con.execute(_orders(rules))
    con.execute(_shares(rules))
    width = len(raw.names)
    own = "".join(f", c{n}" for n in range(width))
    made = ", ".join(f"{name} AS c{width + n}" for n, name in enumerate(LINE))
    parts = (*_goods(rules.digits), _set_aside(), _charge(SHIPPING, "shipping"), _charge(FEE, "fees"), _refund(rules))
    picked = f"SELECT line_number, part, span AS line_span{own}, {made}, judged"
    union = " UNION ALL ".join(f"{picked} FROM ({part})" for part in parts)
    con.execute(f"CREATE OR REPLACE TEMP TABLE shaped AS {union} ORDER BY line_number, part")
    canonical = {name: width + n for n, name in enumerate(LINE)}
    return replace(raw, relation="shaped", canonical=canonical, judged="judged", ordered="", blanks_only=False)


def listed(words: frozenset[str]) -> str:
    """The words as SQL texts with commas between them; an empty text where there are none."""
    return ", ".join(literal(word) for word in sorted(words)) or "''"


def _orders(rules: Rules) -> str:
    """Table `orders`: what each order says of itself, and the reason that speaks against it."""
    said = ("status", "currency", "ordered_at", "customer_id", "country", "channel",
            "goods", "shipping", "fees", "total", "refunded", "unsound", "least", "most")  # fmt: skip
    heads = ", ".join(f"min({name}) FILTER (WHERE is_first) AS {name}" for name in said)
    return f"""
        CREATE OR REPLACE TEMP TABLE orders AS
        SELECT *, CASE
            WHEN order_id IS NULL THEN {BITS["missing_order_id"]}
            WHEN heads = 0 THEN {BITS["order_without_first_row"]}
            WHEN heads > 1 THEN {BITS["order_told_twice"]}
            WHEN status IS NULL OR status NOT IN ({listed(rules.known)}) THEN {BITS["unknown_status"]}
            WHEN status NOT IN ({listed(rules.counted)}) THEN {BITS["order_not_counted"]}
            WHEN currency IS DISTINCT FROM {literal(rules.currency)} THEN {BITS["other_currency"]}
            WHEN flawed THEN {BITS["order_incomplete"]}
            WHEN unsound OR goods IS NULL OR goods < 0 OR coalesce(shipping, 0) < 0 OR coalesce(fees, 0) < 0
                OR coalesce(refunded, 0) NOT BETWEEN 0 AND total
                OR items - goods NOT BETWEEN least AND most OR items = 0 AND goods <> 0
                THEN {BITS["order_does_not_add_up"]}
            ELSE 0 END AS verdict
        FROM (
            SELECT order_id, {heads}, count(*) FILTER (WHERE is_first) AS heads, sum(line_amount) AS items,
                   bool_or(flaw IS NOT NULL) AS flawed, min(line_number) AS first_line
            FROM export GROUP BY order_id)"""


def _shares(rules: Rules) -> str:
    """Table `shares`: rows of orders that count with `coins`, their part of the goods in smallest coins.

    Largest remainder: every row gets the whole coins of its exact part; the coins left over go to the largest rests.
    """
    coin = 10**rules.digits
    exact = f"cast(orders.goods * {coin} AS HUGEINT) * cast(line_amount * 10000 AS HUGEINT)"
    weight = "greatest(1, cast(orders.items * 10000 AS HUGEINT))"
    return f"""
        CREATE OR REPLACE TEMP TABLE shares AS
        SELECT *, whole + CASE WHEN place <= left_over THEN 1 ELSE 0 END AS coins
        FROM (
            SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY rest DESC, line_number, item) AS place,
                   cast(order_goods * {coin} AS HUGEINT) - sum(whole) OVER (PARTITION BY order_id) AS left_over
            FROM (
                SELECT export.*, orders.goods AS order_goods, orders.ordered_at AS since, orders.customer_id AS who,
                       orders.country AS land, orders.channel AS way,
                       {exact} // {weight} AS whole, {exact} % {weight} AS rest
                FROM (SELECT *, row_number() OVER () AS item FROM export) AS export
                JOIN orders ON orders.order_id = export.order_id WHERE verdict = 0))"""


def _goods(digits: int) -> tuple[str, str]:
    """Lines of goods: pieces at the lower price, and those that cost one coin more."""
    coin = f"cast({10**digits} AS DECIMAL(9,0))"
    whole = "pieces > 0 AND pieces = floor(pieces)"
    dearer = f"CASE WHEN {whole} THEN coins % cast(pieces AS HUGEINT) ELSE 0 END"
    base = f"CASE WHEN {whole} THEN coins // cast(pieces AS HUGEINT) ELSE coins END"
    order = "who AS customer_id, land AS country, way AS channel, since AS ordered_at, NULL AS refunded_order_id"
    kept = f"* EXCLUDE (customer_id, country, channel, ordered_at, quantity, unit_price), {order}, 0 AS judged"
    priced = f"(SELECT *, {dearer} AS dearer, {base} AS base FROM shares)"

    def price(coins: str, per: str = "1") -> str:
        return f"cast(cast(cast({coins} AS DECIMAL(18,0)) / {coin} / {per} AS DECIMAL(14,4)) AS VARCHAR)"

    per = f"CASE WHEN {whole} OR pieces = 0 THEN 1 ELSE pieces END"
    return (
        f"SELECT {kept}, 0 AS part, line_span AS span, cast(pieces - dearer AS VARCHAR) AS quantity, "
        f"{price('base', per)} AS unit_price FROM {priced}",
        f"SELECT {kept}, 1 AS part, 0 AS span, cast(dearer AS VARCHAR) AS quantity, "
        f"{price('base + 1')} AS unit_price FROM {priced} WHERE dearer > 0",
    )


def _set_aside() -> str:
    """Rows of orders that do not count or do not add up, as delivered; a row's own flaw goes before the order's."""
    flaws = " ".join(
        f"WHEN {literal(code)} THEN {BITS[code]}"
        for code in ("missing_quantity", "bad_quantity", "missing_price", "bad_price")
    )
    judged = (
        f"CASE WHEN verdict = {BITS['order_incomplete']} THEN coalesce(CASE flaw {flaws} END, verdict) ELSE verdict END"
    )
    return f"""SELECT export.* EXCLUDE (ordered_at), orders.ordered_at, NULL AS refunded_order_id, {judged} AS judged,
        0 AS part, line_span AS span
        FROM export JOIN orders ON orders.order_id IS NOT DISTINCT FROM export.order_id WHERE verdict <> 0"""


def _of_order(what: str, having: str) -> str:
    """One line of an order, on its first row."""
    return f"""SELECT export.* EXCLUDE (quantity, unit_price, product_id, product_name), {what}, 0 AS judged, 0 AS span
        FROM (
            SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY line_number) AS nth
            FROM export WHERE is_first) AS export
        JOIN orders ON orders.order_id = export.order_id WHERE verdict = 0 AND nth = 1 AND {having}"""


def _charge(code: str, amount: str) -> str:
    what = (
        f"{literal(code)} AS product_id, {literal(code.title())} AS product_name, '1' AS quantity, 2 AS part, "
        f"cast(orders.{amount} AS VARCHAR) AS unit_price, NULL AS refunded_order_id"
    )
    return _of_order(what, f"orders.{amount} > 0")


def _refund(rules: Rules) -> str:
    amount = f"round(orders.refunded, {rules.digits})"
    what = (
        f"NULL AS product_id, {literal(REFUND)} AS product_name, '-1' AS quantity, 3 AS part, "
        f"cast({amount} AS VARCHAR) AS unit_price, orders.order_id AS refunded_order_id"
    )
    return _of_order(what, f"{amount} > 0")
