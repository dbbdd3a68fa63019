from __future__ import annotations

from dashapp.domain.filters import Filters
from dashapp.settings import Settings
from dashapp.store import query
from dashapp.store.snapshot import Snapshots


def test_base_holds_every_customer_of_the_country_whatever_the_period(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    everybody = snapshot.base()
    french = snapshot.base(Filters(range="l7d", country=("France",)))
    assert list(everybody.columns) == ["customer_key", "frequency", "recency_days", "T_days", "monetary_value"]
    assert 0 < len(french) < len(everybody)


def test_every_question_answers_with_the_columns_it_declares(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    for name in query.names():
        assert snapshot.describe(name) == query.find(name).columns, name
