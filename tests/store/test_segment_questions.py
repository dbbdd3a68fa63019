"""Segments, then and now: the same rules, every customer in exactly one place."""

from __future__ import annotations

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_the_last_day_of_the_history_is_todays_segments(snapshot: Snapshot):
    unlike = snapshot._rows(
        """select c.customer_key from marts.customers c
           left join marts.segment_history h on h.customer_key = c.customer_key and h.as_of = $until
           left join marts.segment_days d on d.as_of = h.as_of
           where h.segment is distinct from c.segment
               or (h.days_since_last_order > d.lapsed_beyond) <> (c.customer_state = 'lapsed')""",
        {"until": snapshot.facts.observed_until},
    )
    assert not unlike


def test_an_earlier_day_knows_only_customers_who_had_bought_by_then(snapshot: Snapshot):
    counts = snapshot._rows(
        """select h.as_of, count(*) as known,
           (select count(*) from marts.customers c where c.first_order_date <= h.as_of) as bought
           from marts.segment_history h group by h.as_of""",
        {},
    )
    assert len(counts) == 25
    assert all(row["known"] == row["bought"] for row in counts)


def test_every_customer_of_the_view_moves_exactly_once(snapshot: Snapshot):
    view = Filters(country=("Germany",))
    moves = snapshot.frame("segment_moves", view, from_day=None, to_day=None)
    new = moves.loc[moves["from_segment"] == "Not yet a customer", "customers"].sum()
    base = snapshot.base(view)
    assert moves["customers"].sum() == len(base)
    assert 0 < new < len(base)


def test_the_fields_of_the_grid_hold_every_customer_and_its_segment(snapshot: Snapshot):
    grid = snapshot.frame("rfm_grid", Filters())
    segments = snapshot.frame("segments", Filters()).set_index("segment")["customers"]
    assert grid.groupby("segment")["customers"].sum().to_dict() == segments.to_dict()
    assert len(grid) == len(grid.drop_duplicates(["r_score", "fm_score"]))


def test_a_field_of_value_by_risk_opens_as_many_customers_as_it_counts(snapshot: Snapshot):
    people = pd.DataFrame(snapshot._rows("select clv, p_active from marts.customers", {}))
    for row in snapshot.frame("value_risk", Filters()).itertuples():
        inside = people["clv"].between(row.clv_from, row.clv_to) & people["p_active"].between(row.p_from, row.p_to)
        assert inside.sum() == row.customers
