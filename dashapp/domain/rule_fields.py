"""What a segment may ask about a customer: each field with its type, its unit and the operators it takes.

Names are those of the customers table; the store writes no other name into SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashapp.domain.vocabulary import SEGMENTS, Basis, CustomerState


class Kind(StrEnum):
    """What the values of a field are."""

    CHOICE = "choice"
    TEXT = "text"
    BOUGHT = "bought"
    "What a customer ever bought; values are names of categories or ids of products."
    MONTH = "month"
    "As YYYY-MM."
    DATE = "date"
    "As YYYY-MM-DD."
    MOMENT = "moment"
    "A segment on a day, as YYYY-MM-DD and its name: the month end at or before that day counts."
    SPAN = "span"
    "Something done within days: YYYY-MM-DD YYYY-MM-DD, both included, and the product or category where one is meant."
    CHANGE = "change"
    "What a customer brought in a period against an earlier one: four days YYYY-MM-DD, and one of the field's values."
    MADE = "made"
    "Where the sales were made counted by the spans of the same group; alone: that anything was bought there."
    NUMBER = "number"
    SHARE = "share"
    "0 to 1."


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked."""

    name: str
    label: str
    kind: Kind
    unit: str = ""
    "Printed after a value: days, orders; `money` stands for the shop's currency. Of a span: what is named after it."
    values: tuple[str, ...] = ()
    "Every value there is, where that is known beforehand."


RISK_BANDS = ("high", "medium", "low")
_MONEY = "money"
LAPSED, NOT_YET = "Lapsed", "Not yet a customer"
"Where a customer can be on a day besides the segments."
GREW, SHRANK, SAME = "grew", "shrank", "unchanged"
CHANGES = tuple(f"{basis} {how}" for basis in Basis for how in (GREW, SHRANK, SAME))

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("country", "Country", Kind.CHOICE),
        Field("channel", "Channel", Kind.CHOICE),
        Field("segment", "RFM segment", Kind.CHOICE, values=SEGMENTS),
        Field("segment_on", "RFM segment on a day", Kind.MOMENT, values=(*SEGMENTS, LAPSED, NOT_YET)),
        Field("customer_state", "State", Kind.CHOICE, values=tuple(CustomerState)),
        Field("risk_band", "Risk", Kind.CHOICE, values=RISK_BANDS),
        Field("category", "Bought category", Kind.BOUGHT),
        Field("product", "Bought product", Kind.BOUGHT),
        Field("started_with", "Started with product", Kind.BOUGHT),
        Field("bought_in", "Bought anything", Kind.SPAN),
        Field("product_in", "Bought the product", Kind.SPAN, "product"),
        Field("category_in", "Bought of the category", Kind.SPAN, "category"),
        Field("returned_in", "Returned the product", Kind.SPAN, "product"),
        Field("refunded_in", "Got a refund", Kind.SPAN),
        Field("changed_in", "Change between periods", Kind.CHANGE, values=CHANGES),
        Field("made_in", "Country of these sales", Kind.MADE),
        Field("made_by", "Channel of these sales", Kind.MADE),
        Field("cohort_month", "First purchase month", Kind.MONTH),
        Field("first_order_date", "First order", Kind.DATE),
        Field("last_order_date", "Last order", Kind.DATE),
        Field("bought_on", "Bought on", Kind.DATE),
        Field("days_since_last_order", "Days since last order", Kind.NUMBER, "days"),
        Field("order_count", "Orders", Kind.NUMBER, "orders"),
        Field("return_count", "Returned orders", Kind.NUMBER, "orders"),
        Field("average_gap_days", "Average gap between purchases", Kind.NUMBER, "days"),
        Field("net_sales", "Net sales so far", Kind.NUMBER, _MONEY),
        Field("average_order_value", "Average order value", Kind.NUMBER, _MONEY),
        Field("clv", "Predicted value", Kind.NUMBER, _MONEY),
        Field("clv_low", "Predicted value, lower end", Kind.NUMBER, _MONEY),
        Field("clv_high", "Predicted value, upper end", Kind.NUMBER, _MONEY),
        Field("value_at_risk", "Value at risk", Kind.NUMBER, _MONEY),
        Field("expected_purchases", "Expected purchases", Kind.NUMBER, "purchases"),
        Field("expected_order_value", "Expected order value", Kind.NUMBER, _MONEY),
        Field("p_alive", "Chance to be still a customer", Kind.SHARE),
        Field("p_active", "Chance to buy in the horizon", Kind.SHARE),
        Field("health_score", "Health score", Kind.NUMBER, "of 100"),
        Field("r_score", "Recency score", Kind.NUMBER, "of 5"),
        Field("fm_score", "Frequency and money score", Kind.NUMBER, "of 5"),
        Field("customer_id", "Customer id", Kind.TEXT),
    )
}

IS, IS_NOT, CONTAINS, LACKS = "is", "is_not", "contains", "lacks"
AT_LEAST, AT_MOST, BETWEEN = "at_least", "at_most", "between"
_CHOSEN = (IS, IS_NOT)
_MEASURED = (AT_LEAST, AT_MOST, BETWEEN)
_MATCHED = (CONTAINS, LACKS)
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.CHOICE: (*_CHOSEN, *_MATCHED),
    Kind.TEXT: (*_CHOSEN, *_MATCHED),
    Kind.BOUGHT: _CHOSEN,
    Kind.MOMENT: _CHOSEN,
    Kind.SPAN: _CHOSEN,
    Kind.CHANGE: _CHOSEN,
    Kind.MADE: (IS,),
    Kind.MONTH: (*_CHOSEN, *_MEASURED),
    Kind.DATE: _MEASURED,
    Kind.NUMBER: _MEASURED,
    Kind.SHARE: _MEASURED,
}
"The operators each kind takes; the first is the usual one."
ONE_VALUE = frozenset({AT_LEAST, AT_MOST, *_MATCHED})
"Operators that take one value; `between` takes two, the others one or more."
_DAYS = {AT_LEAST: "from", AT_MOST: "up to", BETWEEN: "between"}
_BOUGHT = {IS: "any of", IS_NOT: "never any of"}
_WITHIN = {IS: "within", IS_NOT: "never within"}
_WORDS = {
    IS: "is", IS_NOT: "is not", CONTAINS: "contains", LACKS: "does not contain",
    AT_LEAST: "at least", AT_MOST: "at most", BETWEEN: "between",
}  # fmt: skip

_SPECIAL = {Kind.DATE: _DAYS, Kind.MONTH: _DAYS, Kind.BOUGHT: _BOUGHT, Kind.SPAN: _WITHIN}


def operator_words(kind: Kind, operator: str) -> str:
    """How an operator of that kind is read out.

    >>> operator_words(Kind.DATE, "at_least"), operator_words(Kind.NUMBER, "at_least")
    ('from', 'at least')
    """
    return _SPECIAL.get(kind, {}).get(operator, _WORDS[operator])
