"""The test of the health score: blind to the future, decided by the untouched cut-off, honest when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.health_backtest import HealthTest, choose, examine
from dashapp.domain.health_results import HealthRow
from dashapp.domain.health_terms import TERMS
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.risk import Bands

FROM, HORIZON = date(1997, 1, 1), 136
LATEST = date(1997, 12, 30)


def examined(rows: pd.DataFrame, *cut_offs: date) -> HealthTest:
    return examine(PurchaseDays.from_frame(rows), FROM, cut_offs, HORIZON, "mbg_nbd", Bands(), 1, 50, 3)


@pytest.fixture(scope="module")
def cdnow_test(transactions: pd.DataFrame) -> HealthTest:
    return examined(transactions, LATEST, LATEST - timedelta(days=HORIZON))


def test_rows_after_a_cut_off_change_nothing_that_is_learnt_before_it(
    transactions: pd.DataFrame, cdnow_test: HealthTest
):
    future = transactions["order_date"] > pd.Timestamp(LATEST)
    later = transactions["order_date"] + pd.to_timedelta(np.where(future, 9, 0), unit="D")
    moved = transactions.assign(order_date=later, amount=np.where(future, 1.0, transactions["amount"]))
    again = examined(moved, LATEST, LATEST - timedelta(days=HORIZON))
    weights = [[row.weight for row in found.health_ablation] for found in (cdnow_test, again)]
    assert weights[0] == weights[1]
    assert any(weights[0])
    # The other cut-off ends where the untouched one begins, so nothing of it moves.
    older = [[row for row in found.health if row.origin == 2] for found in (cdnow_test, again)]
    assert repr(older[0]) == repr(older[1])
    assert cdnow_test.health_verdict[0].model != again.health_verdict[0].model


def test_cdnow_has_more_to_tell_than_the_purchase_model(cdnow_test: HealthTest):
    """RFM money is known to tell in CDNOW; each term has a line of what it brings."""
    told = {(row.origin, row.predictor, row.metric): row for row in cdnow_test.health}
    assert told[1, "health", "auc"].difference > 0
    assert told[1, "health", "brier"].difference_high < 0
    assert cdnow_test.health_verdict[0].used == "health"
    assert [row.term for row in cdnow_test.health_ablation] == list(TERMS)
    rhythm = cdnow_test.health_ablation[0]
    assert rhythm.auc_shuffled < -0.1
    assert rhythm.brier_shuffled > 0.02
    assert cdnow_test.health_verdict[0].are_separated


def test_nothing_to_learn_from_and_nothing_to_test(transactions: pd.DataFrame):
    early = examined(transactions, date(1997, 2, 10))
    assert early.health_verdict[0].used == "p_active"
    assert "nothing to learn from" in early.health_verdict[0].sentence
    assert {row.predictor for row in early.health} == {"p_active"}
    assert len(early.health_bands) == 3
    none = examined(transactions)
    assert (none.health_verdict[0].used, none.health) == ("", ())
    assert none.health_verdict[0].sentence.startswith("There is no health score")


NAN = float("nan")
BRIER = HealthRow(1, "health", "brier", 900, 0.16, 0.15, 0.17, -0.002, -0.003, -0.001)
ECE = HealthRow(1, "health", "ece", 900, 0.02, 0.01, 0.03, 0.004, -0.01, 0.01)


@pytest.mark.parametrize(
    ("brier", "ece", "used"),
    [
        ({}, {}, "health"),
        ({"difference_high": 0.001}, {}, "p_active"),
        ({"difference_high": 0.001}, {"difference": -0.001}, "health"),
        ({"difference_high": 0.001}, {"difference": -1e-9}, "p_active"),
        ({"difference": 0.001, "difference_high": 0.002}, {"difference": -0.001}, "p_active"),
    ],
)
def test_the_untouched_cut_off_decides(brier: dict[str, float], ece: dict[str, float], used: str):
    rows = [replace(BRIER, **brier), replace(ECE, **ece)]
    assert choose(rows) == used
    recalibrated = [replace(row, predictor="platt") for row in (BRIER, ECE)]
    assert choose([*rows, *recalibrated]) == ("health" if used == "health" else "platt")
