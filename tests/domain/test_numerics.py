from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.numerics import LOG_BOUND, Optimum, minimise, standard_errors


def bowl(theta):
    """(t0 - 1)^2 + 2 (t1 + 3)^2."""
    gap = theta - np.array([1.0, -3.0])
    return float(gap @ (gap * [1, 2])), 2 * gap * [1, 2], np.diag([2.0, 4.0])


def double_well(theta):
    """t^4 - 8 t^2 - t: the deeper well is on the right."""
    t = theta[0]
    return float(t**4 - 8 * t**2 - t), np.array([4 * t**3 - 16 * t - 1]), np.array([[12 * t**2 - 16]])


def slide(theta):
    """exp(-t): falls for ever."""
    down = np.exp(-theta)
    return float(down[0]), -down, np.diag(down)


def test_a_quadratic_is_solved():
    found = minimise(bowl, [np.zeros(2)])
    assert found.converged
    assert found.theta == pytest.approx([1, -3])
    assert found.gradient_norm <= 1e-10


def test_negative_curvature_still_leads_downhill():
    found = minimise(double_well, [np.array([0.1])])
    assert found.converged
    assert found.hessian[0, 0] > 0


def test_the_best_of_several_starts_wins():
    one, both = minimise(double_well, [np.array([-2.0])]), minimise(double_well, [np.array([-2.0]), np.array([2.0])])
    assert one.theta[0] < 0 < both.theta[0]


def test_an_optimum_beyond_the_bound_is_reported_as_at_bound():
    found = minimise(slide, [np.zeros(1)])
    assert found.theta[0] == LOG_BOUND
    assert found.at_bound.all()
    assert np.isnan(standard_errors(found, 100)).all()


def test_a_narrow_valley_is_followed_to_the_bound():
    """Its floor is t1 = t0 - 1/2 and falls slowly: a step cut off in t0 alone would climb the side, and end there."""

    def valley(theta):
        across = theta[0] - theta[1] - 0.5
        return (
            5.0 * across**2 - 1e-6 * theta[0],
            np.array([10.0 * across - 1e-6, -10.0 * across]),
            np.array([[10.0, -10.0], [-10.0, 10.0 + 8e-7]]),
        )

    found = minimise(valley, [np.array([LOG_BOUND - 0.3, LOG_BOUND - 0.8])])
    assert found.converged
    assert found.theta == pytest.approx([LOG_BOUND, LOG_BOUND - 0.5], abs=1e-6)


def test_standard_errors_are_the_inverse_curvature():
    errors = standard_errors(minimise(bowl, [np.zeros(2)]), observations=100)
    assert errors == pytest.approx([1 / np.sqrt(200), 1 / np.sqrt(400)])


def test_a_surface_flat_but_for_rounding_has_no_standard_errors():
    """Its smallest curvature may come out positive, and its inverse not at all."""
    shape = np.array([[1.0, 1e-170], [1e-170, 1e-320]])
    flat = Optimum(np.zeros(2), 0.0, np.zeros(2), shape, converged=True, evaluations=1)
    assert np.isnan(standard_errors(flat, 100)).all()
