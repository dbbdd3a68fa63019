"""Contracts with their cancellations, small enough to count by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh, order_lines

ORDERS = order_lines(
    ("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),
    ("o2", "2024-03-31 09:00", "ben", "cup", 1, 10),
)
CONTRACTS = pd.DataFrame(
    [
        ("k1", "ann", "2023-05-01", ""),  # runs on
        ("k2", "ben", "2023-06-01", "2024-02-10"),  # ends in February
        ("k3", "eve", "2023-07-01", "2024-02-29"),  # ends on the last day of February; eve never ordered
        ("k4", "ann", "2023-07-01", "9999-12-31"),  # the year that means no end
        ("k5", "ben", "2024-02-05", "2024-02-20"),  # begins within February: not at risk when it begins
        ("k6", "ann", "2023-01-01", "2024-01-31"),  # over before February
        ("k7", "ann", "2023-09-01", "2024-06-30"),  # cancelled, but runs until June
        ("k8", "ann", "2024-01-20", "2024-01-10"),  # ends before it begins
    ],
    columns=["contract_id", "customer_id", "started_on", "cancelled_on"],
)
FEBRUARY = {"range": "custom", "start": date(2024, 2, 1), "end": date(2024, 2, 29)}


@pytest.fixture
def loaded(refresh: Refresh) -> None:
    refresh(order_lines=ORDERS, contracts=CONTRACTS)


def test_the_rate_counts_who_could_leave_and_did(loaded: None, settings: Settings):
    snapshot = Snapshots(settings).current()
    february = snapshot.metric("contract_churn_rate", Filters(**FEBRUARY))
    assert (february.value, february.n) == (2 / 5, 5)  # k2 and k3 of k1, k2, k3, k4, k7


def test_filters_choose_among_customers_who_ordered(loaded: None, settings: Settings):
    snapshot = Snapshots(settings).current()
    of_january = snapshot.metric("contract_churn_rate", Filters(**FEBRUARY, cohort=("2024-01",)))
    assert (of_january.value, of_january.n) == (0.0, 3)  # Ann's k1, k4 and k7


def test_no_end_is_no_day_and_an_end_before_the_start_is_told(loaded: None, ask: Ask):
    assert ask("select count(*) from marts.contracts where cancelled_on is null") == [(2,)]
    assert ask("select has_contracts from meta.snapshot") == [(True,)]
    failed = dict(ask("select check_id, offending_rows from quality.check_results where status <> 'passed'"))
    assert failed["contracts_end_after_start"] == 1


def test_without_contracts_there_is_no_rate_and_the_reason_says_what_to_load(refresh: Refresh, settings: Settings):
    refresh(order_lines=ORDERS)
    value = Snapshots(settings).current().metric("contract_churn_rate")
    assert value.value is None
    assert "Load contracts" in value.reason
