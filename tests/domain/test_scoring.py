from __future__ import annotations

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest

from dashapp.domain import scoring, shelf
from dashapp.domain.rfm import summarise
from dashapp.domain.scoring import SCORE_COLUMNS, Assumptions, Fits, score
from dashapp.errors import InputError, NotConverged, NotEnoughData
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS

MONEY = ["expected_order_value", "clv", "clv_low", "clv_high", "value_at_risk"]


@pytest.fixture(scope="module")
def scores(cdnow):
    return score(cdnow, Assumptions())


def test_every_customer_is_scored_in_the_order_given(scores, cdnow):
    assert tuple(scores.frame.columns) == SCORE_COLUMNS
    assert scores.frame["customer_key"].to_list() == cdnow["customer_key"].to_list()
    assert not scores.frame.isna().any(axis=None)
    assert scores.notes == ()
    assert (scores.purchases.model, scores.spend.model) == ("mbg_nbd", "gamma_gamma")


def test_value_is_discounted_purchases_times_order_value(scores, cdnow):
    undiscounted = score(cdnow, Assumptions(annual_discount_rate=0.0)).frame
    assert undiscounted["clv"].to_numpy() == pytest.approx(
        (undiscounted["expected_purchases"] * undiscounted["expected_order_value"]).to_numpy()
    )
    share = scores.frame["clv"] / undiscounted["clv"]
    assert np.all((share > 1 / 1.10) & (share < 1))


