"""Table `marts.future_cohorts`: what customers who come within the horizon would bring if acquisition went on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from dashapp.domain.drift import LEAD_DAYS
from dashapp.domain.future_cohorts import Terms, Won, is_observed, paid_share, past_months, scenario
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from etl.work import Connection

TABLE = """
    create table marts.future_cohorts (
        first_day DATE, last_day DATE, customers DOUBLE, value_per_customer DOUBLE, discount DOUBLE,
        amount DECIMAL(18,2), won_from DATE, won_until DATE, won BIGINT, won_before BIGINT, window_days INTEGER,
        note VARCHAR
    )"""
"""One row for each month of the horizon; value_per_customer: margin of the first window_days, the first purchase
included. won: customers of the 12 months it rests on; won_before: of the 12 before, NULL where they cannot be counted.
Where there is no scenario one row, with the reason in `note`."""

WON = """
    select month(c.first_order_date), count(*), avg(b.value order by b.value)
    from marts.customers as c
    inner join marts.cold_start as b on b.channel = c.channel and b.category = coalesce(c.first_category, '')
    where c.first_order_date between $first and $last
    group by all"""
BEFORE = "select count(*) from marts.customers where first_order_date between $first and $last"


def future_cohorts(connection: Connection, days: PurchaseDays, settings: Settings, verdict: Verdict) -> None:
    """Write the table; with the reason only where nothing may be assumed, or nothing is known to assume it by."""
    connection.execute(TABLE)
    reason = _missing(connection, verdict)
    if reason:
        connection.execute("insert into marts.future_cohorts (note) values (?)", [reason])
        return
    since, until = _observed(connection)
    first, last = past_months(until)
    found = connection.execute(WON, {"first": first, "last": last}).fetchall()
    won = {month: Won(0, 0.0) for month in range(1, 13)} | {month: Won(count, value) for month, count, value in found}
    window = connection.execute("select any_value(window_days) from marts.cold_start").fetchall()[0][0]
    paid = paid_share(days, since, until, window, settings.annual_discount_rate)
    terms = Terms(settings.horizon_days, settings.annual_discount_rate, settings.gross_margin, paid)
    context = [first, last, sum(each.customers for each in won.values()), _before(connection, first), window, ""]
    for each in scenario(won, until, terms):
        row = [each.first_day, each.last_day, each.customers, each.value_per_customer, each.discount, each.amount]
        connection.execute(
            f"insert into marts.future_cohorts values ({', '.join('?' * 12)})", [*row, *context]
        )  # fmt: skip


def _missing(connection: Connection, verdict: Verdict) -> str:
    """Why there is no scenario; empty where there is one."""
    if verdict.state is Validity.NOT_VALID:
        return "Predicted values are not valid on these data."
    if not connection.execute("select 1 from marts.cold_start limit 1").fetchall():
        return "Too few customers were observed from their first purchase on for long enough to say what one brings."
    observed_from, until = _observed(connection)
    first, _ = past_months(until)
    if is_observed(first, observed_from):
        return ""
    from_day = observed_from + timedelta(days=LEAD_DAYS)
    return (
        f"New customers can be told from old ones from {from_day:%-d %b %Y} on, {LEAD_DAYS} days after the data begin. "
        "A scenario of new ones needs 12 complete months after that, one for every season."
    )


def _observed(connection: Connection) -> tuple[date, date]:
    row = connection.execute("select observed_from, observed_until from staging.observation").fetchall()[0]
    return cast(tuple[date, date], row)


def _before(connection: Connection, first: date) -> int | None:
    """Customers won in the 12 months before those the scenario rests on."""
    earlier = first.replace(year=first.year - 1)
    if not is_observed(earlier, _observed(connection)[0]):
        return None
    days = {"first": earlier, "last": first - timedelta(days=1)}
    return cast(int, connection.execute(BEFORE, days).fetchall()[0][0])
