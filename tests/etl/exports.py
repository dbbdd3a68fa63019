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
