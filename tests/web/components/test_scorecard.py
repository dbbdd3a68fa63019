from __future__ import annotations

import datetime
from typing import Any

import pandas as pd
import pytest

from dashapp.settings import Settings
from dashapp.store.facts import Facts
from dashapp.store.snapshot import Snapshots
from dashapp.web.components import scorecard

ROW: dict[str, Any] = {
    "snapshot_id": "000001-ab", "model": "mbg_nbd", "predicted_on": datetime.date(2024, 12, 31),
    "until": datetime.date(2025, 7, 15), "first_comparison": datetime.date(2025, 1, 28), "horizon_days": 181,
    "days": 181, "status": "compared", "note": "", "customers": 900, "purchases": 812.4, "purchases_low": 770.0,
    "purchases_high": 850.0, "actual_purchases": 798.0, "value": 412_000.0, "value_low": 380_000.0,
    "value_high": 445_000.0, "actual_value": 388_000.0, "inside_share": 0.81, "error_pct": 6.19,
}  # fmt: skip


@pytest.fixture
def facts(sample_warehouse: Settings) -> Facts:
    return Snapshots(sample_warehouse).current().facts


def test_the_sentence_holds_the_prediction_with_its_interval_and_what_came(facts: Facts):
    said = scorecard.sentence(ROW, facts)
    assert said.startswith("Predicted €412")
    assert "(€380" in said
    assert "for 1 Jan 2025 to 30 Jun 2025, came €388" in said


def test_without_money_the_purchases_are_compared(facts: Facts):
    bare = ROW | {"value": None, "value_low": None, "value_high": None, "actual_value": None, "error_pct": None}
    assert scorecard.sentence(bare, facts) == (
        "Predicted 812 (770 to 850) purchases for 1 Jan 2025 to 30 Jun 2025, came 798."
    )
    assert "€" not in str(scorecard.card(pd.DataFrame([bare]), facts))


def test_before_anything_has_matured_the_card_says_when_it_will(facts: Facts):
    waiting = ROW | {"status": "too_early", "value": None}
    assert "First comparison on 28 Jan 2025." in str(scorecard.card(pd.DataFrame([waiting]), facts))


def test_a_damaged_prediction_is_told_beside_the_others(facts: Facts):
    damaged = ROW | {"status": "damaged", "note": "It was changed after the fact."}
    assert "It was changed after the fact." in str(scorecard.card(pd.DataFrame([ROW, damaged]), facts))


def test_the_page_of_a_first_snapshot_names_the_day(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    frame = snapshot.frame("trust_scorecard")
    day = snapshot.facts.observed_until + datetime.timedelta(days=28)
    assert scorecard._day(day) in str(scorecard.card(frame, snapshot.facts))
