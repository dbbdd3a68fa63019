"""What is known of the months that are over: the rows that stages, pairs and first products are found in.

A delivery within the month under way changes none of them, so what was found in them is taken over (etl/unchanged.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dashapp.domain.whole_months import whole_until
from etl.work import Connection

VIEWS = {
    "span": "select observed_from, date '{until}' as whole_until from staging.observation",
    "products": "select product_key, category, first_sold_on from marts.products where first_sold_on <= '{until}'",
    "product_months": "select product_key, month, units, buyers, new_buyers from marts.product_months "
    "where month <= '{until}'",
    "sales": "select order_id, customer_key, order_date, product_key from staging.order_lines "
    "where kind = 'sale' and product_key is not null and order_date <= '{until}'",
    "purchase_days": "select customer_key, purchase_number, order_date from staging.purchase_days "
    "where purchase_number <= 2 and order_date <= '{until}'",
    "customer_dates": "select customer_key, order_date, net_sales from staging.customer_dates "
    "where order_date <= '{until}'",
}
"""Of the schema `whole`: what the tables they are made of say up to the last day of a whole month."""

MONTHS = "from whole.product_months order by product_key, month"
CATALOGUE = "from whole.products order by product_key"
SALE_DAYS = "select distinct product_key, order_date as day from whole.sales"
BASKETS = """
    select
        cast(dense_rank() over (order by order_date, order_id, customer_key) as bigint) as basket,
        order_date as day, product_key
    from (select distinct * from whole.sales) as lines
    order by basket, product_key"""
"Purchase orders, their distinct products: no returns, no charges."
ENTRIES = """
    select distinct line.customer_key, line.product_key, product.category
    from whole.sales as line
    inner join whole.products as product on product.product_key = line.product_key
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
