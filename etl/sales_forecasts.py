"""Tables `marts.sales_forecasts` and `.._parts`: what the present customers buy in the months after the data."""

from __future__ import annotations

from datetime import date
from typing import cast

from dashapp.domain.cohort_forecasts import month_ends
from dashapp.domain.forecast_parts import split
from dashapp.domain.sales_forecast import forecast
from dashapp.domain.uncertainty import known
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from etl.backtest import parts
from etl.fits import fits_of
from etl.work import Connection

TABLE = "create table marts.sales_forecasts (month DATE, customers BIGINT, sales DOUBLE, low DOUBLE, high DOUBLE)"
"""sales: net sales of the month by customers who had bought before it began; the bounds hold 80 %. Only whole months,
and none beyond the horizon."""
PARTS = """
    create table marts.sales_forecast_parts (
        kind VARCHAR, name VARCHAR, month DATE, customers BIGINT, sales DOUBLE
    )"""
"""The same sales by channel and country of the first purchase: those of a kind and month add up to the whole."""
CUSTOMERS = "select frequency, recency_days, T_days, monetary_value from marts.customers order by customer_key"


def sales_forecasts(connection: Connection, settings: Settings, verdict: Verdict) -> None:
    """Write the table; it is empty without a fit that knows its errors, and where no money may be shown."""
    connection.execute(TABLE)
    connection.execute(PARTS)
    fits = fits_of(connection)
    if fits is None or verdict.state is Validity.NOT_VALID or not known(fits):
        return
    until = cast(date, connection.execute("select observed_until from staging.observation").fetchall()[0][0])
    ends = month_ends(until, settings.horizon_days)
    if len(ends) < 2:
        return
    rfm, days = connection.execute(CUSTOMERS).df(), [(end - until).days for end in ends]
    found = forecast(fits, rfm, days)
    found = found.assign(month=[ends[ahead].replace(day=1) for ahead in found["month"]])
    connection.register("sales_forecasts", found)
    connection.execute(
        """insert into marts.sales_forecasts
           select month, customers, sales, case when isfinite(low) then low end, case when isfinite(high) then high end
           from sales_forecasts"""
    )
    connection.unregister("sales_forecasts")
    split_up = split(fits, rfm, parts(connection).names, days)
    split_up = split_up.assign(month=[ends[ahead].replace(day=1) for ahead in split_up["month"]])
    connection.register("sales_forecast_parts", split_up)
    connection.execute(
        "insert into marts.sales_forecast_parts select kind, name, month, customers, sales from sales_forecast_parts"
    )
    connection.unregister("sales_forecast_parts")
