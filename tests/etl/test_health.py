"""Health in a published snapshot: a score for everybody who is scored, or NULL and the reason."""

from __future__ import annotations

import pytest

from dashapp.errors import InputError
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from etl import pipeline
from etl.progress import Silent
from tests.etl.conftest import NOW, Ask, Refresh
from tests.etl.test_marts import ORDERS


def test_every_scored_customer_has_a_score_a_band_and_a_place(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    rows = snapshot._rows(
        """select c.*, r.customer_key as reasoned from marts.customers c
           left join marts.health_reasons r using (customer_key)""",
        {},
    )
    verdict = snapshot.row("health_verdict")
    assert verdict["used"]
    for row in rows:
        assert row["reasoned"] == row["customer_key"]
        assert 0 <= row["health_percentile"] <= 100
        risk = "high" if row["health_score"] < 30 else "low" if row["health_score"] >= 70 else "medium"
        assert row["risk_band"] == risk
    mean = sum(row["health_score"] for row in rows) / len(rows)
    assert mean == pytest.approx(100 * sum(row["p_active"] for row in rows) / len(rows), abs=1e-6)


def test_a_shop_too_young_for_a_test_has_no_score_and_the_reason(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    assert ask("select distinct health_score, risk_band, health_percentile from marts.customers") == [(None,) * 3]
    assert ask("select count(*) from marts.health_reasons") == [(0,)]
    assert "no cut-off" in ask("select sentence from backtest.health_verdict")[0][0]
    assert {row[0]: row[1] for row in ask("describe marts.customers")}["risk_band"] == "VARCHAR"


def test_bands_that_are_none_stop_before_anything_is_loaded(settings: Settings):
    wrong = settings.model_copy(update={"health_high_risk_below": 80.0})
    with pytest.raises(InputError, match="are no bands"):
        pipeline.refresh(pipeline.Request("sample"), wrong, Silent(), lambda: NOW)
