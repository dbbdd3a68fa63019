"""What a file of each kind may hold, in words for people: the names of `etl.entities`, which a test compares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column Tenure knows."""

    name: str
    label: str
    is_required: bool = False
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file, an entity of the ETL."""

    name: str
    label: str
    gives: str
    "What it is good for."
    columns: tuple[Column, ...]

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_required)

    @property
    def optional(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.is_required)

    def label_of(self, name: str) -> str:
        """What people call the column; a name nobody knows stays as it is."""
        return next((column.label for column in self.columns if column.name == name), name.replace("_", " "))


_PRODUCT = Column("product_id", "Product number", is_required=True)
_CUSTOMER = Column("customer_id", "Customer number", is_required=True)
_SPAN = (Column("valid_from", "Valid from", is_required=True, is_day=True), Column("valid_to", "Valid to", is_day=True))

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "order_lines",
            "Orders",
            "Everything starts here: sales, customers, predictions. One row for each product of an order.",
            (
                Column("order_id", "Order number", is_required=True),
                Column("ordered_at", "Order date", is_required=True, is_day=True),
                Column("customer_id", "Customer number"),
                Column("product_id", "Product number"),
                Column("product_name", "Product name"),
                Column("quantity", "Quantity", is_required=True),
                Column("unit_price", "Price of one", is_required=True),
                Column("unit_cost", "Cost of one"),
                Column("country", "Country"),
                Column("channel", "Channel"),
                Column("line_id", "Line number"),
                Column("refunded_order_id", "Order that is refunded"),
            ),
        ),
        Kind(
            "customers",
            "Customers",
            "Names and e-mail addresses beside the figures, for those who may see them.",
            (
                _CUSTOMER,
                Column("customer_name", "Name"),
                Column("email", "E-mail"),
                Column("country", "Country"),
                Column("channel", "Channel"),
                Column("signed_up_on", "Signed up on", is_day=True),
            ),
        ),
        Kind(
            "products",
            "Products",
            "Names and categories, and margins where a cost is given.",
            (
                _PRODUCT,
                Column("product_name", "Product name"),
                Column("category", "Category"),
                Column("unit_price", "Price of one"),
                Column("unit_cost", "Cost of one"),
            ),
        ),
        Kind(
            "prices",
            "List prices",
            "What a product cost the customer, and when.",
            (_PRODUCT, *_SPAN, Column("unit_price", "Price of one", is_required=True)),
        ),
        Kind(
            "costs",
            "Costs over time",
            "Margins with the cost of the day of the sale.",
            (_PRODUCT, *_SPAN, Column("unit_cost", "Cost of one", is_required=True)),
        ),
        Kind(
            "marketing_spend",
            "Marketing spend",
            "Cost of a new customer, and what customers are worth against it.",
            (
                Column("spend_date", "Day", is_required=True, is_day=True),
                Column("channel", "Channel", is_required=True),
                Column("spend", "Amount spent", is_required=True),
            ),
        ),
        Kind(
            "engagement_events",
            "Engagement",
            "Visits, opens and clicks beside the purchases of a customer.",
            (
                Column("occurred_at", "When", is_required=True, is_day=True),
                _CUSTOMER,
                Column("event", "What happened", is_required=True),
            ),
        ),
        Kind(
            "contracts",
            "Contracts",
            "Churn by contracts that end, beside the churn of those who just stop buying.",
            (
                Column("contract_id", "Contract number", is_required=True),
                _CUSTOMER,
                Column("started_on", "Started on", is_required=True, is_day=True),
                Column("cancelled_on", "Cancelled on", is_day=True),
            ),
        ),
        Kind(
            "customer_summaries",
            "Customer summaries",
            "An RFM table instead of orders: predictions and segments, but no trends, products or backtest.",
            (
                _CUSTOMER,
                Column("observed_until", "Last day counted", is_required=True, is_day=True),
                Column("frequency", "Repeat purchases", is_required=True),
                Column("recency_days", "Days from first to last purchase", is_required=True),
                Column("T_days", "Days from first purchase to the last day counted", is_required=True),
                Column("monetary_value", "Mean value of a repeat purchase", is_required=True),
                Column("net_sales", "Sales of all purchases"),
                Column("country", "Country"),
                Column("channel", "Channel"),
            ),
        ),
    )
}
"Orders first; the others add to them."
ORDERS = "order_lines"
WHOLE = (ORDERS, "customer_summaries")
"Kinds that can stand alone: they tell of purchases, name the shop and its currency; the others add to them."
