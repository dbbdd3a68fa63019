"""Newcomers are compared like with like: same weeks of life, same season, nobody who may be an old customer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.drift import drift
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.errors import NotEnoughData

START = date(2022, 1, 1)


def shop(days: int, repeat: float, late_repeat: float, late_value: float = 1.0, seed: int = 4) -> PurchaseDays:
    """Five customers a day; those of the last 270 days return at `late_repeat` and pay `late_value` times as much."""
    random = np.random.default_rng(seed)
    joined = np.repeat(np.arange(days), 5)
    late = joined >= days - 270
    money = random.gamma(4.0, 10.0, len(joined)) * np.where(late, late_value, 1.0)
    back = random.random(len(joined)) < np.where(late, late_repeat, repeat)
    again = joined + random.integers(1, 80, len(joined))
    seen = back & (again < days)
    who = np.arange(len(joined))
    return PurchaseDays.from_frame(
        pd.DataFrame({
            "customer_key": np.concatenate([who, who[seen]]),
            "order_date": pd.Timestamp(START) + pd.to_timedelta(np.concatenate([joined, again[seen]]), unit="D"),
            "amount": np.concatenate([money, money[seen]]),
        })
    )  # fmt: skip


def test_a_steady_shop_does_not_drift_in_19_of_20_worlds():
    verdicts = [drift(shop(900, 0.3, 0.3, seed=seed)).drifts for seed in range(20)]
    assert sum(verdicts) <= 1


def test_a_lower_return_and_a_smaller_first_purchase_are_found_with_their_size():
    found = drift(shop(900, 0.40, 0.25, late_value=0.7))
    assert found.same_season
    assert found.share_drifts
    assert found.value_drifts
    assert found.share - found.share_before == pytest.approx(-0.15, abs=0.05)
    assert found.share_change[0] < -0.15 < found.share_change[1]
    assert found.value_change[0] == pytest.approx(-0.3, abs=0.05)


def test_the_interval_is_newcombes():
    """Newcombe 1998, table II, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339."""
    joined = np.concatenate([np.full(70, 650), np.full(80, 650 - 365)])
    back = np.concatenate([np.arange(70) < 56, np.arange(80) < 48])
    filler = np.concatenate([[0], [820]])
    who = np.arange(150)
    days = PurchaseDays.from_frame(
        pd.DataFrame({
            "customer_key": np.concatenate([who, who[back], [900, 900]]),
            "order_date": pd.Timestamp(START)
            + pd.to_timedelta(np.concatenate([joined, joined[back] + 9, filler]), unit="D"),
            "amount": 10.0,
        })
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashapp.domain.drift.LEAST_CUSTOMERS", 50)
        found = drift(days)
    assert found.share_change == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_without_a_year_the_comparison_is_with_all_before_and_the_first_days_are_left_out():
    found = drift(shop(450, 0.3, 0.3))
    assert not found.same_season
    assert found.before == 5 * 90


def test_a_short_history_is_refused_with_the_counts():
    with pytest.raises(NotEnoughData, match="from 100 in a half-year"):
        drift(shop(200, 0.3, 0.3))
