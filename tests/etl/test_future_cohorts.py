"""The scenario of customers to come as a refresh publishes it, against a hand count."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.validity import Verdict
from dashapp.services import charting
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from etl.future_cohorts import future_cohorts
from tests.etl.conftest import Ask, Refresh
from tests.etl.test_marts import ORDERS


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture(scope="module")
def rows(snapshot: Snapshot) -> pd.DataFrame:
    return snapshot.frame("customer_equity")


def test_it_rests_on_who_was_won_in_the_twelve_complete_months_before(snapshot: Snapshot, rows: pd.DataFrame) -> None:
    first, last = rows["won_from"].iloc[0], rows["won_until"].iloc[0]
    joined = pd.DataFrame(snapshot._rows("select first_order_date as day from marts.customers", {}))["day"]
    inside = joined[(joined >= pd.Timestamp(first).date()) & (joined <= pd.Timestamp(last).date())]
    assert pd.Timestamp(last).is_month_end
    assert (pd.Timestamp(last) + pd.Timedelta(days=1) - pd.DateOffset(years=1)) == pd.Timestamp(first)
    assert rows["won"].iloc[0] == len(inside)
    assert rows["customers"].sum() == pytest.approx(len(inside), rel=0.01), "a year ahead has the same seasons"


def test_a_customer_to_come_is_worth_what_the_cold_start_says(snapshot: Snapshot, rows: pd.DataFrame) -> None:
    prior = snapshot._rows("select channel, category, value from marts.cold_start", {})
    value = {(row["channel"], row["category"]): row["value"] for row in prior}
    month = pd.Timestamp(rows["won_from"].iloc[0]).date()
    came = snapshot._rows(
        "select channel, coalesce(first_category, '') as category from marts.customers where cohort_month = $month",
        {"month": month},
    )
    mean = sum(value[row["channel"], row["category"]] for row in came) / len(came)
    same = rows[pd.to_datetime(rows["first_day"]).dt.month == month.month]["value_per_customer"]
    assert same.iloc[0] == pytest.approx(mean * snapshot.facts.gross_margin)


def test_today_and_assumption_stand_apart_and_add_up_to_the_cent(snapshot: Snapshot, rows: pd.DataFrame) -> None:
    table = charting.draw("customer_equity", snapshot, Filters()).table.set_index("Part")["Value"]
    worth = snapshot._rows("select sum(clv) as clv from marts.customers", {})[0]["clv"]
    bridge = snapshot.frame("equity_bridge")
    assert table.iloc[0] == pytest.approx(worth, abs=0.01)
    assert table.iloc[-1] == pytest.approx(table.iloc[0] + float(rows["amount"].sum()), abs=0.001)
    assert not set(bridge["part"]) & {"future"}, "the bridge between snapshots knows no assumption"


def test_without_a_history_the_reason_stands_there(refresh: Refresh, ask: Ask) -> None:
    refresh(order_lines=ORDERS)
    found = ask("select amount, note from marts.future_cohorts")
    assert len(found) == 1
    assert found[0][0] is None
    assert found[0][1]


def test_a_first_year_of_data_cannot_tell_new_from_old() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema staging")
        connection.execute("create table marts.cold_start as select 365 as window_days")
        connection.execute(
            """create table staging.observation as
               select date '2024-01-01' as observed_from, date '2024-12-31' as observed_until"""
        )
        nobody = PurchaseDays.from_frame(pd.DataFrame({"customer_key": [], "order_date": [], "amount": []}))
        future_cohorts(connection, nobody, Settings(), Verdict(()))
        notes = connection.execute("select note from marts.future_cohorts").fetchall()
    assert "31 Mar 2024" in notes[0][0]
