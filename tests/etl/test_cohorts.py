"""Forecasts of cohorts in the published snapshot."""

from __future__ import annotations

import pytest

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_every_cohort_has_six_months_ahead_whose_value_grows_inside_its_bounds(snapshot: Snapshot):
    wrong = snapshot._rows(
        """select * from (
               select *, value_per_customer
                   - coalesce(lag(value_per_customer) over (partition by cohort_month order by month), 0) as more,
                   count(*) over (partition by cohort_month) as months
               from marts.cohort_forecasts)
           where months <> 6 or more <= 0 or not value_per_customer between value_low and value_high""",
        {},
    )
    assert wrong == []


def test_cohorts_count_their_customers_and_their_values_are_part_of_the_total(snapshot: Snapshot):
    wrong = snapshot._rows(
        """select * from (select distinct cohort_month, customers from marts.cohort_forecasts) as f
           left join (select cohort_month, count(*) as n from marts.customers group by all) as c using (cohort_month)
           where f.customers is distinct from c.n""",
        {},
    )
    assert wrong == []
    found = snapshot._rows(
        """select sum(customers * value_per_customer) as value from marts.cohort_forecasts
           where month = (select max(month) from marts.cohort_forecasts)""",
        {},
    )
    assert 0 < found[0]["value"] < snapshot.metric("residual_value").value / snapshot.facts.gross_margin
