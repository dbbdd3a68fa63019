from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.concordance import concordance, count_below


def pair_by_pair(times, ended, score, stratum):
    right, pairs = 0.0, 0
    for i in np.flatnonzero(ended):
        for j in range(len(times)):
            waits = times[j] > times[i] or (times[j] == times[i] and not ended[j])
            if stratum[i] == stratum[j] and waits:
                right += 1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0
                pairs += 1
    return right / pairs


@pytest.mark.parametrize("seed", range(10))
def test_it_is_the_share_of_pairs_with_ties_of_every_kind(seed):
    rng = np.random.default_rng(seed)
    times, ended = rng.integers(0, 12, 80).astype(float), rng.random(80) < 0.6
    score, stratum = rng.integers(-4, 5, 80) / 3, rng.integers(0, 2, 80)
    assert concordance(times, ended, score, stratum) == pytest.approx(
        pair_by_pair(times, ended, score, stratum), rel=1e-12
    )


def test_counts_of_a_prefix_are_counts():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 37, 100)
    length, limit = rng.integers(0, 101, 50), rng.integers(0, 40, 50)
    expected = [(values[:n] < most).sum() for n, most in zip(length, limit, strict=True)]
    assert count_below(values, length, limit).tolist() == expected


def test_without_a_pair_that_tells_there_is_no_share():
    assert np.isnan(concordance(np.array([3.0, 3.0]), np.array([True, True]), np.array([1.0, 2.0]), np.zeros(2, int)))
