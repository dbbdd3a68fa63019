"""Tables `marts.sales_forecasts` and `.._parts`: what the present customers buy in the months after the data."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import cast

import pandas as pd

from dashapp.domain.cohort_forecasts import month_ends
from dashapp.domain.forecast_parts import Parts, split
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.sales_forecast import forecast
from dashapp.domain.sales_past import Off, errors
from dashapp.domain.uncertainty import known
from dashapp.domain.validity import Validity, Verdict
from dashapp.domain.versions import versions
from dashapp.domain.whole_months import whole_until
from dashapp.settings import Settings
from etl.fits import fits_of
from etl.key import code_version
from etl.unchanged import taken_over
from etl.work import Connection

TABLE = "create table marts.sales_forecasts (month DATE, customers BIGINT, sales DOUBLE, low DOUBLE, high DOUBLE)"
"""sales: net sales of the month by customers who had bought before it began; the bounds hold 80 %. Only whole months,
and none beyond the horizon."""
PARTS = """
    create table marts.sales_forecast_parts (
        kind VARCHAR, name VARCHAR, month DATE, customers BIGINT, sales DOUBLE
    )"""
"""The same sales by channel and country of the first purchase: those of a kind and month add up to the whole."""
PAST = "create table backtest.sales_errors (month INTEGER, position INTEGER, error DOUBLE, forecast DOUBLE)"
"""How earlier forecasts of the months ahead were off (dashapp.domain.sales_past), newest first; months count from 1."""
CUSTOMERS = "select frequency, recency_days, T_days, monetary_value from marts.customers order by customer_key"


def sales_forecasts(
    connection: Connection,
    days: PurchaseDays,
    told: Parts,
    settings: Settings,
    verdict: Verdict,
    earlier: Path | None = None,
) -> None:
    """Write the tables; they are empty without a fit that knows its errors, and where no money may be shown.

    told: the part of every customer; earlier: file of a snapshot whose errors of the past are taken over where the
    months that are over say the same.
    """
    connection.execute(TABLE)
    connection.execute(PARTS)
    fits = fits_of(connection)
    observed = connection.execute("select observed_from, observed_until from staging.observation").fetchall()[0]
    since, until = cast(tuple[date, date], observed)
    ends = month_ends(until, settings.horizon_days) if until else []
    if fits is None or verdict.state is Validity.NOT_VALID or not known(fits) or len(ends) < 2:
        connection.execute(PAST)
        return
    rfm, ahead = connection.execute(CUSTOMERS).df(), [(end - until).days for end in ends]
    found = forecast(fits, rfm, ahead, _past(connection, days, since, until, fits.purchases.model, ends, earlier))
    found = found.assign(month=[ends[month].replace(day=1) for month in found["month"]])
    connection.register("sales_forecasts", found)
    connection.execute(
        """insert into marts.sales_forecasts
           select month, customers, sales, case when isfinite(low) then low end, case when isfinite(high) then high end
           from sales_forecasts"""
    )
    connection.unregister("sales_forecasts")
    split_up = split(fits, rfm, told.names, ahead)
    split_up = split_up.assign(month=[ends[ahead].replace(day=1) for ahead in split_up["month"]])
    connection.register("sales_forecast_parts", split_up)
    connection.execute(
        "insert into marts.sales_forecast_parts select kind, name, month, customers, sales from sales_forecast_parts"
    )
    connection.unregister("sales_forecast_parts")


def _past(
    connection: Connection,
    days: PurchaseDays,
    since: date,
    until: date,
    model: str,
    ends: list[date],
    earlier: Path | None,
) -> list[list[Off]]:
    """Errors of each month that begins after one of `ends`, told on the evening of the last month that is over.

    Where a month is under way they are of forecasts made a little further ahead than today's.
    """
    judged = whole_until(since, until)
    ahead = [(end - judged).days for end in ends]
    told = f"{code_version()} {versions()} {since} {judged} {model} {ahead} {days.fingerprint_until(judged)}"
    inputs = hashlib.sha256(told.encode()).hexdigest()
    if not taken_over(connection, earlier, "sales errors", inputs, ["backtest.sales_errors"]):
        connection.execute(PAST)
        _write(connection, errors(days.until(judged), since, judged, model, ahead))
    found: list[list[Off]] = [[] for _ in ends[1:]]
    stored = "select month, error, forecast from backtest.sales_errors order by month, position"
    for month, error, sales in connection.execute(stored).fetchall():
        found[month - 1].append(Off(error, sales))
    return found


def _write(connection: Connection, found: list[list[Off]]) -> None:
    rows = [
        (month, position, *astuple(off))
        for month, offs in enumerate(found, start=1)
        for position, off in enumerate(offs, start=1)
    ]
    frame = pd.DataFrame(rows, columns=["month", "position", "error", "forecast"])
    connection.register("sales_errors", frame)
    connection.execute("insert into backtest.sales_errors from sales_errors")
    connection.unregister("sales_errors")
