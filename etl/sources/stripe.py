"""Stripe's balance report, itemised ("Balance change from activity" or "Balance history"): one row per transaction.

Recognised by its column names. Amounts are `gross`, in whole units of the currency (yen have no cents, dinars have
thousandths). What the reporting categories mean here:

* charge is a purchase: an order of its own, without products;
* refund, charge_failure and partial_capture_reversal give money back to the charge `charge_id` names, on their own day;
  refund_failure brings it in again and is no purchase;
* everything else (payouts, fees, disputes, transfers, ...) is no sale: left out, counted, and told. The option
  count=charge,refund,...,dispute lets more of them count; they never make a purchase.

The customer is `customer_email` in lower case, else `customer_id`. Times are `created`, in the time zone of the report,
or `created_utc`; the option timezone=Europe/Berlin takes the days of the shop from `created_utc`.
"""

from __future__ import annotations

import re
from dataclasses import replace

import duckdb

from etl import orderexport, orderlines
from etl.connection import literal
from etl.orderexport import Header, Layout, select
from etl.orderlines import LINE, Rules
from etl.rawtable import Raw
from etl.reasons import BITS
from etl.source import Delivery, Request, Source

COUNTED = frozenset({"charge", "refund", "charge_failure", "refund_failure", "partial_capture_reversal"})
NO_SALE = frozenset(
    re.findall(
        "[a-z_]+",
        """advance advance_funding anticipation_repayment climate_order_purchase climate_order_refund
    connect_collection_transfer connect_reserved_funds contribution currency_conversion dispute dispute_reversal fee
    financing_paydown financing_paydown_reversal financing_payout financing_payout_reversal issuing_authorization_hold
    issuing_authorization_release issuing_disbursement issuing_dispute issuing_transaction network_cost obligation
    other_adjustment partner_transfer payment_network_reserve payout payout_minimum_balance_hold
    payout_minimum_balance_release payout_reversal platform_earning platform_earning_refund reserved_funds
    risk_reserved_funds tax topup topup_reversal transfer transfer_reversal unreconciled_customer_funds""",
    )
)


def export(con: duckdb.DuckDBPyConnection, header: Header) -> str:
    """SQL of one row per transaction, with the charge it belongs to, its own object and its time in UTC."""
    text, gross = header.text, header.money("gross")
    columns = dict.fromkeys(orderlines.COLUMNS, "CAST(0 AS DECIMAL(18,4))") | {
        "order_id": text("balance_transaction_id"),
        "is_first": "true",
        "status": f"lower({text('reporting_category')})",
        "currency": f"upper({text('currency')})",
        "ordered_at": text("created", "created_utc"),
        "customer_id": f"coalesce(lower({text('customer_email')}), {text('customer_id')})",
        "country": text("shipping_address_country"),
        "channel": "CAST(NULL AS VARCHAR)",
        "product_id": "CAST(NULL AS VARCHAR)",
        "product_name": text("description"),
        "quantity": "'1'",
        "unit_price": text("gross"),
        "line_amount": gross,
        "flaw": f"CASE WHEN {text('gross')} IS NULL THEN 'missing_price' WHEN {gross} IS NULL THEN 'bad_price' END",
        "unsound": "false",
    }
    return select(
        header,
        columns,
        charge=text("charge_id", "source_id"),
        own=text("source_id", "balance_transaction_id"),
        utc=f"{text('created_utc')} || '+00'",
    )


def lines(con: duckdb.DuckDBPyConnection, raw: Raw, rules: Rules) -> Raw:
    """`raw` as lines: a charge is an order, what goes back is a line of quantity -1 that names it.

    Money that comes in again has a price below zero: an adjustment, never a purchase.
    """
    width = len(raw.names)
    made = {name: f"c{width + n}" for n, name in enumerate(LINE)}
    is_charge, known = "status = 'charge'", orderlines.listed(rules.known)
    values = {
        "order_id": f"CASE WHEN order_id IS NULL THEN NULL WHEN {is_charge} THEN charge ELSE own END",
        "ordered_at": "coalesce(utc, ordered_at)" if rules.timezone else "ordered_at",
        "quantity": f"CASE WHEN {is_charge} OR judged <> 0 THEN '1' ELSE '-1' END",
        "unit_price": f"CASE WHEN {is_charge} OR judged <> 0 THEN unit_price ELSE cast(-line_amount AS VARCHAR) END",
        "refunded_order_id": f"CASE WHEN NOT {is_charge} AND line_amount < 0 THEN charge END",
    }
    coin = f"line_amount * {10**rules.digits}"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE shaped AS
        SELECT line_number, line_span{"".join(f", c{n}" for n in range(width))},
               {", ".join(f"{values.get(name, name)} AS {column}" for name, column in made.items())}, judged
        FROM (
            SELECT *, CASE
                WHEN order_id IS NULL THEN {BITS["missing_order_id"]}
                WHEN row_number() OVER (PARTITION BY order_id ORDER BY line_number) > 1 THEN {BITS["order_told_twice"]}
                WHEN status IS NULL OR status NOT IN ({known}) THEN {BITS["unknown_status"]}
                WHEN status NOT IN ({orderlines.listed(rules.counted)}) THEN {BITS["not_a_sale"]}
                WHEN currency IS DISTINCT FROM {literal(rules.currency)} THEN {BITS["other_currency"]}
                WHEN flaw = 'missing_price' THEN {BITS["missing_price"]}
                WHEN flaw IS NOT NULL OR {coin} <> floor({coin}) OR {is_charge} AND line_amount < 0
                    THEN {BITS["bad_price"]}
                ELSE 0 END AS judged
            FROM export)
        ORDER BY line_number"""
    )
    canonical = {name: width + n for n, name in enumerate(LINE)}
    return replace(raw, relation="shaped", canonical=canonical, judged="judged", ordered="", blanks_only=False)


LAYOUT = Layout(
    source="stripe",
    system="Stripe",
    what="an itemised balance report of Stripe",
    required=("balance_transaction_id", "reporting_category", "currency", "gross"),
    export=export,
    counted=COUNTED,
    known=COUNTED | NO_SALE,
    alternatives=(("created", "created_utc"),),
    lines=lines,
    noun="transactions",
)


def deliver(request: Request) -> Delivery:
    """The transactions of the report, as lines. Raises SourceError, MappingError."""
    return orderexport.deliver(request, LAYOUT)


SOURCE = Source(
    name="stripe",
    help="Stripe's itemised balance report, one file or a folder (options timezone, currency, count, shop)",
    demo=False,
    needs_path=True,
    deliver=deliver,
    recognises=LAYOUT.recognises,
    title=LAYOUT.system,
)
