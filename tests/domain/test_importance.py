"""Importance on CDNOW: what is read is worth something, what nobody reads is worth exactly nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import importance
from dashapp.domain.backtest_results import ImportanceRow
from dashapp.domain.booster import COLUMNS
from dashapp.domain.holdout import Candidate, Holdout
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.resampling import Resampling
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS


@pytest.fixture(scope="module")
def holdout(transactions: pd.DataFrame) -> Holdout:
    return Holdout.of(1, PurchaseDays.from_frame(transactions), CALIBRATION_END, HOLDOUT_DAYS)


@pytest.fixture(scope="module")
def boosted(holdout: Holdout) -> Candidate:
    return holdout.candidate("mbg_nbd+booster", holdout.spend())


def measured(holdout: Holdout, candidate: Candidate) -> dict[tuple[str, str], ImportanceRow]:
    resampling = Resampling(len(holdout.history.days), 1, 50)
    return {(row.feature, row.metric): row for row in importance.rows(holdout, candidate, resampling)}


def test_every_column_is_measured_by_both_metrics_with_its_meaning(holdout: Holdout, boosted: Candidate):
    found = measured(holdout, boosted)
    assert set(found) == {(name, metric) for name in COLUMNS for metric in ("gini", "auc")}
    assert all(row.meaning and row.low <= row.worth <= row.high for row in found.values())
    assert max(row.worth for row in found.values()) > 0.005


def test_a_column_that_is_all_the_correction_reads_holds_all_the_worth(holdout: Holdout, boosted: Candidate):
    assert boosted.boosted is not None
    place = COLUMNS.index("days_since_last_order")
    booster = replace(
        boosted.boosted.booster,
        active=lambda steps: -steps[:, place] / 10.0,
        money=lambda steps: np.zeros(len(steps)),
    )
    found = measured(holdout, replace(boosted, boosted=replace(boosted.boosted, booster=booster)))
    assert found["days_since_last_order", "auc"].low > 0.02
    assert {row.worth for (name, _), row in found.items() if name != "days_since_last_order"} == {0.0}
