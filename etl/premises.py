"""What the models take for granted, measured on these data: one row per assumption in meta.premises."""

from __future__ import annotations

from dataclasses import astuple

import pandas as pd

from dashapp.domain.premises import examine
from dashapp.domain.purchase_days import PurchaseDays
from etl.work import Connection

PREMISES = """
    create table meta.premises (
        position INTEGER, name VARCHAR, title VARCHAR, holds BOOLEAN, measured DOUBLE, low DOUBLE, high DOUBLE,
        sentence VARCHAR
    )"""

MONTHS = """
    select months.month, cast(coalesce(sum(days.net_sales), 0) as double) as net_sales
    from staging.months as months
    cross join staging.observation as observation
    left join staging.customer_days as days on date_trunc('month', days.order_date) = months.month
    where months.month >= observation.observed_from and months.month_end <= observation.observed_until
    group by months.month
    order by months.month"""
"""Complete months only."""


CUSTOMERS = "select frequency, recency_days, T_days, channel from marts.customers order by customer_key"


def premises(connection: Connection, days: PurchaseDays) -> None:
    """Write meta.premises."""
    months = connection.execute(MONTHS).df()
    sales = pd.Series(months["net_sales"].to_numpy(), index=pd.DatetimeIndex(months["month"]))
    connection.execute(PREMISES)
    customers = connection.execute(CUSTOMERS).df()
    for position, premise in enumerate(examine(days, sales, customers), start=1):
        row = [position, *astuple(premise)]
        connection.execute(f"insert into meta.premises values ({', '.join('?' for _ in row)})", row)
