"""What the models take for granted is measured, or said to be unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.premises import examine
from dashapp.domain.purchase_days import PurchaseDays

FLAT = pd.Series(np.full(36, 100.0) * np.exp(np.random.default_rng(1).normal(0, 0.1, 36)),
                 index=pd.date_range("2021-01-01", periods=36, freq="MS"))  # fmt: skip
XMAS = FLAT * np.where(FLAT.index.month == 12, 3.0, 1.0) * np.where(FLAT.index.month == 2, 0.4, 1.0)


def buyers(k: int, customers: int = 300) -> PurchaseDays:
    """Eight gaps of 30 days on average each, the more regular the larger k."""
    random = np.random.default_rng(k)
    gaps = np.ceil(random.gamma(k, 30 / k, (customers, 8))).astype(int)
    days = pd.Timestamp("2021-01-01") + pd.to_timedelta(np.cumsum(gaps, axis=1).ravel(), unit="D")
    who = np.repeat(np.arange(customers), 8)
    return PurchaseDays.from_frame(pd.DataFrame({"customer_key": who, "order_date": days, "amount": 10.0}))


NOBODY = pd.DataFrame({"frequency": [], "recency_days": [], "T_days": [], "channel": []})


def test_random_buyers_without_a_season_hold_both():
    pace, season, drift, base = examine(buyers(1), FLAT, NOBODY)
    assert pace.holds
    assert season.holds
    assert drift.holds is None
    assert base.holds is None
    assert "at random" in pace.sentence


def test_clockwork_and_christmas_are_told_with_their_figures():
    pace, season, *_ = examine(buyers(3), XMAS, NOBODY)
    assert pace.holds is False
    assert pace.measured == pytest.approx(3, rel=0.15)
    assert "CNBD-k" in pace.sentence
    assert season.holds is False
    assert "December sells" in season.sentence
    assert "February" in season.sentence


def test_too_few_data_are_no_licence():
    pace, season, drift, base = examine(buyers(1, customers=2), FLAT.head(5), NOBODY)
    assert pace.holds is None
    assert season.holds is None
    assert "24 months" in season.sentence
    assert drift.holds is None
    assert "100 in a half-year" in drift.sentence
    assert "200 customers each" in base.sentence
