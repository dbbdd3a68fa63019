"""How an optimum is found: Newton's method with exact derivatives in a box, with step halving and several starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Objective = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]
"Maps log-parameters to value, gradient and Hessian of the mean negative log-likelihood."

LOG_BOUND = 12.0
"Log-parameters stay within +-12 of their scale: e^12 is a hundred times beyond any shape ever published."
GRADIENT_TOLERANCE = 1e-10
MAX_STEP = 2.0
MAX_ITERATIONS = 200
MAX_HALVINGS = 40
ROUNDING = 1e-14
"Relative change of the value that is noise of summation, not progress."
FLAT = 1e-15
"Curvature, relative to the largest, that is noise: its inverse would mean nothing, or not exist."


@dataclass(frozen=True)
class Optimum:
    """Where the search ended, and what is known there."""

    theta: FloatArray
    value: float
    gradient: FloatArray
    hessian: FloatArray
    converged: bool
    evaluations: int

    @property
    def at_bound(self) -> NDArray[np.bool_]:
        return np.abs(self.theta) >= LOG_BOUND

    @property
    def gradient_norm(self) -> float:
        """Largest slope among the parameters that are free to move."""
        return float(np.max(np.abs(np.where(self.at_bound, 0.0, self.gradient)), initial=0.0))


def minimise(objective: Objective, starts: Sequence[FloatArray], tolerance: float = GRADIENT_TOLERANCE) -> Optimum:
    """The best of one search per start; a converged one, of no slope above `tolerance`, goes before one that is not."""
    found = [_search(objective, np.asarray(start, dtype=float), tolerance) for start in starts]
    return min(found, key=lambda optimum: (not optimum.converged, optimum.value))


def _search(objective: Objective, theta: FloatArray, tolerance: float) -> Optimum:
    value, gradient, hessian = objective(theta)
    evaluations, converged = 1, False
    for _ in range(MAX_ITERATIONS):
        free = _free(theta, gradient)
        if np.max(np.abs(gradient[free]), initial=0.0) <= tolerance:
            converged = True
            break
        step = _direction(gradient, hessian, free)
        accepted, used = _halve(objective, theta, value, gradient, step)
        evaluations += used
        if accepted is None:
            converged = bool(-gradient @ step <= ROUNDING * max(1.0, abs(value)))
            break
        theta, (value, gradient, hessian) = accepted
    return Optimum(theta, value, gradient, hessian, converged, evaluations)


def _free(theta: FloatArray, gradient: FloatArray) -> NDArray[np.bool_]:
    """Parameters not pressed against their bound."""
    return ~(((theta <= -LOG_BOUND) & (gradient > 0)) | ((theta >= LOG_BOUND) & (gradient < 0)))


def _direction(gradient: FloatArray, hessian: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
    """Newton's step; negative curvature is mirrored so that it always leads downhill."""
    curvatures, axes = np.linalg.eigh(hessian[np.ix_(free, free)])
    curvatures = np.maximum(np.abs(curvatures), max(1e-12, 1e-10 * float(np.max(np.abs(curvatures)))))
    step = np.zeros_like(gradient)
    step[free] = -axes @ ((axes.T @ gradient[free]) / curvatures)
    return step * min(1.0, MAX_STEP / max(float(np.max(np.abs(step))), 1e-300))


def _halve(
    objective: Objective, theta: FloatArray, value: float, gradient: FloatArray, step: FloatArray
) -> tuple[tuple[FloatArray, tuple[float, FloatArray, FloatArray]] | None, int]:
    """The first of step, step/2, step/4, ... that lowers the value enough, with what was found there.

    Where the value can only fall by less than its rounding error, the slope decides.
    """
    reach = _reach(theta, step)
    for halving in range(MAX_HALVINGS):
        trial = np.clip(theta + step * reach * 0.5**halving, -LOG_BOUND, LOG_BOUND)
        at_trial = objective(trial)
        expected = float(gradient @ (trial - theta))
        if at_trial[0] <= value + 1e-4 * expected:
            return (trial, at_trial), halving + 1
        if -expected <= ROUNDING * max(1.0, abs(value)):
            flatter = np.max(np.abs(at_trial[1])) < np.max(np.abs(gradient)) / 2
            return ((trial, at_trial) if flatter else None), halving + 1
    return None, halving + 1


def _reach(theta: FloatArray, step: FloatArray) -> float:
    """The part of the step that stays in the box; all of it from a bound that it leads beyond.

    Cut off at the bound coordinate by coordinate, a step along a narrow valley would lead up its side.
    """
    moved = step != 0
    parts = (np.copysign(LOG_BOUND, step[moved]) - theta[moved]) / step[moved]
    reach = float(np.min(parts, initial=1.0))
    return reach if reach > 0 else 1.0


def covariance(optimum: Optimum, observations: float) -> FloatArray | None:
    """Of the log-parameters, the inverse Hessian; 0 at a bound. None where the surface is not curved upwards."""
    matrix = np.zeros_like(optimum.hessian)
    free = ~optimum.at_bound
    hessian = optimum.hessian[np.ix_(free, free)] * observations
    if not (free.any() and np.all(np.isfinite(hessian))):
        return None
    curvatures = np.linalg.eigvalsh(hessian)
    if curvatures[0] <= FLAT * max(curvatures[-1], 0.0):
        return None
    matrix[np.ix_(free, free)] = np.linalg.inv(hessian)
    return matrix


def standard_errors(optimum: Optimum, observations: float) -> FloatArray:
    """Of the log-parameters, from the inverse Hessian; NaN at a bound and where the surface is not curved upwards."""
    errors = np.full(len(optimum.theta), np.nan)
    matrix = covariance(optimum, observations)
    if matrix is not None:
        errors[~optimum.at_bound] = np.sqrt(np.diag(matrix)[~optimum.at_bound])
    return errors
