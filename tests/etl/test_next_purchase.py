"""Next purchases as a refresh publishes them: dates after the end of the data, lateness before it."""

from __future__ import annotations

from datetime import timedelta

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh
from tests.etl.test_marts import ORDERS


def test_windows_lie_ahead_in_order_and_lateness_behind(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    end = snapshot.facts.observed_until
    rows = [snapshot.row("customer_profile", customer=str(key), contact=False) for key in range(1, 400, 7)]
    assert len(rows) > 50
    for row in rows:
        assert end < row["next_order_from"] <= row["next_order_median"] <= row["next_order_until"]
        assert row["next_order_until"] <= end + timedelta(days=snapshot.facts.horizon_days)
        if row["overdue_since"]:
            assert row["last_order_date"] < row["overdue_since"] < end
    assert any(row["overdue_since"] for row in rows)
    assert not all(row["overdue_since"] for row in rows)


def test_nobody_is_expected_or_late_without_a_model(refresh: Refresh, ask: Ask) -> None:
    refresh(order_lines=ORDERS)
    rows = ask("select next_order_from, next_order_median, next_order_until, overdue_since from marts.customers")
    assert rows
    assert set(rows) == {(None, None, None, None)}
