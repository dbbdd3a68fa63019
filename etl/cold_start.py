"""Table `marts.cold_start`: what customers brought, by the channel and category of their first purchase."""

from __future__ import annotations

import numpy as np

from dashapp.domain.cold_start import beginnings, window
from dashapp.domain.drift import LEAD_DAYS
from dashapp.domain.purchase_days import PurchaseDays
from etl.coded import coded
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
    from marts.customers as c cross join staging.observation as o"""


def cold_start(connection: Connection, days: PurchaseDays) -> None:
    """Write the table; it is empty where too few customers were observed for long enough."""
    connection.execute(TABLE)
    if not len(days):
        return
    customers = coded(connection, CUSTOMERS, ("channel", "category"), "customer_key")
    length = window(customers["T_days"], customers["lead_days"])
    if length is None:
        return
    is_whole = (customers["T_days"] >= length) & (customers["lead_days"] >= LEAD_DAYS)
    value = np.where(is_whole, days.beginning(length), np.nan)
    found = beginnings(customers.assign(window_days=length, value=value))
    connection.register("cold_starts", found)
    connection.execute("insert into marts.cold_start select * from cold_starts order by channel, category")
    connection.unregister("cold_starts")
