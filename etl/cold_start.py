"""Table `marts.cold_start`: what customers brought, by the channel and category of their first purchase."""

from __future__ import annotations

from dashapp.domain.cold_start import beginnings, window
from dashapp.domain.drift import LEAD_DAYS
from etl.work import Connection

TABLE = """
    create table marts.cold_start (
        channel VARCHAR, category VARCHAR, window_days INTEGER, customers INTEGER, value DOUBLE, low DOUBLE,
        high DOUBLE, weight DOUBLE
    )"""
"""Net sales of the first window_days, the first purchase included. category is empty where none is known."""

CUSTOMERS = """
    select
        c.customer_key, c.channel, coalesce(c.first_category, '') as category, c.T_days,
        date_diff('day', o.observed_from, c.first_order_date) as lead_days
    from marts.customers as c cross join staging.observation as o
    where exists (select 1 from staging.customer_days)
    order by c.customer_key"""

VALUES = """
    select c.customer_key, cast(sum(d.net_sales) as double) as value
    from marts.customers as c
    inner join staging.customer_days as d
        on d.customer_key = c.customer_key and d.order_date >= c.first_order_date
        and d.order_date < c.first_order_date + cast($window as integer)
    group by c.customer_key"""


def cold_start(connection: Connection) -> None:
    """Write the table; it is empty where too few customers were observed for long enough."""
    connection.execute(TABLE)
    customers = connection.execute(CUSTOMERS).df()
    days = window(customers["T_days"], customers["lead_days"])
    if days is None:
        return
    values = connection.execute(VALUES, {"window": days}).df()
    customers = customers.merge(values, on="customer_key", how="left").assign(window_days=days)
    is_whole = (customers["T_days"] >= days) & (customers["lead_days"] >= LEAD_DAYS)
    customers["value"] = customers["value"].where(is_whole)
    found = beginnings(customers)
    connection.register("cold_starts", found)
    connection.execute("insert into marts.cold_start select * from cold_starts order by channel, category")
    connection.unregister("cold_starts")
