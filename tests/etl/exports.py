"""Order exports as shops write them: quoted addresses over several lines, zips with apostrophes, every column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,"
    "Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,"
    "Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,"
    "Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,"
    "Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,"
    "Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,"
    "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,"
    "Payment References"
)
SHOPIFY_HEADER = tuple(next(csv.reader([SHOPIFY])))

Item = Mapping[str, Any]


def text(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV with every cell that needs it in quotes; a column a row does not name is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def item(sku: str = "TEE-S", price: str = "10.00", quantity: int | str = 1, **more: Any) -> dict[str, Any]:
    """What a Shopify row says of one line item."""
    said = {"sku": sku, "name": f"{sku} name", "price": price, "quantity": quantity, "discount": "0.00"}
    return {f"Lineitem {name}": value for name, value in said.items()} | {"Vendor": "Acme"} | more


def order(name: str, total: str, *items: Item, subtotal: str = "", **more: Any) -> list[dict[str, Any]]:
    """The rows of one Shopify order; columns with blanks in their names are given as `Shipping_Country`."""
    said = {
        "Email": "Ann@Example.com", "Financial Status": "paid", "Paid at": "2025-03-02 00:31:00 +0100",
        "Currency": "EUR", "Subtotal": subtotal or total, "Shipping": "0.00", "Taxes": "0.00", "Total": total,
        "Discount Amount": "0.00", "Created at": "2025-03-02 00:30:26 +0100", "Refunded Amount": "0.00",
        "Billing Street": "1 Main St\nFlat 2, \"rear\"", "Billing Zip": "'01234", "Billing Phone": "'+34555",
        "Shipping Country": "ES", "Source": "web", "Id": name.strip("#"), "Outstanding Balance": "0.00",
    } | {key.replace("_", " "): value for key, value in more.items()}  # fmt: skip
    first, *rest = items or (item(price=total),)
    return [{"Name": name, **said, **first}, *({"Name": name, **other} for other in rest)]


def shopify(*orders: list[dict[str, Any]], without: str = "") -> str:
    """A Shopify orders export."""
    header = [name for name in SHOPIFY_HEADER if name != without]
    rows = [{key: value for key, value in row.items() if key != without} for rows in orders for row in rows]
    return text(header, rows)


WOO = (
    "order_id,order_number,order_number_formatted,order_date,status,shipping_total,shipping_tax_total,fee_total,"
    "fee_tax_total,tax_total,discount_total,order_total,refunded_total,order_currency,payment_method,shipping_method,"
    "customer_id,billing_first_name,billing_last_name,billing_email,billing_address_1,billing_postcode,billing_country,"
    "shipping_country,customer_note"
)
WOO_HEADER = tuple(WOO.split(","))
WOO_ITEM = ("id", "name", "product_id", "sku", "quantity", "subtotal", "total", "total_tax", "refunded", "refunded_qty")


def woo_item(sku: str = "TEE", total: str = "10.00", quantity: int | str = 1, **more: Any) -> dict[str, Any]:
    """A line item of WooCommerce, after discounts and without taxes."""
    return {"id": "7", "name": f"{sku}: red|blue; all", "product_id": "65", "sku": sku, "quantity": quantity,
            "total": total} | more  # fmt: skip


def woo_order(number: str, total: str, *items: Item, **more: Any) -> dict[str, Any]:
    """An order of WooCommerce with its `items`."""
    return {
        "order_id": number, "order_number": number, "order_date": "2025-03-02 09:30:26", "status": "completed",
        "shipping_total": "0.00", "fee_total": "0.00", "tax_total": "0.00", "order_total": total,
        "refunded_total": "0.00", "order_currency": "EUR", "customer_id": "3", "billing_email": "Ann@Example.com",
        "billing_address_1": "1 Main St\nFlat 2, \"rear\"", "billing_postcode": "'01234", "billing_country": "ES",
        "items": list(items) or [woo_item(total=total)],
    } | more  # fmt: skip


def woo_per_item(*orders: Mapping[str, Any]) -> str:
    """One row per line item."""
    rows = [
        {name: order[name] for name in order if name != "items"} | {f"item_{key}": value for key, value in item.items()}
        for order in orders
        for item in order["items"]
    ]
    return text([*WOO_HEADER, *(f"item_{name}" for name in WOO_ITEM)], rows)


def woo_per_order(*orders: Mapping[str, Any], packed: Any = None) -> str:
    """One row per order, its items in one cell: pairs with colons, or what `packed` writes."""
    rows = [
        {name: order[name] for name in order if name != "items"} | {"line_items": (packed or _piped)(order["items"])}
        for order in orders
    ]
    return text([*reversed(WOO_HEADER), "line_items"], rows)


def _piped(items: Iterable[Item]) -> str:
    def escaped(value: Any) -> str:
        return "".join("\\" + letter if letter in ":|;" else letter for letter in str(value))

    return ";".join("|".join(f"{key}:{escaped(value)}" for key, value in item.items()) for item in items)


STRIPE_HEADER = tuple(
    next(
        csv.reader([
            "balance_transaction_id,created_utc,created,available_on_utc,available_on,currency,gross,fee,net,"
            "reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,"
            "automatic_payout_id,customer_id,customer_email,customer_name,shipping_address_country,charge_id,"
            "payment_intent_id,invoice_id,payment_method_type,card_brand,card_country,statement_descriptor,"
            "payment_metadata[campaign],refund_metadata[reason]"
        ])
    )
)  # fmt: skip


def movement(number: int, category: str, gross: str, charge: int | None = None, **more: Any) -> dict[str, Any]:
    """A balance transaction of Stripe; `charge` is the number of the charge it belongs to."""
    of = f"ch_{number if charge is None else charge}"
    return {
        "balance_transaction_id": f"txn_{number}",
        "created_utc": "2025-03-01 23:30:00", "created": "2025-03-01 23:30:00",
        "currency": "eur", "gross": gross, "fee": "0.35", "net": "0.00", "reporting_category": category,
        "source_id": of if category == "charge" else f"re_{number}", "description": "Café\nsubscription",
        "customer_id": "cus_1", "customer_email": "Ann@Example.com",
        "charge_id": of if category in ("charge", "refund", "dispute") else "",
    } | more  # fmt: skip


def stripe(*movements: Mapping[str, Any]) -> str:
    """A balance report, itemised."""
    return text(STRIPE_HEADER, movements)


WOO_NUMBERED = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,"
    "tax_total,cart_discount,order_discount,discount_total,order_total,order_key,order_currency,payment_method,"
    "payment_method_title,transaction_id,shipping_method,customer_id,customer_user,customer_email,billing_first_name,"
    "billing_last_name,billing_company,billing_email,billing_phone,billing_address_1,billing_postcode,billing_city,"
    "billing_country,shipping_country,customer_note,wt_import_key,shipping_items,fee_items,tax_items,coupon_items,"
    "refund_items,order_notes,download_permissions,line_item_1,line_item_2"
)


def woo_numbered(*orders: Mapping[str, Any]) -> str:
    """One row per order, every item in a column of its own; nothing is escaped and taxes stand as PHP keeps them."""
    taxes = 'tax:0.50|tax_data:a:1:{s:5:"total";a:1:{i:1;s:4:"0.50";}}'
    rows = []
    for order in orders:
        row = {name: order[name] for name in order if name != "items"} | {"wt_import_key": order["order_number"]}
        for place, item in enumerate(order["items"], 1):
            said = {key: item[key] for key in ("name", "product_id", "sku", "quantity", "total")}
            said["sub_total"] = item["total"]
            row[f"line_item_{place}"] = "|".join([*(f"{key}:{value}" for key, value in said.items()), taxes])
        rows.append(row)
    return text(next(csv.reader([WOO_NUMBERED])), rows)
