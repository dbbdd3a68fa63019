"""What the models take for granted, measured on these data: one row per assumption in meta.premises."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from datetime import date
from pathlib import Path

import pandas as pd

from dashapp.domain.forecast_parts import Parts
from dashapp.domain.premises import examine
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.versions import versions
from dashapp.domain.whole_months import whole_until
from etl.coded import coded
from etl.key import code_version
from etl.unchanged import taken_over
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


SUMMARISED = "select frequency, recency_days, T_days, channel from marts.customers order by customer_key"
CHANNELS = "select customer_key, channel from marts.customers"


def premises(connection: Connection, days: PurchaseDays, earlier: Path | None = None) -> None:
    """Write meta.premises, as of the evening of the last month that is over: until the next one is, they stay.

    earlier: file of a snapshot they are taken over from where the months that are over say the same.
    """
    since, until = connection.execute("select observed_from, observed_until from staging.observation").fetchall()[0]
    judged = date.min if until is None else whole_until(since, until)
    months, channels = connection.execute(MONTHS).df(), coded(connection, CHANNELS, ("channel",), "customer_key")
    told = Parts(channels["customer_key"].to_numpy(), channels[["channel"]])
    keys = days.keys[days.known(judged)]
    inputs = hashlib.sha256(f"{code_version()} {versions()} {judged} {days.fingerprint_until(judged)}".encode())
    inputs.update(months.to_csv().encode() + told.fingerprint(keys))
    # Of summaries no day is known: they are told as they are, and nothing says whether they are those of before.
    if taken_over(connection, earlier if len(days) else None, "premises", inputs.hexdigest(), ["meta.premises"]):
        return
    sales = pd.Series(months["net_sales"].to_numpy(), index=pd.DatetimeIndex(months["month"]))
    connection.execute(PREMISES)
    known = days.until(judged)
    if len(days):
        customers = known.summary(judged).assign(channel=told.known(keys)["channel"].to_numpy())
    else:
        customers = connection.execute(SUMMARISED).df()
    for position, premise in enumerate(examine(known, sales, customers), start=1):
        row = [position, *astuple(premise)]
        connection.execute(f"insert into meta.premises values ({', '.join('?' for _ in row)})", row)
