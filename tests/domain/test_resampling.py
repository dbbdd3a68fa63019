"""The bootstrap of averages against the plain one that draws customers and computes every metric anew."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain import evaluation as ev
from dashapp.domain import resampling
from dashapp.domain.evaluation import Pair
from dashapp.domain.resampling import Resampling, interval
from tests.domain.test_evaluation import sample

N = 600
PREDICTED, ACTUAL = sample(N)
RIVAL = np.random.default_rng(2).permutation(PREDICTED) * 0.5 + 0.5 * PREDICTED
METRICS = {**ev.AMOUNTS, "auc": ev.auc}


def pair(name: str, predicted: np.ndarray, actual: np.ndarray) -> Pair:
    return Pair.of(predicted, (actual > 0).astype(float) if name == "auc" else actual)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.slow
def test_metric_and_difference_vary_as_if_customers_were_drawn_anew(name: str):
    rng = np.random.default_rng(9)
    metric, draws = METRICS[name], []
    for _ in range(500):
        rows = rng.integers(0, N, N)
        draws.append([metric(pair(name, values[rows], ACTUAL[rows])).value for values in (PREDICTED, RIVAL)])
    naive = np.array(draws)
    resample = Resampling(N, seed=4, replicates=2000)
    ours = np.stack(
        [resample.of(metric(pair(name, values, ACTUAL)), np.arange(N)) for values in (PREDICTED, RIVAL)], axis=1
    )
    # 500 draws know a standard deviation to 3 %; the top decile's edge is smoothed.
    allowed = 0.25 if name == "top_decile_capture" else 0.12
    assert ours.std(axis=0) == pytest.approx(naive.std(axis=0), rel=allowed)
    assert np.diff(ours).std() == pytest.approx(np.diff(naive).std(), rel=allowed)


@pytest.mark.slow
def test_groups_of_customers_vary_like_customers(monkeypatch: pytest.MonkeyPatch):
    predicted, actual = sample(20_000, seed=8)
    statistic = ev.gini(Pair.of(predicted, actual))
    rows = np.arange(20_000)
    by_group = Resampling(20_000, seed=1, replicates=1000).of(statistic, rows)
    monkeypatch.setattr(resampling, "GROUPS", 20_000)
    by_customer = Resampling(20_000, seed=1, replicates=1000).of(statistic, rows)
    assert by_group.std() == pytest.approx(by_customer.std(), rel=0.1)


def test_a_customer_weighs_the_same_at_every_origin():
    resample = Resampling(50, seed=3, replicates=20)
    values = np.arange(50.0)
    all_of_them = resample.of(ev.mae(Pair.of(values, np.zeros(50))), np.arange(50))
    only_one = [resample.of(ev.mae(Pair.of([7.0], [0.0])), np.array([row])) for row in (3, 4)]
    assert np.isnan(only_one[0]).any()  # nobody was drawn
    assert not np.array_equal(np.isnan(only_one[0]), np.isnan(only_one[1]))
    shuffled = np.random.default_rng(0).permutation(50)
    again = resample.of(ev.mae(Pair.of(values[shuffled], np.zeros(50))), shuffled)
    assert again == pytest.approx(all_of_them)


def test_the_interval_is_centred_on_the_figure():
    low, high = interval(0.0, np.random.default_rng(1).normal(5.0, 1.0, 5000))
    assert (low, high) == pytest.approx((-1.96, 1.96), abs=0.1)
