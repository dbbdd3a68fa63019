"""Chances to buy in a window ahead, against simulated futures and against each other."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.buying_windows import buys_between, erlang_buys_between
from dashapp.domain.living import at_least
from dashapp.domain.model import Status
from dashapp.domain.models.nbd import NbdFit
from dashapp.domain.models.pareto_nbd import ParetoNbdFit
from dashapp.domain.patterns import Patterns

DRAWS = 40_000
ERROR = 5.0 * np.sqrt(0.25 / DRAWS)


def simulated(
    rng: np.random.Generator, rate: np.ndarray, p: np.ndarray, window: tuple[float, float], k: int, phase: int
):
    """Share of customers who live from purchase to purchase and make one in the window."""
    now, stays, buys = np.zeros(DRAWS), np.ones(DRAWS, dtype=bool), np.zeros(DRAWS, dtype=bool)
    for turn in range(400):
        now = now + rng.gamma(k - phase if turn == 0 else k, size=DRAWS) / rate
        buys |= stays & (now > window[0]) & (now <= window[1])
        stays &= (now <= window[1]) & (rng.random(DRAWS) > p)
        if not stays.any():
            break
    return buys.mean()


@pytest.mark.parametrize(
    ("shape", "rate", "a", "c", "k", "phase"),
    [
        (1.5, 40.0, 0.8, 3.5, 1, 0),
        (12.0, 200.0, 0.3, 9.0, 1, 0),
        (0.4, 300.0, 1.0, 2.0, 1, 0),
        (6.0, 60.0, 0.7, 3.0, 3, 1),
    ],
)
def test_the_chance_to_buy_in_a_window_is_met_by_simulated_customers(shape, rate, a, c, k, phase):
    rng = np.random.default_rng(5)
    speed, p = rng.gamma(shape, size=DRAWS) / rate, rng.beta(a, c, DRAWS)
    one = (np.array([shape]), np.array([rate]), a, np.array([c]))
    for window in ((0.0, 30.0), (30.0, 61.0), (150.0, 181.0)):
        expected = simulated(rng, speed, p, window, k, phase)
        assert erlang_buys_between(*one, *window, k, phase)[0] == pytest.approx(expected, abs=ERROR)
        if k == 1:
            assert buys_between(*one, *window)[0] == pytest.approx(
                erlang_buys_between(*one, *window, 1, 0)[0], rel=1e-7
            )


def test_a_window_that_begins_today_is_the_chance_to_buy_at_all_even_for_wild_shapes():
    shape, rate, c = np.array([0.3, 3000.0, 5.0]), np.array([10.0, 500.0, 1e6]), np.array([1e-3, 2000.0, 40.0])
    now = buys_between(shape, rate, 0.7, c, 0.0, 31.0)
    assert now == pytest.approx(at_least(shape, rate, 0.7, c, 31.0, [1])[:, 0], rel=1e-9)
    later = buys_between(shape, rate, 0.7, c, 150.0, 181.0)
    assert np.all((later > 0.0) & (later < now + 1e-12))


def test_pareto_customers_meet_theirs_and_nobody_leaves_under_nbd():
    r, alpha, s, beta, T = 0.9, 60.0, 0.7, 90.0, 100.0
    facts = {"standard_errors": {}, "log_likelihood": 0.0, "n_customers": 1.0, "status": Status.CONVERGED}
    pareto = ParetoNbdFit(model="", parameters={"r": r, "alpha": alpha, "s": s, "beta": beta}, **facts)
    cells = Patterns.of([2], [50], [T]).cells
    rng = np.random.default_rng(6)
    rate, leaves = rng.gamma(r + 2, size=DRAWS) / (alpha + T), rng.gamma(s, size=DRAWS) / (beta + T)
    end = rng.exponential(size=DRAWS) / leaves
    first = 60.0 + rng.exponential(size=DRAWS) / rate
    expected = np.mean((first <= 91.0) & (first <= end))
    assert pareto.buys_between_if_alive(cells, 60.0, 91.0)[0] == pytest.approx(expected, abs=ERROR)
    nbd = NbdFit(model="", parameters={"r": r, "alpha": alpha}, **facts)
    assert nbd.buys_between_if_alive(cells, 60.0, 91.0) == pytest.approx(1.0 - (160.0 / 191.0) ** 2.9)
