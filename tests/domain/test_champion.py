"""Who wins and what is said: figures are made up so that the right answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.champion import Measure, Measures, better, choose, difference, mean_ranks, sentence

TITLES = {"mbg_nbd": "MBG/NBD", "bg_nbd": "BG/NBD", "last_period": "Last period repeated", "run_rate": "Run rate"}
RNG = np.random.default_rng(0)
SHARED = RNG.normal(size=(1, 500))


def measures(noise: float = 0.01, origins: int = 3, **by_name: tuple[float, float, float]) -> Measures:
    """(RMSE, total error, Gini) per predictor, the same at every origin, with noise of its own in the replicates."""
    found = {}
    for name, values in by_name.items():
        for metric, value in zip(("rmse", "abs_bias_pct", "gini"), values, strict=True):
            draws = value * (1.0 + 0.3 * SHARED + noise * RNG.normal(size=(origins, 500)))
            found[name, "value", metric] = Measure(np.full(origins, value), draws)
    return found


BASE = (100.0, 10.0, 0.60)


@pytest.mark.parametrize(
    ("rival", "noise", "origins", "winner"),
    [
        pytest.param((90.0, 8.0, 0.65), 0.01, 3, "bg_nbd", id="better in all, clearly"),
        pytest.param((90.0, 8.0, 0.65), 0.50, 3, "mbg_nbd", id="better in all, by luck"),
        pytest.param((90.0, 8.0, 0.65), 0.01, 1, "mbg_nbd", id="better in all, once"),
        pytest.param((90.0, 8.0, 0.40), 0.01, 3, "mbg_nbd", id="better in two, clearly worse in one"),
        pytest.param(BASE, 0.01, 3, "mbg_nbd", id="a tie"),
        pytest.param((90.0, 12.0, 0.55), 0.01, 3, "mbg_nbd", id="worse rank"),
    ],
)
def test_the_incumbent_falls_only_to_a_clear_winner(rival, noise: float, origins: int, winner: str):
    found = measures(noise, origins, mbg_nbd=BASE, bg_nbd=rival)
    assert choose(found, ["mbg_nbd", "bg_nbd"], "mbg_nbd") == winner


def test_equal_figures_share_a_rank_and_no_figure_is_the_worst():
    found = measures(a=BASE, b=BASE, c=(float("nan"), 5.0, 0.7))
    assert mean_ranks(found, ["a", "b", "c"]) == pytest.approx({"a": (1.5 + 2.5 + 2.5) / 3, "b": 6.5 / 3, "c": 5 / 3})


def test_a_difference_is_paired():
    """Both predictions are lucky together: the difference is known far better than either figure."""
    row = difference(measures(mbg_nbd=BASE, run_rate=(103.0, 10.0, 0.6)), "mbg_nbd", "run_rate", "value", "rmse")
    assert row.difference == pytest.approx(-3.0)
    assert row.low < -3.0 < row.high < 0.0
    assert better(row) == 1


def test_a_lost_comparison_comes_first_with_its_figures():
    found = measures(
        mbg_nbd=BASE, last_period=(80.0, 10.0, 0.60), run_rate=(100.0, 30.0, 0.40), bg_nbd=(90.0, 20.0, 0.60)
    )
    said = sentence(found, "mbg_nbd", ["run_rate", "bg_nbd", "last_period"], TITLES)
    assert said == (
        "MBG/NBD loses to Last period repeated (RMSE 100.00 against 80.00); "
        "it is worse in part than BG/NBD (RMSE 100.00 against 90.00; better in total error); it beats Run rate"
    )


def test_luck_is_neither_a_win_nor_a_loss():
    found = measures(noise=0.5, mbg_nbd=BASE, run_rate=(101.0, 10.1, 0.59))
    said = sentence(found, "mbg_nbd", ["run_rate"], TITLES)
    assert said == "MBG/NBD is not clearly better than Run rate"
