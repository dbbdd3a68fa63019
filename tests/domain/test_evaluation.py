"""Metrics against their definitions, worked out by brute force or by somebody else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashapp.domain import evaluation as ev
from dashapp.domain.evaluation import Pair


def sample(n: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Predictions with ties, actuals with many zeros and a long tail."""
    rng = np.random.default_rng(seed)
    actual = np.round(rng.poisson(0.8, n) * rng.gamma(1.0, 20.0, n))
    return np.round(0.4 * actual + rng.gamma(1.0, 6.0, n)), actual


PREDICTED, ACTUAL = sample(300)
PAIR = Pair.of(PREDICTED, ACTUAL)
BUYERS = Pair.of(PREDICTED, (ACTUAL > 0).astype(float))


def test_averages_and_ratios_are_their_definitions():
    error = PREDICTED - ACTUAL
    assert ev.bias_pct(PAIR).value == pytest.approx(100 * error.sum() / ACTUAL.sum())
    assert ev.abs_bias_pct(PAIR).value == pytest.approx(abs(100 * error.sum() / ACTUAL.sum()))
    assert ev.mae(PAIR).value == pytest.approx(np.abs(error).mean())
    assert ev.rmse(PAIR).value == pytest.approx(np.sqrt((error**2).mean()))
    assert ev.wape(PAIR).value == pytest.approx(np.abs(error).sum() / ACTUAL.sum())


def test_spearman_is_scipys_with_ties():
    assert ev.spearman(PAIR).value == pytest.approx(stats.spearmanr(PREDICTED, ACTUAL).statistic, rel=1e-12)


def test_auc_is_the_share_of_pairs_in_the_right_order():
    buyers, others = PREDICTED[ACTUAL > 0], PREDICTED[ACTUAL == 0]
    won = (buyers[:, None] > others).mean() + 0.5 * (buyers[:, None] == others).mean()
    assert ev.auc(BUYERS).value == pytest.approx(won, rel=1e-12)


def area(predicted: np.ndarray, actual: np.ndarray, rng: np.random.Generator) -> float:
    """Area between the diagonal and the curve of the actual total, best prediction first, tied customers shuffled."""
    order = np.lexsort((rng.random(len(actual)), -predicted))
    curve = np.append(0.0, np.cumsum(actual[order]) / actual.sum())
    return float(np.trapezoid(curve, dx=1.0 / len(actual)) - 0.5)


def test_gini_is_the_area_under_the_curve_averaged_over_orders_of_ties():
    rng = np.random.default_rng(1)
    drawn = [area(PREDICTED, ACTUAL, rng) for _ in range(4000)]
    perfect = area(ACTUAL, ACTUAL, rng)
    assert ev.gini(PAIR).value == pytest.approx(np.mean(drawn) / perfect, abs=4 * np.std(drawn) / 63 / perfect)
    assert ev.gini(Pair.of(ACTUAL, ACTUAL)).value == pytest.approx(1.0)
    assert ev.gini(Pair.of(-ACTUAL, ACTUAL)).value == pytest.approx(-1.0)
    assert ev.gini(Pair.of(np.ones(300), ACTUAL)).value == pytest.approx(0.0, abs=1e-12)


def test_the_top_tenth_is_a_tenth_even_where_its_edge_is_tied():
    predicted = np.array([9.0] + [5.0] * 4 + [1.0] * 15)  # 2 of 20: one alone, and a quarter of the four
    actual = np.arange(20.0)
    assert ev.top_decile_capture(Pair.of(predicted, actual)).value == pytest.approx((0 + 10 / 4) / actual.sum())
    best = np.sort(ACTUAL)[-30:].sum() / ACTUAL.sum()
    assert ev.top_decile_capture(Pair.of(ACTUAL, ACTUAL)).value == pytest.approx(best)


def test_probabilities_are_scored_by_brier_and_by_deciles():
    p = np.repeat(np.linspace(0.05, 0.95, 10), 40)
    hits = np.tile(np.arange(40), 10) < np.repeat(np.arange(2, 40, 4), 40)  # exactly p of each block
    exact = Pair.of(p, hits.astype(float))
    assert ev.ece(exact).value == pytest.approx(0.0, abs=1e-12)
    assert ev.brier(exact).value == pytest.approx(np.mean(p * (1 - p)))
    assert ev.ece(Pair.of(p * 0.5, hits.astype(float))).value == pytest.approx(0.25)
    bands = ev.reliability(exact)
    assert bands["actual"].to_numpy() == pytest.approx(bands["predicted"].to_numpy())
    assert bands["customers"].sum() == 400


def test_deciles_hold_everybody_once_and_equal_predictions_together():
    table = ev.deciles(PAIR)
    assert table["customers"].sum() == 300
    assert (table["customers"] * table["actual"]).sum() == pytest.approx(ACTUAL.sum())
    assert table["predicted"].is_monotonic_increasing
    assert (table["decile"].min(), table["decile"].max()) == (1, 10)
    one_value = ev.deciles(Pair.of(np.ones(50), np.ones(50)))
    assert one_value["customers"].to_list() == [50]


def test_frequencies_of_seven_and_more_are_one_class():
    table = ev.calibration([0, 0, 7, 9, 40], Pair.of([1, 3, 5, 5, 8], [0, 2, 6, 6, 6]))
    assert table.to_numpy().tolist() == [[0, 2, 2.0, 1.0], [7, 3, 6.0, 6.0]]


def test_coverage_counts_who_lies_between_the_bounds():
    predicted, actual = np.arange(20.0), np.full(20, 5.0)
    low, high = np.where(predicted < 10, 0.0, 6.0), np.where(predicted < 10, 5.0, 8.0)
    table = ev.coverage(low, high, Pair.of(predicted, actual)).set_index("decile")
    assert table.loc[0].to_list() == [20, 3.5, 0.5]
    assert table.loc[[1, 10], "covered"].to_list() == [1.0, 0.0]


def test_what_has_no_value_is_no_number():
    nothing = Pair.of(np.ones(4), np.zeros(4))
    values = [metric(nothing).value for metric in (ev.bias_pct, ev.wape, ev.gini, ev.auc, ev.spearman)]
    assert not np.isfinite(values).any()