def test_value_at_risk_is_what_a_customer_brings_if_active_times_the_chance_of_silence(scores):
    frame = scores.frame
    expected = (1 - frame["p_active"]) * frame["clv"] / frame["p_active"]
    assert frame["value_at_risk"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


def test_the_total_of_the_holdout_is_within_a_quarter(cdnow, transactions):
    """science.md section 5 knows the model family to be 15-22 % low here."""
    later = transactions[transactions["order_date"] > np.datetime64(CALIBRATION_END)]
    actual = later[later["customer_key"].isin(cdnow["customer_key"])]["amount"].sum()
    frame = score(cdnow, Assumptions("bg_nbd", HOLDOUT_DAYS, 0.0)).frame
    assert 0.75 < frame["clv"].sum() / actual < 1.0


def test_the_interval_covers_what_customers_spent(cdnow, transactions):
    later = transactions[transactions["order_date"] > np.datetime64(CALIBRATION_END)]
    spent = later.groupby("customer_key")["amount"].sum().reindex(cdnow["customer_key"]).fillna(0).to_numpy()
    frame = score(cdnow, Assumptions("mbg_nbd", HOLDOUT_DAYS, 0.0)).frame
    inside = (spent >= frame["clv_low"]) & (spent <= frame["clv_high"])
    repeaters = cdnow["frequency"].to_numpy() > 0
    assert 0.77 < inside.mean() < 0.83
    assert 0.74 < inside[repeaters].mean() < 0.83  # what the backtest's correction is for


@pytest.mark.parametrize("factor", [0.01, 7.0, 1e5])
def test_another_currency_scales_every_money_column(scores, cdnow, factor):
    scaled = score(cdnow.assign(monetary_value=cdnow["monetary_value"] * factor), Assumptions()).frame
    assert scaled[MONEY].to_numpy() == pytest.approx(scores.frame[MONEY].to_numpy() * factor, rel=1e-6)
    pdt.assert_frame_equal(scaled.drop(columns=MONEY), scores.frame.drop(columns=MONEY))


def test_the_margin_scales_value_but_not_the_order_value(scores, cdnow):
    frame = score(cdnow, Assumptions(gross_margin=0.4)).frame
    for name in ("clv", "clv_low", "clv_high", "value_at_risk"):
        assert frame[name].to_numpy() == pytest.approx(0.4 * scores.frame[name].to_numpy(), rel=1e-12)
    assert frame["expected_order_value"].equals(scores.frame["expected_order_value"])


def test_a_longer_horizon_never_lowers_value(scores, cdnow):
    longer = score(cdnow, Assumptions(horizon_days=400)).frame
    for name in ("p_active", "expected_purchases", "clv", "clv_high"):
        assert np.all(longer[name] >= scores.frame[name] * (1 - 1e-3)), name


def test_what_happens_after_the_cut_off_changes_no_score(scores, transactions):
    future = transactions.tail(50).assign(order_date=pd.Timestamp("1999-01-01"), amount=1e6)
    summary = summarise(pd.concat([transactions, future]), CALIBRATION_END)
    pdt.assert_frame_equal(score(summary, Assumptions()).frame, scores.frame)


def test_customers_without_a_repeat_purchase_get_the_population_mean(scores, cdnow):
    once = scores.frame[cdnow["frequency"].to_numpy() == 0]
    assert once["expected_order_value"].to_numpy() == pytest.approx(scores.spend.population_mean)


def test_a_part_scored_with_the_fit_of_all_gets_the_scores_of_all(scores, cdnow):
    some = cdnow.iloc[5:9]
    part = score(some, Assumptions(), fitted=Fits(scores.purchases, scores.spend)).frame
    expected = scores.frame.iloc[5:9].reset_index(drop=True)
    pdt.assert_frame_equal(part, expected, rtol=2e-3)  # the table behind the interval starts at other values of T
    exact = [name for name in SCORE_COLUMNS if name not in ("clv_low", "clv_high")]
    pdt.assert_frame_equal(part[exact], expected[exact], rtol=1e-12)


def test_nobody_is_scored_without_complaint(scores, cdnow):
    nobody = score(cdnow.head(0), Assumptions(), fitted=Fits(scores.purchases, scores.spend)).frame
    assert nobody.empty
    assert tuple(nobody.columns) == SCORE_COLUMNS


def test_the_input_is_left_alone(cdnow):
    before = cdnow.copy(deep=True)
    score(cdnow, Assumptions())
    pdt.assert_frame_equal(cdnow, before)


def test_progress_only_grows_and_ends_at_one(cdnow):
    seen = []
    score(cdnow, Assumptions(), progress=lambda fraction, message: seen.append((fraction, message)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(message for _, message in seen)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"horizon_days": 0}, "horizon"),
        ({"horizon_days": 3651}, "horizon"),
        ({"horizon_days": 1.5}, "horizon"),
        ({"horizon_days": float("nan")}, "horizon"),
        ({"annual_discount_rate": -0.01}, "discount rate"),
        ({"annual_discount_rate": float("inf")}, "discount rate"),
        ({"gross_margin": 0.0}, "gross margin"),
        ({"gross_margin": 1.01}, "gross margin"),
        ({"gross_margin": "0.4"}, "gross margin"),
        ({"model": "crystal_ball"}, "crystal_ball"),
        ({"model": "gamma_gamma"}, "no purchase model"),
    ],
)
def test_assumptions_that_make_no_sense_are_refused_with_a_hint(wrong, says):
    with pytest.raises(InputError, match=says) as refused:
        Assumptions(**wrong)
    assert refused.value.hint


def test_too_few_customers_are_refused(cdnow):
    with pytest.raises(NotEnoughData):
        score(cdnow.head(10), Assumptions())


def test_a_model_without_an_optimum_gives_way_to_the_default_and_says_so(cdnow, monkeypatch, scores):
    def fail(self, rfm, weights=None):
        raise NotConverged("nothing found")

    monkeypatch.setattr(type(shelf.purchase_models()["bg_nbd"]), "fit", fail)
    fallen = score(cdnow, Assumptions("bg_nbd"))
    assert fallen.purchases.model == "mbg_nbd"
    assert fallen.purchases.status == "fallback"
    assert fallen.notes == ("BG/NBD found no optimum; MBG/NBD is used.",)
    pdt.assert_frame_equal(fallen.frame, scores.frame)


def test_spend_that_follows_frequency_is_reported(cdnow):
    rising = cdnow.assign(monetary_value=cdnow["monetary_value"] * (1 + cdnow["frequency"]))
    notes = scoring.score(rising, Assumptions()).notes
    assert any("correlated" in note for note in notes)
