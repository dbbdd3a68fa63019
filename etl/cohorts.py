"""Table `marts.cohort_forecasts`: what each cohort of first purchases does in the months after the data."""

from __future__ import annotations

from datetime import date
from typing import cast

import pandas as pd

from dashapp.domain.cohort_forecasts import COLUMNS, forecast, month_ends
from dashapp.domain.uncertainty import known
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from etl.fits import fits_of
from etl.work import Connection

TABLE = """
    create table marts.cohort_forecasts (
        cohort_month DATE, month DATE, customers BIGINT, buyers_share DOUBLE, share_low DOUBLE, share_high DOUBLE,
        value_per_customer DOUBLE, value_low DOUBLE, value_high DOUBLE
    )"""
"""buyers_share: of the cohort, in that calendar month; value_per_customer: net sales from the end of the data to the
end of the month. The bounds hold 80 %. Only whole months, and none beyond the horizon."""

NEWEST = 36
"Cohorts, as many as a matrix shows."
CUSTOMERS = f"""
    select cohort_month, frequency, recency_days, T_days, monetary_value
    from marts.customers
    where cohort_month > (select max(cohort_month) from marts.customers) - interval {NEWEST} months
    order by customer_key"""


def cohorts(connection: Connection, settings: Settings, verdict: Verdict) -> None:
    """Write the table; it is empty without a fit that knows its errors, and its values where no money may be shown."""
    connection.execute(TABLE)
    fits = fits_of(connection)
    if fits is None:
        return
    until = cast(date, connection.execute("select observed_until from staging.observation").fetchall()[0][0])
    ends = month_ends(until, settings.horizon_days)
    if len(ends) < 2 or not known(fits):
        return
    base = connection.execute(CUSTOMERS).df()
    place, months = pd.factorize(base["cohort_month"], sort=True)
    days = [(end - until).days for end in ends]
    found = forecast(fits, base, place, days, with_value=verdict.state is not Validity.NOT_VALID)
    found = found.assign(cohort_month=months[found["cohort"]], month=[ends[ahead] for ahead in found["month"]])
    connection.register("cohort_forecasts", found)
    connection.execute(
        f"""insert into marts.cohort_forecasts
            select cohort_month, date_trunc('month', month), customers,
                {", ".join(f"case when isfinite({name}) then {name} end" for name in COLUMNS[3:])}
            from cohort_forecasts"""
    )
    connection.unregister("cohort_forecasts")
