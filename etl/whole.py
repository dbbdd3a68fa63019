"""What is known of the months that are over: the rows that stages, pairs and first products are found in.

A delivery within the month under way changes none of them, so what was found in them is taken over (etl/unchanged.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashapp.domain.whole_months import whole_until
from etl.work import Connection

VIEWS = {
    "span": "select observed_from, date '{until}' as whole_until from staging.observation",
    "products": "select product_key, category, first_sold_on from marts.products where first_sold_on <= '{until}'",
    "product_months": "select product_key, month, units, buyers, new_buyers from marts.product_months "
    "where month <= '{until}'",
    "sales": "select order_id, customer_key, order_date, product_key from staging.order_lines "
    "where kind = 'sale' and product_key is not null and order_date <= '{until}'",
    "baskets": "select basket, order_date, product_key from staging.baskets where order_date <= '{until}'",
    "purchase_days": "select customer_key, purchase_number, order_date from staging.purchase_days "
    "where purchase_number <= 2 and order_date <= '{until}'",
    "customer_dates": "select customer_key, order_date, net_sales from staging.customer_dates "
    "where order_date <= '{until}'",
}
"""Of the schema `whole`: what the tables they are made of say up to the last day of a whole month. `baskets` are the
sales with a number for each order, which may be another one in the next refresh."""

MONTHS = "from whole.product_months order by product_key, month"
CATALOGUE = "from whole.products order by product_key"
SALE_DAYS = "select distinct product_key, order_date as day from whole.sales"
BASKET_DAYS = "select order_date, count(*) from whole.sales group by order_date order by order_date"
BASKETS = """
    select basket, order_date as day, product_key
    from whole.baskets
    where order_date between $first and $last
    order by order_date, basket"""
"Purchase orders, their distinct products: no returns, no charges."
LINES = 4_000_000
"Of a piece of the baskets, if no day alone has more."
ENTRIES = """
    select distinct line.customer_key, line.product_key
    from whole.sales as line
    inner join whole.purchase_days as first
        on first.customer_key = line.customer_key
        and first.order_date = line.order_date
        and first.purchase_number = 1
    order by line.customer_key, line.product_key"""
CUSTOMERS = """
    select
        first.customer_key,
        cast(date_diff('day', first.order_date, span.whole_until) as integer) as T_days,
        cast(date_diff('day', first.order_date, second.order_date) as double) as second_days,
        year(first.order_date) * 4 + quarter(first.order_date) as first_quarter
    from whole.purchase_days as first
    cross join whole.span as span
    left join whole.purchase_days as second on second.customer_key = first.customer_key and second.purchase_number = 2
    where first.purchase_number = 1
    order by first.customer_key"""
VALUE_DAYS = """
    select days.customer_key, cast(date_diff('day', first.order_date, days.order_date) as integer) as age_days,
        cast(days.net_sales as double) as net_value
    from whole.customer_dates as days
    inner join whole.purchase_days as first on first.customer_key = days.customer_key and first.purchase_number = 1
    order by days.customer_key, age_days"""


@contextmanager
def looking(connection: Connection) -> Iterator[None]:
    """With the views; without a sale they have no row."""
    known = connection.execute("select observed_from, observed_until from staging.observation").fetchall()
    first, last = known[0] if known else (None, None)
    until = "-infinity" if first is None else whole_until(first, last).isoformat()
    connection.execute("create schema whole")
    for name, query in VIEWS.items():
        connection.execute(f"create view whole.{name} as {query.format(until=until)}")
    yield
    connection.execute("drop schema whole cascade")


@dataclass(frozen=True)
class Baskets:
    """The purchase orders by time, in pieces of whole days: never all of them in memory."""

    connection: Connection
    days: tuple[dict[str, date], ...]
    "First and last day of each piece."

    @classmethod
    def of(cls, connection: Connection, lines: int = LINES) -> Baskets:
        """lines: of a piece, if no day alone has more."""
        return cls(connection, tuple(_pieces(connection, lines)))

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for piece in self.days:
            yield self.connection.execute(BASKETS, piece).df()


def _pieces(connection: Connection, lines: int) -> list[dict[str, date]]:
    pieces: list[dict[str, date]] = []
    room = 0
    for day, count in connection.execute(BASKET_DAYS).fetchall():
        if count > room:
            pieces.append({"first": day})
            room = lines
        pieces[-1]["last"] = day
        room -= count
    return pieces
