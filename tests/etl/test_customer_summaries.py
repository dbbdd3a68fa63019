"""An RFM table in the place of orders: what it can tell is what orders tell, and nothing else is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.errors import QualityStop
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh, order_lines

SUMMARY = "customer_id, frequency, recency_days, T_days, monetary_value"
SAME = (
    "customer_key, customer_id, country, channel, first_order_date, last_order_date, purchase_days, frequency, "
    "recency_days, T_days, monetary_value, days_since_last_order, p_alive, p_active, expected_purchases, "
    "expected_order_value, clv"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As of the sample: with fewer customers no money is shown."""
    return Settings(data_dir=tmp_path, valid_min_customers=300)


def _ask(settings: Settings, sql: str) -> pd.DataFrame:
    return pd.DataFrame(Snapshots(settings).current()._rows(sql, {}))


def _customers(settings: Settings, columns: str) -> pd.DataFrame:
    return _ask(settings, f"select {columns} from marts.customers order by customer_key")


def test_customers_of_an_rfm_table_are_scored_as_if_their_orders_were_there(
    sample_warehouse: Settings, settings: Settings, refresh: Refresh
):
    orders = _customers(sample_warehouse, f"{SUMMARY}, country, channel, net_sales")
    day = _ask(sample_warehouse, "select observed_until from meta.snapshot")["observed_until"][0]
    refresh(customer_summaries=orders.assign(observed_until=str(day), monetary_value=orders.monetary_value.round(4)))
    # Values are kept to four decimals, and the spend model is fitted to them.
    pd.testing.assert_frame_equal(_customers(settings, SAME), _customers(sample_warehouse, SAME), rtol=1e-4, atol=1e-6)


@pytest.fixture
def loaded(refresh: Refresh) -> None:
    refresh(
        customer_summaries=pd.DataFrame(
            [
                ("ann", 3, 60, 90, 20, None, "France"),
                ("ben", 0, 0, 40, 0, None, None),
                ("eve", 1, 10, 80, 15, 40, "Spain"),
            ],
            columns=["customer_id", "frequency", "recency_days", "T_days", "monetary_value", "net_sales", "country"],
        ).assign(observed_until="2025-12-31")
    )


def test_sales_are_those_delivered_or_else_those_of_the_repeat_purchases(loaded: None, ask: Ask):
    found = ask(
        "select customer_id, order_count, net_sales, average_order_value, returns, country from marts.customers"
    )
    assert [(row[0], row[1], float(row[2]), *row[3:]) for row in sorted(found)] == [
        ("ann", 4, 60.0, 20.0, None, "France"),  # three repeat purchases of 20; the first is not told
        ("ben", 1, 0.0, None, None, "Unknown"),
        ("eve", 2, 40.0, 20.0, None, "Spain"),  # 40 for both purchases
    ]


def test_dates_come_from_the_days_of_the_table(loaded: None, ask: Ask):
    found = ask("select cast(first_order_date as varchar), cast(last_order_date as varchar) from marts.customers")
    assert found[0] == ("2025-10-02", "2025-12-01")
    assert ask(
        "select cast(observed_from as varchar), cast(observed_until as varchar), has_orders from meta.snapshot"
    ) == [("2025-10-02", "2025-12-31", False)]


def test_what_needs_orders_says_so_and_no_cell_or_figure_is_zero(loaded: None, settings: Settings):
    snapshot = Snapshots(settings).current()
    for name in ("net_sales", "active_customers", "repeat_rate", "orders"):
        measured = snapshot.metric(name)
        assert measured.value is None
        assert "Load orders" in measured.reason
    for question, asked in (("cohort_matrix", {"split": ""}), ("cohort_curve", {}), ("cohort_payback", {"split": ""})):
        assert snapshot.frame(question, Filters(range="all"), **asked).empty
    assert snapshot.frame("segments", Filters(range="all"))["value"].isna().all()


def test_orders_and_summaries_together_are_refused(refresh: Refresh, settings: Settings):
    summaries = pd.DataFrame({"customer_id": ["ann"], "observed_until": ["2025-12-31"], "frequency": [1]})
    with pytest.raises(QualityStop, match="orders or as summaries"):
        refresh(
            order_lines=order_lines(("o1", "2025-12-30 09:00", "ann", "cup", 1, 10)),
            customer_summaries=summaries.assign(recency_days=5, T_days=9, monetary_value=10),
        )
