"""Intervals corrected on an earlier window keep their promise on the next one."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.conformal import Correction, Moves

LEVEL = 0.80


def window(seed: int, n: int = 6000):
    """Predictions, intervals that are far too narrow, and what came: skewed, with a third at nothing.

    Small predictions have intervals from zero.
    """
    random = np.random.default_rng(seed)
    predicted = random.lognormal(3.0, 1.0, n)
    nothing = (predicted < 20.0) & (random.random(n) < 2 / 3)
    actual = predicted * random.gamma(2.0, 0.7, n) * ~nothing
    return predicted, np.where(predicted < 20.0, 0.0, predicted * 0.9), predicted * 1.1, actual


def outside(low, high, actual, kind=slice(None)) -> tuple[float, float]:
    return float(np.mean((actual < low)[kind])), float(np.mean((actual > high)[kind]))


@pytest.mark.parametrize("level", [0.80, 0.90])
def test_what_was_learned_keeps_the_promise_on_customers_it_never_saw(level):
    correction = Correction.learn(*window(1), level)
    predicted, low, high, actual = window(2)
    assert sum(outside(low, high, actual)) > 0.4
    bounds = correction.apply(predicted, low, high)
    assert sum(outside(*bounds, actual)) == pytest.approx(1 - level, abs=0.015)
    assert outside(*bounds, actual, predicted < 20.0) == pytest.approx((0.0, 1 - level), abs=0.02)
    assert outside(*bounds, actual, predicted > 20.0) == pytest.approx(((1 - level) / 2,) * 2, abs=0.02)


def test_intervals_that_are_too_wide_are_drawn_in():
    predicted, low, _, actual = window(1)
    correction = Correction.learn(predicted, low, predicted * 50, actual, LEVEL)
    predicted, low, _, actual = window(2)
    bounds = correction.apply(predicted, low, predicted * 50)
    assert np.all(bounds[1] < predicted * 50)
    assert sum(outside(*bounds, actual)) == pytest.approx(1 - LEVEL, abs=0.015)


def test_each_size_of_prediction_has_its_own_correction():
    predicted, low, high, actual = window(3)
    actual = np.where(predicted > np.median(predicted[predicted > 20.0]), actual, predicted)
    learned = Correction.learn(predicted, low, high, actual, LEVEL).from_above
    assert max(learned.above[:2]) < 0 < min(learned.above[2:])


def test_bounds_stay_in_order_and_above_zero():
    correction = Correction(LEVEL, Moves((), (0.0,), (-5.0,)), Moves((), (-5.0,), (-5.0,)), 100)
    low, high = correction.apply([4.0, 9.0, 2.0], [1.0, 1.0, 0.0], [4.0, 100.0, 3.0])
    assert np.all((low >= 0) & (low <= high))


def test_another_currency_gives_the_same_intervals_in_it():
    predicted, low, high, actual = window(4)
    plain = Correction.learn(predicted, low, high, actual, LEVEL).apply(predicted, low, high)
    hundredfold = Correction.learn(100 * predicted, 100 * low, 100 * high, 100 * actual, LEVEL)
    assert np.allclose(hundredfold.apply(100 * predicted, 100 * low, 100 * high), 100 * np.array(plain))


def test_too_few_customers_teach_nothing():
    few = Correction.learn([1.0] * 49, [0.5] * 49, [2.0] * 49, [9.0] * 49, LEVEL)
    assert few.apply([1.0], [0.5], [2.0]) == (pytest.approx([0.5]), pytest.approx([2.0]))
    assert len(Correction.learn([1.0] * 100, [0.5] * 100, [2.0] * 100, [1.0] * 100, LEVEL).from_above.above) == 2


def test_json_brings_the_same_correction_back():
    correction = Correction.learn(*window(5), LEVEL)
    assert Correction.from_json(correction.to_json()) == correction
