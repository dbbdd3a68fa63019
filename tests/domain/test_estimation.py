"""When the end of a search may be called an estimate."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.estimation import settle
from dashapp.domain.model import Status
from dashapp.domain.numerics import Optimum


class Bowl:
    """A likelihood with its optimum at 1 whose curvature in the second parameter is given."""

    constant = 0.0

    def __init__(self, curvature: float, customers: float = 1000.0) -> None:
        self.curvature, self.n = curvature, customers

    def __call__(self, theta):
        weights = np.array([1.0, self.curvature])
        return float(weights @ (theta - 1.0) ** 2) / 2.0, weights * (theta - 1.0), np.diag(weights)


@pytest.mark.parametrize(
    ("curvature", "customers", "status"),
    [
        (1e-6, 1_000, Status.REGULARISED),
        (1e-6, 1_000_000, Status.CONVERGED),  # what a thousand customers leave open, a million may settle
        (-1e-6, 1_000_000, Status.REGULARISED),
    ],
)
def test_a_plateau_is_not_called_an_optimum(curvature: float, customers: float, status: Status):
    flat = Optimum(np.zeros(2), 1.0, np.zeros(2), np.diag([1.0, curvature]), converged=True, evaluations=1)
    optimum, found = settle(flat, Bowl(curvature, customers), lambda: Bowl(1.0), [np.zeros(2)])
    assert found is status
    assert (optimum is flat) == (status is Status.CONVERGED)


def test_a_search_that_ended_at_its_bound_is_not_an_optimum():
    edge = Optimum(np.array([0.0, 12.0]), 1.0, np.zeros(2), np.eye(2), converged=True, evaluations=1)
    assert settle(edge, Bowl(1.0), lambda: Bowl(1.0), [np.zeros(2)])[1] is Status.REGULARISED
