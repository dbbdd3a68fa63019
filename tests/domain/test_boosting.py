"""Corrections by trees: they find what a prediction misses, and nothing where it misses nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from dashapp.domain.boosting import Grid, Rows, of_amount, of_probability, probability

N = 6000


def halves(rng: np.random.Generator) -> tuple[np.ndarray, Grid]:
    features = rng.uniform(size=(2 * N, 3))
    return features, Grid.of(features)


def split(steps: np.ndarray, offset: np.ndarray, outcome: np.ndarray) -> tuple[Rows, Rows]:
    parts = (slice(0, N), slice(N, None))
    learn, judge = (Rows(steps[part], offset[part], outcome[part]) for part in parts)
    return learn, judge


def test_what_is_added_to_the_logit_is_what_the_prediction_missed():
    rng = np.random.default_rng(1)
    features, grid = halves(rng)
    offset = rng.uniform(0.05, 0.95, 2 * N)
    missed = np.where(features[:, 0] > 0.5, 1.0, -1.0)
    outcome = (rng.uniform(size=2 * N) < expit(logit(offset) + missed)).astype(float)
    found = of_probability(*split(grid.steps(features), offset, outcome))(grid.steps(features))
    # The offset is independent of what was missed; without it the trees would have to be steeper for sure customers.
    assert [found[missed == side].mean() for side in (1.0, -1.0)] == pytest.approx([1.0, -1.0], abs=0.12)
    assert found[missed > 0].std() < 0.25


def test_what_is_added_to_the_logarithm_of_an_amount_is_what_the_prediction_missed():
    rng = np.random.default_rng(2)
    features, grid = halves(rng)
    offset = rng.lognormal(3.0, 1.0, 2 * N)
    missed = np.where(features[:, 1] > 0.3, 0.5, -0.5)
    outcome = offset * np.exp(missed) * rng.gamma(2.0, 0.5, 2 * N)
    found = of_amount(*split(grid.steps(features), offset, outcome))(grid.steps(features))
    assert [found[missed == side].mean() for side in (0.5, -0.5)] == pytest.approx([0.5, -0.5], abs=0.06)


def test_where_nothing_was_missed_nothing_is_corrected():
    rng = np.random.default_rng(3)
    features, grid = halves(rng)
    steps, offset = grid.steps(features), rng.uniform(0.05, 0.95, 2 * N)
    outcome = (rng.uniform(size=2 * N) < offset).astype(float)
    assert np.abs(of_probability(*split(steps, offset, outcome))(steps)).max() < 0.15
    paid = 30.0 * offset * rng.gamma(2.0, 0.5, 2 * N)
    assert np.abs(of_amount(*split(steps, 30.0 * offset, paid))(steps)).max() < 0.15


def test_the_examples_set_apart_decide_and_not_those_learned_from():
    rng = np.random.default_rng(4)
    features, grid = halves(rng)
    steps, offset = grid.steps(features), np.full(2 * N, 0.5)
    missed = np.where(np.arange(2 * N) < N, 1.0, -1.0) * np.where(features[:, 0] > 0.5, 1.0, -1.0)
    outcome = (rng.uniform(size=2 * N) < expit(missed)).astype(float)
    assert np.abs(of_probability(*split(steps, offset, outcome))(steps)).max() == 0.0


def test_probabilities_are_moved_together_to_the_total_that_is_asked():
    offset, correction = np.array([0.0, 0.2, 0.5, 1.0]), np.array([0.0, 1.0, -1.0, 0.0])
    moved = probability(offset, correction, 2.5)
    assert moved.sum() == pytest.approx(2.5)
    assert logit(moved[2]) - logit(moved[1]) == pytest.approx(-1.0 - (logit(0.2) + 1.0))
    assert probability(offset[1:3], np.zeros(2), 0.7) == pytest.approx(offset[1:3])


def test_steps_keep_the_order_of_a_feature_and_are_few():
    values = np.random.default_rng(5).lognormal(size=(1000, 1))
    steps = Grid.of(values).steps(values)[:, 0]
    order = np.argsort(values[:, 0])
    assert np.all(np.diff(steps[order]) >= 0)
    assert 60 <= len(np.unique(steps)) <= 63
