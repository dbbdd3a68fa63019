"""The canonical entities: what a line of each must and may hold once it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "place", "decimal", "timestamp", "date"]


@dataclass(frozen=True)
class Column:
    """`missing` and `bad` are reason codes; without `missing` the column may be NULL."""

    name: str
    kind: Kind
    sql_type: str = "VARCHAR"
    missing: str = ""
    bad: str = ""
    open_end: bool = False
    """A last day: it may lie in the future, and the year 9999 means that none is known."""


@dataclass(frozen=True)
class Entity:
    name: str
    columns: tuple[Column, ...]
    amount: str = ""
    """SQL over the typed columns: the money of a line, reconciled from file to lake."""
    moment: str = ""
    """Column that says when a row happened: copies of it in other files lie between the ends of both."""
    key: tuple[str, ...] = ()
    """What identifies a row across deliveries: a later delivery of the key replaces it; empty: rows only add up."""
    part: str = ""
    """Column that tells the rows of one key apart where the source declares it; without it they go together."""

    @property
    def required(self) -> tuple[str, ...]:
        """Columns a file must have."""
        return tuple(column.name for column in self.columns if column.missing)

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)


def _money(name: str, missing: str = "", bad: str = "bad_price") -> Column:
    return Column(name, "decimal", "DECIMAL(14,4)", missing, bad)


def _count(name: str) -> Column:
    return Column(name, "decimal", "DECIMAL(12,3)", "missing_count", "bad_count")


_VALIDITY = (
    Column("product_id", "id", missing="missing_product_id"),
    Column("valid_from", "date", "DATE", "missing_date", "bad_date", open_end=True),
    Column("valid_to", "date", "DATE", bad="bad_date", open_end=True),
)


ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity(
            "order_lines",
            (
                Column("order_id", "id", missing="missing_order_id"),
                Column("ordered_at", "timestamp", "TIMESTAMP", "missing_date", "bad_date"),
                Column("customer_id", "id"),
                Column("product_id", "id"),
                Column("product_name", "text"),
                Column("quantity", "decimal", "DECIMAL(12,3)", "missing_quantity", "bad_quantity"),
                _money("unit_price", "missing_price"),
                _money("unit_cost", bad="bad_cost"),
                Column("country", "place"),
                Column("channel", "place"),
                Column("line_id", "id"),
                Column("refunded_order_id", "id"),
            ),
            # Wider than its factors need: DuckDB multiplies two 64-bit decimals in 64 bits and raises beyond 10^11.
            amount="CAST(quantity AS DECIMAL(22,3)) * unit_price",
            moment="ordered_at",
            key=("order_id",),
            part="line_id",
        ),
        Entity(
            "customers",
            (
                Column("customer_id", "id", missing="missing_customer_id"),
                Column("customer_name", "text"),
                Column("email", "text"),
                Column("country", "place"),
                Column("channel", "place"),
                Column("signed_up_on", "date", "DATE", bad="bad_date"),
            ),
            key=("customer_id",),
        ),
        Entity(
            "products",
            (
                Column("product_id", "id", missing="missing_product_id"),
                Column("product_name", "text"),
                Column("category", "text"),
                _money("unit_price"),
                _money("unit_cost", bad="bad_cost"),
            ),
            key=("product_id",),
        ),
        Entity(
            "prices",
            (*_VALIDITY, _money("unit_price", "missing_price")),
            key=("product_id", "valid_from"),
        ),
        Entity(
            "costs",
            (*_VALIDITY, _money("unit_cost", "missing_cost", "bad_cost")),
            key=("product_id", "valid_from"),
        ),
        Entity(
            "marketing_spend",
            (
                Column("spend_date", "date", "DATE", "missing_date", "bad_date"),
                Column("channel", "text", missing="missing_channel"),
                Column("spend", "decimal", "DECIMAL(14,2)", "missing_spend", "bad_spend"),
            ),
            key=("spend_date", "channel"),
        ),
        Entity(
            "engagement_events",
            (
                Column("occurred_at", "timestamp", "TIMESTAMP", "missing_date", "bad_date"),
                Column("customer_id", "id", missing="missing_customer_id"),
                Column("event", "text", missing="missing_event"),
            ),
        ),
        Entity(
            "contracts",
            (
                Column("contract_id", "id", missing="missing_contract_id"),
                Column("customer_id", "id", missing="missing_customer_id"),
                Column("started_on", "date", "DATE", "missing_date", "bad_date"),
                Column("cancelled_on", "date", "DATE", bad="bad_date", open_end=True),
            ),
            key=("contract_id",),
        ),
        Entity(
            "customer_summaries",
            (
                Column("customer_id", "id", missing="missing_customer_id"),
                Column("observed_until", "date", "DATE", "missing_date", "bad_date"),
                _count("frequency"),
                _count("recency_days"),
                _count("T_days"),
                Column("monetary_value", "decimal", "DECIMAL(14,4)", "missing_value", "bad_value"),
                Column("net_sales", "decimal", "DECIMAL(14,2)", bad="bad_value"),
                Column("country", "place"),
                Column("channel", "place"),
            ),
            key=("customer_id",),
        ),
    )
}
