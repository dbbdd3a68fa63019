"""The bridge of the value of the base in published snapshots: it begins and ends with what was published."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashapp.settings import Settings
from etl import pipeline
from etl.ledger import Ledger
from etl.progress import Silent
from tests.etl.conftest import NOW, Ask, Refresh
from tests.etl.test_scorecard import LINES, first, settings, shops

pytestmark = pytest.mark.slow
__all__ = ["first", "settings", "shops"]
STEPS = "select part, amount, customers, note, before_id from ledger.equity_bridge order by position"
KEPT = ["opening", "lost", "served", "moved_on", "revised"]


def test_two_refreshes_close_to_the_cent_and_a_change_of_assumptions_is_named(
    first: str, refresh: Refresh, settings: Settings, ask: Ask
):
    assert [row[0] for row in ask(STEPS)] == ["none"]
    assert "no earlier snapshot" in ask(STEPS)[0][3]
    refresh(order_lines=LINES)
    then = Ledger.of(settings).customers(Ledger.of(settings).entries()[0])
    rows = {row[0]: row for row in ask(STEPS)}
    value, customers = ask("select sum(clv), count(clv) from marts.customers")[0]
    assert list(rows) == [*KEPT, "new", "closing"]
    assert sum(row[1] for row in rows.values()) == 2 * rows["closing"][1]
    assert float(rows["opening"][1]) == pytest.approx(then["clv"].sum(), abs=0.01)
    assert float(rows["closing"][1]) == pytest.approx(value, abs=0.01)
    assert (rows["closing"][2], rows["opening"][4]) == (customers, first)
    assert rows["served"][1] == -rows["opening"][1], "the whole horizon has passed"
    assert rows["new"][2] == customers - len(then)

    dearer = settings.model_copy(update={"gross_margin": 0.5, "horizon_days": 60})
    pipeline.refresh(pipeline.Request(), dearer, Silent(), lambda: NOW)
    rows = {row[0]: row for row in ask(STEPS)}
    assert list(rows) == [*KEPT, "horizon", "margin", "new", "closing"]
    assert rows["margin"][3] == "From 100.0% to 50.0% of sales"
    assert sum(row[1] for row in rows.values()) == 2 * rows["closing"][1]
    assert max(abs(rows[part][1]) for part in (*KEPT[1:], "new")) <= Decimal("0.01"), "the data are the same"


def test_a_shop_that_shows_no_money_has_a_reason_and_no_amount(first: str, settings: Settings, ask: Ask):
    strict = settings.model_copy(update={"valid_min_customers": 10_000})
    pipeline.refresh(pipeline.Request(force=True), strict, Silent(), lambda: NOW)
    assert [(part, amount) for part, amount, *_ in ask(STEPS)] == [("none", None)]
    assert "not valid" in ask(STEPS)[0][3]
