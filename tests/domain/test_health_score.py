"""Today's scores: reasons that add up to the score, and a place among customers of the same age."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import shelf
from dashapp.domain.features import features
from dashapp.domain.health import HealthModel
from dashapp.domain.health_score import REASONS, Health, age_bands, assess
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.purchase_days import PurchaseDays

CUT_OFF, HORIZON = date(1997, 9, 30), 180
MODEL = HealthModel((0.3, -0.4, 0.5, 0.2, 0.1, -0.1, 0.2), (0.1,) * 7, (0.9,) * 7, 0.1, 3)


@pytest.fixture(scope="module")
def rfm(transactions: pd.DataFrame) -> pd.DataFrame:
    return PurchaseDays.from_frame(transactions).summary(CUT_OFF)


@pytest.fixture(scope="module")
def found(transactions: pd.DataFrame, rfm: pd.DataFrame) -> Health:
    fitted = shelf.purchase_model("mbg_nbd").fit(rfm)
    scored = rfm.assign(p_active=fitted.p_active(Patterns.from_frame(rfm), to_periods(HORIZON, fitted.time_unit)))
    seen = features(PurchaseDays.from_frame(transactions), CUT_OFF, HORIZON)
    return assess(MODEL, fitted, scored, seen, HORIZON)


def test_the_reasons_add_up_to_the_score(found: Health):
    odds = np.log(found.score / (100 - found.score))
    assert found.peers_log_odds + found.reasons.sum(axis=1) == pytest.approx(odds, abs=1e-10)
    assert np.abs(found.reasons[:, REASONS.index("money")]).max() > 0.1


def test_silence_counts_against_a_repeater_and_purchases_for(found: Health, rfm: pd.DataFrame):
    repeats = rfm["frequency"].to_numpy()
    silent = (repeats >= 3) & (rfm["recency_days"] < rfm["T_days"] / 3).to_numpy()
    assert silent.sum() > 5
    assert (found.reasons[silent, REASONS.index("lateness")] < 0).all()
    assert (found.reasons[repeats >= 4, REASONS.index("frequency")] > 0).all()


def test_a_percentile_is_the_share_of_peers_below(found: Health, rfm: pd.DataFrame):
    band = age_bands(rfm["T_days"].to_numpy(dtype=float))
    for row in range(0, len(rfm), 300):
        peers = found.score[band == band[row]]
        below = np.mean(peers < found.score[row]) + np.mean(peers == found.score[row]) / 2
        assert found.percentile[row] == pytest.approx(100 * below, abs=1e-9)
        assert found.peers[row] == len(peers)


def test_peers_are_of_one_age_and_many():
    band = age_bands(np.repeat(np.arange(50.0), 40))
    assert len(np.unique(band)) == 20
    assert all(len(np.unique(band[start : start + 40])) == 1 for start in range(0, 2000, 40))
    assert age_bands(np.arange(150.0)).max() == 0
