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
    "order_not_counted": "The status of the order makes it no purchase: it was never paid, was cancelled or failed.",
    "other_currency": "The order is in another currency than the one chosen.",
    "not_a_sale": "The row moves money that is neither a sale nor a refund: a payout, a fee, a dispute.",
    "unknown_status": "The status or category is none the source knows, so it cannot be said whether it counts.",
    "order_without_first_row": "The row that bears the date, the status and the totals of the order is missing.",
    "order_told_twice": "The order begins more than once in the file: which rows belong together is not clear.",
    "order_incomplete": "Another line of the same order cannot be used, so the order would be wrong.",
    "order_does_not_add_up": "The lines, discounts, shipping, taxes and refunds of the order do not give its total.",
    "too_much_money": "Quantity times price is a hundred billion or more, which cannot be counted with.",
    "missing_count": "The number of purchases or days is empty.",
    "bad_count": "The number of purchases or days is not a number.",
    "missing_value": "The mean value of the repeat purchases is empty.",
    "bad_value": "The value is not an amount of money.",
}

_CORRECT = "Correct these lines in the file, or export it again."
_FILL = "Fill these cells where the file comes from, or choose another column for them."
_RULE = "Nothing to repair: the source leaves such rows out, and says so."
_VALUES = "Say once what each of these texts means, or how numbers and dates are written in this file."

REPAIRS: dict[str, str] = {
    "wrong_field_count": _CORRECT,
    "bad_quoting": _CORRECT,
    "field_too_long": _CORRECT,
    "bad_json": _CORRECT,
    "too_much_money": _CORRECT,
    "scientific_id": "Export this column as text: the digits are lost and cannot be restored here.",
    "future_date": "Look whether day and month are exchanged, or correct the clock of the system that wrote them.",
    "order_not_counted": _RULE,
    "other_currency": _RULE,
    "not_a_sale": _RULE,
    "unknown_status": "Say of each status whether it is a purchase: among the questions, or with count and leave.",
    "order_without_first_row": _CORRECT,
    "order_told_twice": _CORRECT,
    "order_incomplete": _CORRECT,
    "order_does_not_add_up": _CORRECT,
    "repeated_in_later_file": "Nothing to repair: lines that files have in common count once.",
}
"""What to do about a reason; of the others the empty cells want filling, the rest a meaning."""


def repair(code: str) -> str:
    """What the reader can do about lines rejected for this reason."""
    return REPAIRS.get(code) or (_FILL if code.startswith("missing_") else _VALUES)


BITS: dict[str, int] = {code: 1 << position for position, code in enumerate(REASONS)}

LEFT_OUT = ("order_not_counted", "other_currency", "not_a_sale", "repeated_in_later_file")
"""Reasons that are a rule, not a fault: a source declares them, they are counted, and they stop no refresh."""

JUDGED = (
    "order_not_counted", "other_currency", "not_a_sale", "unknown_status", "order_without_first_row",
    "order_told_twice", "order_incomplete", "order_does_not_add_up",
)  # fmt: skip
"""Reasons that a source gives whole rows of an export it knows: no mapping changes them."""

LEFT_OUT_MASK = sum(BITS[code] for code in LEFT_OUT)
