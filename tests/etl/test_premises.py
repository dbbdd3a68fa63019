"""The assumptions of the models as a refresh publishes them."""

from __future__ import annotations

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh
from tests.etl.test_marts import ORDERS


def test_the_simulated_shop_buys_at_random_without_a_season_or_drift(sample_warehouse: Settings) -> None:
    told = Snapshots(sample_warehouse).current().frame("trust_premises").set_index("title")
    assert list(told.index) == [
        "Customers buy at random times",
        "No season",
        "Newcomers are like earlier customers",
        "One set of parameters serves every channel",
    ]
    assert told["holds"].dropna().all()
    assert "1 is random" in told["sentence"].iloc[0]


def test_a_handful_of_orders_tells_nothing(refresh: Refresh, ask: Ask) -> None:
    refresh(order_lines=ORDERS)
    rows = ask("select holds, sentence from meta.premises order by position")
    assert [holds for holds, _ in rows] == [None] * 4
    assert "there are" in rows[0][1]
