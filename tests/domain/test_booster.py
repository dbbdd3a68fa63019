"""The booster on CDNOW: what it learns from, what it never sees, whose level it keeps, and when it is offered."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import offer
from dashapp.domain.backtest import Plan, run
from dashapp.domain.backtest_results import POOLED, Backtest
from dashapp.domain.baseline import Prediction
from dashapp.domain.booster import COLUMNS, Fits, NoLesson, lessons
from dashapp.domain.holdout import Candidate, Holdout
from dashapp.domain.purchase_days import PurchaseDays
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS, HOLDOUT_END
from tests.domain.test_champion import BASE, measures
from tests.domain.test_season_level import SPAN, START, shop

pytestmark = pytest.mark.slow

FROM = date(1997, 1, 1)
NAME = "mbg_nbd+booster"


def predicted(days: PurchaseDays, cut_off: date = CALIBRATION_END, horizon: int = HOLDOUT_DAYS) -> Candidate:
    holdout = Holdout.of(1, days, cut_off, horizon)
    return holdout.candidate(NAME, holdout.spend())


@pytest.fixture(scope="module")
def days(transactions: pd.DataFrame) -> PurchaseDays:
    return PurchaseDays.from_frame(transactions)


@pytest.fixture(scope="module")
def boosted(days: PurchaseDays) -> Candidate:
    return predicted(days)


@pytest.fixture(scope="module")
def tested(days: PurchaseDays) -> Backtest:
    return run(days, FROM, HOLDOUT_END, Plan(HOLDOUT_DAYS, origins=2, models=(NAME,), replicates=50))


def test_every_lesson_ends_by_the_cut_off_and_the_same_season_a_year_back_is_one():
    for cut_off, horizon in ((date(2011, 6, 10), 182), (date(2011, 6, 10), 30), (date(2015, 1, 1), 365)):
        found, length = lessons(date(2009, 12, 1), cut_off, horizon)
        assert length == horizon
        assert all(day + timedelta(days=length) <= cut_off for day in found)
        assert cut_off - timedelta(days=365) in found
        assert list(found) == sorted(found, reverse=True)


def test_a_short_past_is_learned_from_in_shorter_lessons_or_not_at_all():
    found, length = lessons(FROM, CALIBRATION_END, HOLDOUT_DAYS)
    assert length == 90
    assert [(CALIBRATION_END - day).days for day in found] == [90, 135, 180]
    with pytest.raises(NoLesson, match="80 days of past"):
        lessons(FROM, FROM + timedelta(days=80), HOLDOUT_DAYS)


def test_no_prediction_changes_when_the_future_does(transactions: pd.DataFrame, boosted: Candidate):
    later = (transactions["order_date"] > pd.Timestamp(CALIBRATION_END)).to_numpy()
    changed = transactions.assign(amount=transactions["amount"] * np.where(later, 7.0, 1.0))
    changed = changed[~later | (np.arange(len(changed)) % 3 > 0)]
    again = predicted(PurchaseDays.from_frame(changed)).prediction
    for name in ("purchases", "value", "active"):
        assert np.array_equal(getattr(boosted.prediction, name), getattr(again, name)), name


def test_the_level_is_the_models_and_the_order_is_not(days: PurchaseDays, boosted: Candidate):
    holdout = Holdout.of(1, days, CALIBRATION_END, HOLDOUT_DAYS)
    plain = holdout.candidate("mbg_nbd", holdout.spend()).prediction
    for name in ("purchases", "value", "active"):
        one, other = getattr(boosted.prediction, name), getattr(plain, name)
        assert one.sum() == pytest.approx(other.sum(), rel=1e-9), name
        assert np.any(np.argsort(one) != np.argsort(other)), name
    assert np.all((boosted.prediction.active > 0) & (boosted.prediction.active < 1))


def test_where_a_season_is_told_the_level_is_that_of_season_days():
    days = PurchaseDays.from_frame(shop(0.6))
    holdout = Holdout.of(1, days, START + timedelta(days=SPAN - 183), 182)
    spend = holdout.spend()
    seasonal, plain = (holdout.candidate("mbg_nbd" + suffix, spend).prediction for suffix in ("+season", ""))
    found = holdout.candidate(NAME, spend).prediction
    assert found.value.sum() == pytest.approx(seasonal.value.sum(), rel=1e-9)
    assert abs(found.value.sum() / plain.value.sum() - 1) > 0.05


def test_customers_are_ranked_better_than_by_the_model_alone(tested: Backtest):
    gini = {(r.predictor, r.origin): r.value for r in tested.metrics if (r.target, r.metric) == ("value", "gini")}
    # Over both cut-offs; at the earlier one, 19 weeks into the data, it has little to learn from and is no better.
    assert gini[NAME, POOLED] > gini["mbg_nbd", POOLED] + 0.015
    assert gini[NAME, 1] >= 0.665, "the goal of science.md section 9"


def test_it_has_no_distribution_so_no_interval_and_no_weekly_course(tested: Backtest):
    for table in (tested.coverage, tested.tracking):
        assert {row.model for row in table} == {"mbg_nbd"}
    for table in (tested.deciles, tested.calibration):
        assert {row.model for row in table} == {"mbg_nbd", NAME}


def test_the_backtest_says_whether_it_is_offered(tested: Backtest):
    said = [row.note for row in tested.notes if "gradient boosting" in row.note]
    assert len(said) == 1
    assert ("may stand for champion" in said[0]) or ("is not offered" in said[0])


def test_without_earlier_cut_offs_it_is_the_plain_model_and_a_note_says_so(transactions: pd.DataFrame):
    short = transactions[transactions["order_date"] < "1997-05-01"]
    found = run(
        PurchaseDays.from_frame(short), FROM, date(1997, 4, 30), Plan(60, origins=1, models=(NAME,), replicates=2)
    )
    value = {(r.predictor, r.metric): r.value for r in found.metrics if (r.origin, r.target) == (1, "value")}
    assert value[NAME, "rmse"] == value["mbg_nbd", "rmse"]
    assert any("had no lesson" in row.note for row in found.notes)
    assert found.verdict.champion == "mbg_nbd"


def test_only_who_beats_the_model_and_both_run_rates_is_offered():
    better, same = (90.0, 8.0, 0.65), (90.0, 8.0, 0.65)
    rivals = {"mbg_nbd": BASE, "run_rate": BASE, "recent_run_rate": BASE}
    assert offer.unbeaten(measures(**rivals, **{NAME: better}), NAME, "mbg_nbd") == []
    harder = measures(**rivals | {"recent_run_rate": same}, **{NAME: better})
    assert offer.unbeaten(harder, NAME, "mbg_nbd") == ["recent_run_rate"]
    titles = {NAME: "Boosted", "mbg_nbd": "MBG/NBD", "recent_run_rate": "Run rate of the last 90 days"}
    assert offer.note(harder, NAME, "mbg_nbd", titles).endswith("it does not beat Run rate of the last 90 days.")
    assert offer.unbeaten(harder, "mbg_nbd", "mbg_nbd") == [], "a model of the shelf is judged by the rule alone"


def test_the_last_digit_of_the_model_moves_no_customer(
    days: PurchaseDays, boosted: Candidate, monkeypatch: pytest.MonkeyPatch
):
    """Another machine differs there; trees that split on it would rank customers otherwise."""
    exact, sway = Fits.predict, np.random.default_rng(1)

    def swayed(fits: Fits, rfm: pd.DataFrame, horizon_days: int) -> Prediction:
        said = exact(fits, rfm, horizon_days)
        moved = [
            figures * (1 + 1e-13 * sway.standard_normal(len(figures)))
            for figures in (said.purchases, said.value, said.active)
        ]
        return Prediction(*moved, is_probability=True)

    monkeypatch.setattr(Fits, "predict", swayed)
    assert predicted(days).prediction.value == pytest.approx(boosted.prediction.value, rel=1e-6)


def test_the_trees_read_the_features_and_the_models_own_figures(days: PurchaseDays, boosted: Candidate):
    assert boosted.boosted is not None
    assert len(boosted.boosted.booster.grid.edges) == len(COLUMNS)
    assert boosted.boosted.booster.lessons == lessons(FROM, CALIBRATION_END, HOLDOUT_DAYS)[0]
