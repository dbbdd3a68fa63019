"""Which shops bring answers along; what the answers say is tested in tests/store/test_answers.py."""

from __future__ import annotations

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh, order_lines


def test_a_shop_of_a_few_days_keeps_no_answers_and_is_asked(refresh: Refresh, settings: Settings, ask: Ask):
    refresh(order_lines=order_lines(("o1", "2024-01-01 09:00", "ann", "cup", 2, 10)))
    assert ask("select count(*) from meta.answers") == [(0,)]
    assert len(Snapshots(settings).current().base()) == 1
