"""What channels and cohorts cost and bring, on a store small enough to work out by hand, and against plain sums.

Data from 10 Jan to 30 Jun 2024. In February Ads won A and B, Mail won C; in May Ads won D. Margins by day:
A 10 on 1 Feb, 20 on 1 Mar, -4 (a return) on 20 Mar; B 10 on 29 Feb; C 6 on 10 Feb, 6 on 30 Jun; D 8 on 31 May.
O bought in January, when the data begin. Ads cost 24 in February and 30 in May, Fairs 5 in March and nobody came.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashapp.charts.kit.channels import ALL, channels_of
from dashapp.charts.kit.paid_cohorts import paid_cohorts, together
from dashapp.domain.filters import Filters
from dashapp.domain.payback import Z
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from etl.tables import all_tables
from tests.store.conftest import facts

CUSTOMERS = [
    (1, "Ads", "2024-02-01"), (2, "Ads", "2024-02-29"), (3, "Mail", "2024-02-10"), (4, "Ads", "2024-05-31"),
    (5, "Mail", "2024-01-10"),
]  # fmt: skip
DAYS = [
    (1, "2024-02-01", 10.0), (1, "2024-03-01", 20.0), (1, "2024-03-20", -4.0), (2, "2024-02-29", 10.0),
    (3, "2024-02-10", 6.0), (3, "2024-06-30", 6.0), (4, "2024-05-31", 8.0), (5, "2024-01-10", 50.0),
]  # fmt: skip
SPEND = [
    ("2024-02-01", "Ads", 20.0),
    ("2024-02-20", "Ads", 4.0),
    ("2024-05-03", "Ads", 30.0),
    ("2024-03-01", "Fairs", 5.0),
]
EVERYTHING = Filters(range="all")
MADE = (
    "marts.cohorts", "staging.customer_reach", "marts.cohort_months", "staging.customer_gains", "staging.channel_gains",
    "marts.channel_ages",
)  # fmt: skip
SELECTS = {table.name: table.select for table in all_tables() if table.name in MADE}


def shop(spend: list[tuple[str, str, float]], has_costs: bool = True, share: float = 1.0) -> Snapshot:
    """Net sales are twice the margin; A is expected to bring 10 more net sales by July, between 4 and 16."""
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute("create schema meta")
    connection.execute("create schema staging")
    connection.execute(
        "create table meta.snapshot as select ? as has_costs, ?::double as gross_margin", [has_costs, share]
    )
    connection.execute("create table marts.customers (customer_key UINTEGER, channel VARCHAR, first_order_date DATE)")
    connection.executemany("insert into marts.customers values (?, ?, ?)", CUSTOMERS)
    connection.execute("alter table marts.customers add column cohort_month DATE")
    connection.execute("alter table marts.customers add column country VARCHAR default 'France'")
    connection.execute("update marts.customers set cohort_month = date_trunc('month', first_order_date)")
    connection.execute("create table given (customer_key UINTEGER, order_date DATE, gross_margin DECIMAL(16,2))")
    connection.executemany("insert into given values (?, ?, ?)", DAYS)
    known = "gross_margin" if has_costs else "cast(null as decimal(16, 2))"
    connection.execute(
        f"""create table marts.customer_days as
            select customer_key, order_date, 2 * gross_margin as net_sales, {known} as gross_margin from given"""
    )
    connection.execute(
        """create table marts.customer_months as
           select *, 1 as orders, net_sales as gross_sales,
               cast(if(has_costs, gross_margin, if(share < 1, net_sales * share, null)) as decimal(18, 4)) as margin
           from (
               select customer_key, cast(date_trunc('month', order_date) as date) as month, sum(net_sales) as net_sales,
                   sum(gross_margin) as gross_margin from marts.customer_days group by all
           ) join (select customer_key, cohort_month from marts.customers) using (customer_key)
           cross join (select has_costs, gross_margin as share from meta.snapshot)"""
    )
    connection.execute("create view staging.customer_days as select * from marts.customer_days")
    connection.execute("create view staging.rfm as select customer_key, first_order_date from marts.customers")
    connection.execute("create view staging.first_orders as select customer_key, country, channel from marts.customers")
    for name in MADE:
        connection.execute(f"create table {name} as {SELECTS[name]}")
    connection.execute("create table marts.marketing_spend (spend_date DATE, channel VARCHAR, spend DECIMAL(16,2))")
    if spend:
        connection.executemany("insert into marts.marketing_spend values (?, ?, ?)", spend)
    connection.execute(
        """create table marts.clv_totals as select 'channel' as kind, 'Ads' as name, 3::bigint as customers,
           90.0::double as total, 60.0::double as low, 120.0::double as high"""
    )
    connection.execute(
        """create table marts.cohort_forecasts as select date '2024-05-01' as cohort_month, date '2024-07-01' as month,
           1::bigint as customers, 10.0::double as value_per_customer, 4.0::double as value_low,
           16.0::double as value_high"""
    )
    about = facts(1, observed_from=date(2024, 1, 10), observed_until=date(2024, 6, 30), has_spend=bool(spend))
    return Snapshot(connection, about, 10.0)


def answer(snapshot: Snapshot, channel: str, unit: str, age: int, **filters: Any) -> dict[str, Any]:
    frame = snapshot.frame("channel_performance", Filters(**filters), horizon=0)
    found = frame[(frame["channel"] == channel) & (frame["unit"] == unit) & (frame["age"] == age)]
    return {str(name): value for name, value in found.iloc[0].items()} if len(found) else {}


def test_an_age_takes_only_months_all_of_whose_customers_have_reached_it() -> None:
    """31 Mar and 90 days are inside the data, 30 Apr and 90 days are not; every month has had its first day."""
    snapshot = shop(SPEND)
    first, old = answer(snapshot, "Ads", "days", 0), answer(snapshot, "Ads", "days", 90)
    assert (first["customers"], first["margin"], first["spend"]) == (3, 28.0, 54.0)
    assert (old["customers"], old["margin"], old["spend"]) == (2, 36.0, 24.0)
    assert old["margin_squares"] == 26.0**2 + 10.0**2
    assert old["last_month"] == pd.Timestamp("2024-03-01")
    assert answer(snapshot, "Ads", "days", 180) == {}


def test_months_of_age_are_calendar_months_and_keep_later_purchases_apart() -> None:
    snapshot = shop(SPEND)
    assert [answer(snapshot, "Mail", "months", age)["margin"] for age in (0, 3, 4)] == [6.0, 6.0, 12.0]
    assert answer(snapshot, "Ads", "months", 1)["customers"] == 3
    assert answer(snapshot, "Ads", "months", 2)["customers"] == 2


def test_the_month_the_data_begin_in_is_nobodys_cost() -> None:
    first = answer(shop(SPEND), "Mail", "days", 0)
    assert (first["customers"], first["margin"]) == (1, 6.0)


def test_spend_that_won_nobody_counts_and_a_channel_without_spend_costs_an_unknown_amount() -> None:
    frame = shop(SPEND).frame("channel_performance", Filters(), horizon=0)
    everyone, *rest = channels_of(frame, 90)
    each = {channel.name: channel for channel in rest}
    assert (each["Fairs"].spend, each["Fairs"].cost) == (5.0, None)
    assert each["Mail"].spend is each["Mail"].cost is each["Mail"].ratio is each["Mail"].payback is None
    assert (everyone.name, everyone.spend, everyone.cost) == (ALL, 59.0, 59.0 / 4)
    assert each["Ads"].ratio
    assert each["Ads"].ratio.value == 36.0 / 24.0
    half = Z * 8.0 * 2**0.5 / 2**0.5 / 12.0  # s of 26 and 10 is 8 sqrt(2); over sqrt(2) customers, a cost of 12 each
    assert each["Ads"].ratio.high == pytest.approx(1.5 + half)
    assert each["Ads"].clv == 30.0


def test_without_spend_nothing_is_divided_and_the_observed_part_stays() -> None:
    frame = shop([]).frame("channel_performance", Filters(), horizon=0)
    assert frame["spend"].isna().all()
    assert not frame["has_spend"].any()
    everyone, *each = channels_of(frame, 90)
    assert everyone.brought(90) == 42.0 / 3
    assert [channel.ratio or channel.cost or channel.payback for channel in (everyone, *each)] == [None] * 3


def test_without_costs_margin_is_the_share_set_for_the_shop_or_unknown() -> None:
    shared = answer(shop(SPEND, has_costs=False, share=0.25), "Ads", "days", 90)
    assert (shared["margin"], shared["margin_squares"]) == (18.0, 13.0**2 + 5.0**2)
    unknown = answer(shop(SPEND, has_costs=False), "Ads", "days", 90)
    assert pd.isna(unknown["margin"])
    assert not unknown["has_margin"]
    assert shop(SPEND, has_costs=False).frame("cohort_payback", EVERYTHING, split="")["margin"].isna().all()


def test_a_cohort_has_paid_back_in_the_month_its_margin_reaches_what_it_cost() -> None:
    """February cost 24 for three: 8 each. They brought 26 by month 0. Ads alone: 12 each, 10 and then 18."""
    blended = {
        cohort.label: cohort for cohort in paid_cohorts(shop(SPEND).frame("cohort_payback", EVERYTHING, split=""))
    }
    assert (blended["Feb 2024"].cost, blended["Feb 2024"].payback.month) == (8.0, 0)  # type: ignore[union-attr]
    assert blended["Jan 2024"].is_first
    assert blended["Jan 2024"].cost is None
    split = shop(SPEND).frame("cohort_payback", EVERYTHING, split="channel")
    ads = {cohort.label: cohort for cohort in paid_cohorts(split) if cohort.name == "Ads"}
    assert (ads["Feb 2024"].cost, ads["Feb 2024"].brought[:2], ads["Feb 2024"].payback.month) == (12.0, (10.0, 18.0), 1)  # type: ignore[union-attr]
    mail = next(cohort for cohort in paid_cohorts(split) if cohort.name == "Mail" and cohort.label == "Feb 2024")
    assert (mail.cost, mail.payback) == (None, None)


def test_what_is_predicted_adds_to_what_was_brought_at_the_margin_rate() -> None:
    """May: 8 so far and half of 10 net sales, between half of 4 and half of 16, against 30."""
    may = next(
        c for c in paid_cohorts(shop(SPEND).frame("cohort_payback", EVERYTHING, split="")) if c.label == "May 2024"
    )
    assert may.brought == (8.0, 8.0)
    assert may.ahead == ((2, 13.0, 10.0, 16.0),)
    assert may.is_unpaid
    assert may.payback
    assert may.payback.words() == "not yet, and not by month 2 either as predicted"


def test_months_of_a_cohort_that_are_not_over_are_in_no_mean() -> None:
    frame = shop(SPEND).frame("cohort_payback", EVERYTHING, split="", observed_until=date(2024, 6, 29))
    margins, _ = together(frame)
    assert margins[1].value == pytest.approx((26.0 - 4.0 + 20.0) / 3)  # of February; May's month 1 is June
    assert 4 not in margins


def test_on_the_sample_every_margin_is_the_sum_over_the_customers_old_enough(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    rows = snapshot._rows(
        """select c.channel, c.customer_key, c.cohort_month, date_diff('day', c.first_order_date, d.order_date) as age,
               cast(d.gross_margin as double) as margin
           from marts.customers c join marts.customer_days d using (customer_key)""",
        {},
    )
    days = pd.DataFrame(rows)
    ends = pd.to_datetime(days["cohort_month"]) + pd.offsets.MonthEnd(0) + pd.Timedelta(days=180 - 1)
    old = days[(ends <= "2025-06-30") & (pd.to_datetime(days["cohort_month"]) > "2023-01-31")]
    months = sorted(old["cohort_month"].unique())[-12:]
    kept = old[old["cohort_month"].isin(months)]
    social = kept[kept["channel"] == "Social"]
    each = social[social["age"] < 180].groupby("customer_key")["margin"].sum()
    told = answer(snapshot, "Social", "days", 180)
    assert told["customers"] == social["customer_key"].nunique()
    assert told["margin"] == pytest.approx(each.sum())
    assert told["margin_squares"] == pytest.approx((each**2).sum())
    assert told["spend"] > 0
