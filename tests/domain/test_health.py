"""The health score: what it learns, what it leaves to the purchase model, and that it can be stored."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain import health
from dashapp.domain.health import ALONE, Evening, HealthModel, level_to, train
from dashapp.domain.health_terms import TERMS
from dashapp.domain.logistic import expit, log_loss

TRUTH = np.array([0.0, -0.5, 0.4, 0.0, 0.0, 0.0, 0.3])


def evening(seed: int, n: int = 6000, weights: np.ndarray = TRUTH, season: float = 0.0) -> Evening:
    """Customers whose log-odds are the model's plus weights x terms plus a season."""
    random = np.random.default_rng(seed)
    terms = random.normal(size=(n, len(TERMS)))
    odds = terms[:, 0] - 0.5
    bought = random.random(n) < expit(odds + terms @ weights + season)
    return Evening(terms, odds, bought.astype(float))


PAST = [evening(1, season=0.9), evening(2, season=-0.7), evening(3)]


def test_what_the_purchase_model_misses_is_learnt_and_the_season_is_not():
    model = train(PAST)
    now = evening(4)
    odds = model.log_odds(now.terms, now.log_odds)
    assert np.array(model.weights) / model.scales == pytest.approx(TRUTH, abs=0.06)
    assert log_loss(odds, now.outcome) < log_loss(now.log_odds, now.outcome) - 0.02
    assert expit(odds).mean() == pytest.approx(expit(now.log_odds).mean(), abs=1e-9)


def test_without_evidence_the_score_is_the_models_probability():
    now = evening(5)
    assert HealthModel.plain().log_odds(now.terms, now.log_odds) is now.log_odds
    model = train([evening(seed, weights=np.zeros(len(TERMS))) for seed in (6, 7, 8)])
    assert expit(model.log_odds(now.terms, now.log_odds)) == pytest.approx(expit(now.log_odds), abs=0.03)


def test_weights_that_change_from_cut_off_to_cut_off_are_held_back():
    wild = [evening(seed, weights=TRUTH * sign) for seed, sign in ((1, 2.0), (2, -2.0), (3, 0.1))]
    assert train(wild).ridge > train(PAST).ridge
    assert train(PAST[:1]).ridge == ALONE


def test_the_ridge_is_the_strongest_within_one_standard_error_of_the_best(monkeypatch: pytest.MonkeyPatch):
    losses = {
        1e-3: (0.500, 0.600, 0.700), 1e-2: (0.499, 0.601, 0.699), 1e-1: (0.52, 0.60, 0.69), 1.0: (0.55, 0.65, 0.75),
    }  # fmt: skip
    monkeypatch.setattr(health, "_left_out", lambda _evenings, number, _use, ridge: losses[ridge][number])
    assert train(PAST).ridge == 1e-1


def test_a_term_that_is_the_same_for_everybody_or_left_out_has_no_weight():
    flat = [Evening(np.where(np.arange(7) == 4, 1.0, part.terms), part.log_odds, part.outcome) for part in PAST]
    model = train(flat, [name for name in TERMS if name != "money"])
    assert (model.weights[4], model.weights[6]) == (0.0, 0.0)
    assert model.weights[1] < -0.3


def test_a_model_survives_json():
    model = train(PAST)
    assert HealthModel.from_json(model.to_json()) == model


@pytest.mark.parametrize("mean", [1e-6, 0.3, 1 - 1e-6])
def test_a_level_reaches_any_mean(mean: float):
    odds = np.array([-35.0, -20.0, 0.0, 3.0, 35.0])
    assert expit(level_to(odds, mean)).mean() == pytest.approx(mean, abs=1e-9)
