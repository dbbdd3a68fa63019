"""What a reader is told of a customer's health: facts with their direction, never a cause."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import health

KNOWN: dict[str, Any] = {
    "frequency": 4, "T_days": 400, "days_since_last_order": 123, "average_gap_days": 30.0, "monetary_value": 35.0,
    "net_sales": 170.0,
}  # fmt: skip
WHY: dict[str, Any] = {
    "frequency": 0.5, "lateness": -1.0, "trend": -0.2, "season": 0.001, "returns": 0.02, "money": 1.2,
    "recent_purchases": 1, "season_purchases": 0, "returns_share": 0.1,
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def text(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_reasons_come_strongest_first_with_fact_and_direction() -> None:
    assert health.sentences(KNOWN, WHY, "EUR") == [
        "€35.00 per purchase day: raises the odds 3.3-fold.",
        "Last order 4.1 times the usual gap ago: lowers the odds by 63\u00a0%.",
        "5 purchase days in 400 days: raises the odds by 65\u00a0%.",
        "1 purchase day in the last 90 days: lowers the odds by 18\u00a0%.",
        "10\u00a0% of the money went back: raises the odds by 2\u00a0%.",
    ]


def test_a_profile_shows_score_place_band_and_reasons_of_the_snapshot(snapshot: Snapshot) -> None:
    verdict, bands = snapshot.row("health_verdict"), snapshot.frame("health_bands")
    known = snapshot.row("customer_profile", customer="7", contact=False)
    why = snapshot.row("customer_health", customer_key=7)
    odds = math.log(known["health_score"] / (100 - known["health_score"]))
    parts = ("frequency", "lateness", "trend", "season", "returns", "money")
    assert why["peers_log_odds"] + sum(why[name] for name in parts) == pytest.approx(odds, abs=1e-5)
    shown = text(health.of_customer(known, why, verdict, bands, snapshot.facts))
    assert "Association, not cause" in shown
    assert "of about the same age" in shown
    assert "bought again" in shown or "Nobody was in this band" in shown


def test_without_a_tested_cut_off_the_reader_learns_what_is_missing(snapshot: Snapshot) -> None:
    verdict = {"used": "", "sentence": "There is no health score: no cut-off of the past could be tested."}
    known = KNOWN | {"health_score": None}
    shown = text(health.of_customer(known, {}, verdict, pd.DataFrame(), snapshot.facts))
    assert "no cut-off of the past" in shown
    assert "Why" not in shown
    assert "Risk" not in shown
    nothing = pd.DataFrame()
    assert "no cut-off of the past" in text(health.card(verdict, nothing, nothing, nothing))


def test_bands_that_were_not_separated_are_called_so() -> None:
    bands = pd.DataFrame({"band": ["high"], "customers": [40], "rate": [0.3], "low": [0.18], "high": [0.45]})
    told = health.band_words("high", bands, {"are_separated": False, "horizon_days": 90})
    assert told == (
        "When tested, 30\u00a0% of 40 customers in this band bought again within 90 days (18\u00a0% to 45\u00a0%). "
        "Bands not separated in the past."
    )


def test_trust_shows_every_cut_off_band_and_term(snapshot: Snapshot) -> None:
    frames = (snapshot.frame(f"health_{name}") for name in ("metrics", "bands", "ablation"))
    shown = text(health.card(snapshot.row("health_verdict"), *frames))
    assert "Purchase model alone" in shown
    assert "Money per purchase day" in shown
    assert all(band in shown for band in ("High", "Medium", "Low"))
