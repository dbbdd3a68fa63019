"""Which shops bring answers along; what the answers say is tested in tests/store/test_answers.py."""

from __future__ import annotations

from dashapp.settings import Settings
from dashapp.store.answers import worth_keeping
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Refresh, order_lines


def test_a_shop_of_a_few_days_keeps_no_answers_and_is_asked(refresh: Refresh, settings: Settings):
    refresh(order_lines=order_lines(("o1", "2024-01-01 09:00", "ann", "cup", 2, 10)))
    snapshot = Snapshots(settings).current()
    for _, sql, values in worth_keeping(snapshot.facts):
        assert snapshot._brought(sql, values) == (sql, values)
        snapshot._framed(sql, values, {})
    assert len(snapshot.base()) == 1
