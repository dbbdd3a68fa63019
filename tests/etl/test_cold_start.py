"""Beginnings as a refresh publishes them."""

from __future__ import annotations

import pytest

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh
from tests.etl.test_marts import ORDERS


def test_every_new_customer_has_a_beginning_with_its_interval(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    new = snapshot._rows("select customer_key from marts.customers where T_days < 90", {})
    assert new
    for row in new:
        began = snapshot.row("customer_beginning", customer_key=row["customer_key"])
        assert 0.0 < began["low"] < began["value"] < began["high"]
    counted = snapshot._rows(
        """select sum(customers) as n, any_value(window_days) as days from marts.cold_start""", {}
    )[0]
    expected = snapshot._rows(
        """select count(*) as n from marts.customers, meta.snapshot
           where T_days >= $days and date_diff('day', observed_from, first_order_date) >= 90""",
        {"days": counted["days"]},
    )[0]
    assert counted["n"] == expected["n"]


def test_the_mean_over_groups_is_that_of_a_hand_count(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    rows = snapshot._rows(
        """select sum(value * customers) / sum(customers) as told, any_value(window_days) as days
           from marts.cold_start""", {}
    )[0]  # fmt: skip
    counted = snapshot._rows(
        """select sum(d.net_sales) / count(distinct c.customer_key) as value
           from marts.customers c join marts.customer_days d using (customer_key), meta.snapshot s
           where c.T_days >= $days and date_diff('day', s.observed_from, c.first_order_date) >= 90
               and d.order_date < c.first_order_date + $days""",
        {"days": rows["days"]},
    )[0]
    assert rows["told"] == pytest.approx(float(counted["value"]), rel=0.02)


def test_a_handful_of_orders_is_no_beginning(refresh: Refresh, ask: Ask) -> None:
    refresh(order_lines=ORDERS)
    assert ask("select * from marts.cold_start") == []
