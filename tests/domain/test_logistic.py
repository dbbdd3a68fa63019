"""The regression behind the health score: its optimum by another route, and an answer on data that have none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from dashapp.domain import logistic

random = np.random.default_rng(4)
COLUMNS = random.normal(size=(600, 2))
OFFSET = random.normal(-0.5, 1.0, 600)
GROUP = np.arange(600) % 2
OUTCOME = (random.random(600) < logistic.expit(OFFSET + COLUMNS @ [0.8, -0.4] + 0.6 * GROUP)).astype(float)


def test_the_optimum_is_the_one_another_search_finds():
    def loss(beta: np.ndarray) -> float:
        odds = OFFSET + COLUMNS @ beta[:2] + beta[2:][GROUP]
        return float(np.mean(np.log1p(np.exp(odds)) - OUTCOME * odds)) + 0.05 / 2 * float(np.sum(beta[:2] ** 2))

    other = minimize(
        loss, np.zeros(4), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 9999}
    ).x
    found = logistic.fit(COLUMNS, OUTCOME, OFFSET, GROUP, 0.05)
    assert found.converged
    assert [*found.weights, *found.levels] == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("outcome", [np.zeros(600), np.ones(600), (COLUMNS[:, 0] > 0).astype(float)])
def test_data_without_an_optimum_of_the_likelihood_have_one_with_the_ridge(outcome: np.ndarray):
    found = logistic.fit(COLUMNS, outcome, np.zeros(600), np.zeros(600, dtype=int), 0.01)
    assert np.isfinite([*found.weights, *found.levels]).all()
    assert found.converged
