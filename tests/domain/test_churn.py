"""Churn at a horizon: published quality on CDNOW, sums by hand, and nothing of the future before the cut-off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import churn
from dashapp.domain.churn import Question
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.errors import InputError, NotEnoughData
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS, HOLDOUT_END

FIRST = date(1997, 1, 1)


@pytest.fixture(scope="module")
def sample(transactions: pd.DataFrame) -> PurchaseDays:
    return PurchaseDays.from_frame(transactions)


def check(days: PurchaseDays, model: str = "mbg_nbd", **asked: Any) -> churn.Check:
    return churn.check(days, CALIBRATION_END, FIRST, model, Question(**{"horizon_days": HOLDOUT_DAYS} | asked))


def test_the_rate_counts_and_the_expected_number_sums():
    people = pd.DataFrame({
        "p_lost": [0.9, 0.6, 0.5, 0.2], "lapsed": [True, False, False, False], "segment": ["a", "a", "b", "b"],
    })  # fmt: skip
    whole = churn.rates(people, 0.5).iloc[0]
    assert (whole["churners"], whole["churn_rate"], whole["lapsed_share"]) == (2, 0.5, 0.25)
    assert whole["expected_lost"] == pytest.approx(2.2)
    parts = churn.rates(people, 0.5, "segment").set_index("name")
    assert parts["churn_rate"].to_dict() == {"a": 1.0, "b": 0.0}
    assert parts["expected_lost"].to_dict() == pytest.approx({"a": 1.5, "b": 0.7})


@pytest.mark.slow
@pytest.mark.parametrize(("model", "auc", "brier"), [("mbg_nbd", 0.755, 0.166), ("bg_nbd", 0.747, 0.165)])
def test_cdnow_is_ranked_as_well_as_an_independent_implementation_measured(
    cdnow_purchases: pd.DataFrame, model: str, auc: float, brier: float
) -> None:
    """science.md section 6."""
    found = check(PurchaseDays.from_frame(cdnow_purchases), model)
    assert (round(found.metrics["auc"], 3), round(found.metrics["brier"], 3)) == (auc, brier)
    assert found.lost / found.customers == pytest.approx(1 - 0.299, abs=0.001)


def test_the_look_back_agrees_with_counting_by_hand(sample: PurchaseDays, transactions: pd.DataFrame) -> None:
    found = check(sample)
    end = pd.Timestamp(CALIBRATION_END)
    known = set(transactions.loc[transactions["order_date"] <= end, "customer_key"])
    after = set(transactions.loc[transactions["order_date"] > end, "customer_key"])
    assert (found.customers, found.lost) == (len(known), len(known - after))
    weights = found.bins["customers"] / found.customers
    assert (found.bins["actual"] * weights).sum() == pytest.approx(1 - found.lost / found.customers)
    assert (found.bins["predicted"] * weights).sum() == pytest.approx(1 - found.expected_lost / found.customers)
    assert found.churners.lost <= found.churners.customers < found.customers


def test_a_higher_threshold_calls_fewer_and_is_right_more_often(sample: PurchaseDays) -> None:
    low, high = check(sample, threshold=0.5), check(sample, threshold=0.8)
    assert 0 < high.churners.customers < low.churners.customers
    assert high.churners.lost / high.churners.customers > low.churners.lost / low.churners.customers
    assert high.lapsed == low.lapsed


def test_what_came_after_the_cut_off_does_not_reach_the_prediction(sample: PurchaseDays) -> None:
    known = sample.day <= (CALIBRATION_END - date(1970, 1, 1)).days
    blind = PurchaseDays(
        sample.keys, sample.customer[known], sample.day[known], sample.amount[known], sample.is_purchase[known]
    )
    seen, unseen = check(sample), check(blind)
    assert unseen.expected_lost == pytest.approx(seen.expected_lost, rel=1e-12)
    assert unseen.churners.customers == seen.churners.customers
    assert unseen.lapsed.customers == seen.lapsed.customers


def test_where_nobody_came_back_there_is_no_ranking_to_judge(sample: PurchaseDays) -> None:
    found = churn.check(sample, HOLDOUT_END, FIRST, "mbg_nbd", Question(30))
    assert found.lost == found.customers
    assert np.isnan(found.metrics["auc"])
    assert found.metrics["brier_constant"] == 0


def test_a_horizon_beyond_half_of_the_data_says_how_far_one_can_look():
    until = FIRST + timedelta(days=199)
    assert churn.cut_off(FIRST, until, 100) == until - timedelta(days=100)
    with pytest.raises(NotEnoughData) as caught:
        churn.cut_off(FIRST, until, 101)
    assert "span 200 days" in caught.value.message
    assert "at least 202 days" in caught.value.message
    assert caught.value.hint.startswith("Choose 100 days or fewer")


@pytest.mark.parametrize(("days", "threshold"), [(0, 0.5), (4000, 0.5), (90, 0.0), (90, 1.0)])
def test_a_question_without_an_answer_is_refused(days: int, threshold: float) -> None:
    with pytest.raises(InputError):
        Question(days, threshold)
