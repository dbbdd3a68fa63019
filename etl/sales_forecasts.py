"""Tables `marts.sales_forecasts` and `.._parts`: what the present customers buy in the months after the data."""

from __future__ import annotations

from datetime import date
from typing import cast

from dashapp.domain.cohort_forecasts import month_ends
from dashapp.domain.forecast_parts import split
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.sales_forecast import forecast
from dashapp.domain.sales_past import errors
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


def sales_forecasts(connection: Connection, days: PurchaseDays, settings: Settings, verdict: Verdict) -> None:
    """Write the table; it is empty without a fit that knows its errors, and where no money may be shown."""
    connection.execute(TABLE)
    connection.execute(PARTS)
    fits = fits_of(connection)
    if fits is None or verdict.state is Validity.NOT_VALID or not known(fits):
        return
    observed = connection.execute("select observed_from, observed_until from staging.observation").fetchall()[0]
    since, until = cast(tuple[date, date], observed)
    ends = month_ends(until, settings.horizon_days)
    if len(ends) < 2:
        return
    rfm, ahead = connection.execute(CUSTOMERS).df(), [(end - until).days for end in ends]
    found = forecast(fits, rfm, ahead, errors(days, since, until, fits.purchases.model, ahead))
    found = found.assign(month=[ends[month].replace(day=1) for month in found["month"]])
    connection.register("sales_forecasts", found)
    connection.execute(
        """insert into marts.sales_forecasts
           select month, customers, sales, case when isfinite(low) then low end, case when isfinite(high) then high end
           from sales_forecasts"""
    )
    connection.unregister("sales_forecasts")
    split_up = split(fits, rfm, parts(connection).names, ahead)
    split_up = split_up.assign(month=[ends[ahead].replace(day=1) for ahead in split_up["month"]])
    connection.register("sales_forecast_parts", split_up)
    connection.execute(
        "insert into marts.sales_forecast_parts select kind, name, month, customers, sales from sales_forecast_parts"
    )
    connection.unregister("sales_forecast_parts")
