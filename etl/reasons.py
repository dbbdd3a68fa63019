"""Why a line was rejected: one code, one sentence. The order is the bit of the code in a reason mask: append only."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "wrong_field_count": "The line has more or fewer fields than the header.",
    "bad_quoting": "A quotation mark inside a quoted field is not doubled.",
    "field_too_long": "A field is longer than 131,072 characters.",
    "missing_order_id": "The order number is empty.",
    "missing_customer_id": "The customer number is empty.",
    "missing_product_id": "The product code is empty.",
    "scientific_id": "A number was turned into scientific notation (1.785E+04) and its digits are lost.",
    "missing_date": "The date is empty.",
    "bad_date": "The date does not exist, does not fit the format of the file or lies before 1901.",
    "future_date": "The date lies more than one day after the day of loading.",
    "missing_quantity": "The quantity is empty.",
    "bad_quantity": "The quantity is not a number that can be counted with.",
    "missing_price": "The price is empty.",
    "bad_price": "The price is not an amount of money.",
    "bad_cost": "The cost is not an amount of money.",
    "missing_channel": "The channel is empty.",
    "missing_spend": "The spend is empty.",
    "bad_spend": "The spend is not an amount of money.",
    "missing_event": "The event is empty.",
    "repeated_in_later_file": "An earlier file of the delivery holds the same line: overlaps count once.",
    "missing_cost": "The cost is empty.",
    "missing_contract_id": "The contract number is empty.",
    "bad_json": "The line is not one JSON object that names each key once.",
    "too_much_money": "Quantity times price is a hundred billion or more, which cannot be counted with.",
}

BITS: dict[str, int] = {code: 1 << position for position, code in enumerate(REASONS)}
