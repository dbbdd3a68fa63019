"""What makes the next event come sooner: Cox's (1972) proportional hazards, ties as Efron (1977) counts them.

A subject's hazard is exp(b'x) times a baseline nobody needs to know, one per stratum. Columns are scaled to mean 0 and
standard deviation 1 for the search, and sums of exp(b'x) are kept as logarithms, so that no coefficient overflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from dashapp.domain.concordance import concordance
from dashapp.domain.estimation import MESSAGES, settle
from dashapp.domain.model import Status
from dashapp.domain.numerics import minimise, standard_errors
from dashapp.errors import InputError, NotEnoughData

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
Derivatives = tuple[float, FloatArray, FloatArray]
PRIOR_VARIANCE = 9.0
"Of a scaled coefficient, used only where the data leave one open."


@dataclass(frozen=True)
class Hazards:
    """Log hazard ratios per unit of each column, shape (columns,), with what is known about their quality."""

    coefficients: FloatArray
    standard_errors: FloatArray
    "From the curvature of the log partial likelihood."
    log_likelihood: float
    "Log partial likelihood at the coefficients; at zero it is `null_log_likelihood`."
    null_log_likelihood: float
    concordance: float
    "Harrell's C: P(the higher hazard ends first) over the pairs that can tell; NaN without any."
    status: Status
    message: str
    subjects: int
    events: int

    @property
    def ratios(self) -> FloatArray:
        """exp(coefficient): how many times the hazard, per unit."""
        return np.asarray(np.exp(self.coefficients))

    def interval(self, z: float = 1.96) -> tuple[FloatArray, FloatArray]:
        """Bounds of the ratios."""
        spread = z * self.standard_errors
        return np.exp(self.coefficients - spread), np.exp(self.coefficients + spread)

    @property
    def p_values(self) -> FloatArray:
        """Wald's, two-sided."""
        return np.asarray(2.0 * ndtr(-np.abs(self.coefficients) / self.standard_errors))


def proportional_hazards(
    durations: ArrayLike, ended: ArrayLike, columns: ArrayLike, strata: ArrayLike | None = None
) -> Hazards:
    """durations >= 0 (n,); ended: event or censored (n,); columns (n, k); strata: whose subjects are compared (n,).

    Who is censored at a time at which others end was at risk then. Where a column separates the ends, is constant
    within every stratum or follows from others, a weak prior keeps its coefficient near 0 and the status is
    'regularised'. Raises InputError, and NotEnoughData where nobody's wait ended.

    >>> found = proportional_hazards([1, 2, 3, 4], [True, True, True, True], [[1], [0], [1], [0]])  # h² = h + 4
    >>> round(float(found.ratios[0]), 4), found.status.value
    (2.5616, 'converged')
    """
    times, over, x = _checked(durations, ended, columns)
    group = np.zeros(len(times), dtype=np.intp) if strata is None else _codes(strata, len(times))
    scaled, scale = _scaled(x)
    likelihood = PartialLikelihood(times, over, scaled, group)
    start = np.zeros(x.shape[1])
    optimum, status = settle(
        minimise(likelihood, [start]), likelihood, lambda: PartialLikelihood(times, over, scaled, group, 1.0), [start]
    )
    score = np.einsum("nk,k->n", scaled, optimum.theta)
    return Hazards(
        coefficients=optimum.theta / scale,
        standard_errors=standard_errors(optimum, likelihood.n) / scale,
        log_likelihood=-likelihood.n * likelihood(optimum.theta)[0],
        null_log_likelihood=-likelihood.n * likelihood(start)[0],
        concordance=concordance(times, over, score, group),
        status=status,
        message=MESSAGES[status],
        subjects=len(times),
        events=int(over.sum()),
    )


def _checked(
    durations: ArrayLike, ended: ArrayLike, columns: ArrayLike
) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
    times, over, x = np.asarray(durations, dtype=float), np.asarray(ended, dtype=bool), np.asarray(columns, dtype=float)
    if times.ndim != 1 or times.shape != over.shape or x.ndim != 2 or len(x) != len(times) or not x.shape[1]:
        raise InputError("Durations, ends and columns must have the same length.", "Give one row per subject.")
    if not (np.isfinite(times).all() and np.all(times >= 0) and np.isfinite(x).all()):
        raise InputError("Durations must be zero or more, and columns numbers for everybody.", "Leave out the others.")
    if not over.any():
        raise NotEnoughData("Nobody's wait has ended, so nothing can be said of what ends it.", "Observe longer.")
    return times, over, x


def _scaled(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Columns of mean 0 and standard deviation 1, and what they were divided by; a constant column becomes 0."""
    largest = np.abs(x).max(axis=0, initial=0.0)
    largest[largest == 0.0] = 1.0
    small = x / largest
    spread = small.std(axis=0)
    varies = spread > 1e-12
    return np.where(varies, (small - small.mean(axis=0)) / np.where(varies, spread, 1.0), 0.0), largest * np.where(
        varies, spread, 1.0
    )


def _codes(strata: ArrayLike, length: int) -> IndexArray:
    codes = np.unique(np.asarray(strata), return_inverse=True)[1]
    if codes.shape != (length,):
        raise InputError("Every subject belongs to one stratum.", "Give one label per row.")
    return np.asarray(codes, dtype=np.intp)


class PartialLikelihood:
    """Mean negative log partial likelihood per event, with gradient and Hessian, for `numerics.minimise`."""

    constant = 0.0

    def __init__(
        self, times: FloatArray, over: NDArray[np.bool_], x: FloatArray, group: IndexArray, prior_weight: float = 0.0
    ) -> None:
        self.n, self.precision = float(over.sum()), prior_weight / PRIOR_VARIANCE
        rows = [np.flatnonzero(group == code) for code in np.unique(group[over])]
        self.strata = [_Stratum(times[at], over[at], x[at]) for at in rows]

    def __call__(self, theta: FloatArray) -> Derivatives:
        parts = [stratum(theta) for stratum in self.strata]
        value = sum(part[0] for part in parts)
        gradient = np.sum(np.array([part[1] for part in parts]), axis=0)
        hessian = np.sum(np.array([part[2] for part in parts]), axis=0)
        return (
            (self.precision * float(theta @ theta) / 2.0 - value) / self.n,
            (self.precision * theta - gradient) / self.n,
            (self.precision * np.eye(len(theta)) - hessian) / self.n,
        )


class _Stratum:
    """Subjects compared with one another, latest first; of those who stop at one time, who ended comes last.

    A slot is one event. The f-th of d events at one time meets the risk set less f/d of those d:
        ln phi = ln(sum at risk exp(eta) - f/d sum of the d exp(eta)),   ln L = sum over events of eta - ln phi.
    """

    def __init__(self, times: FloatArray, over: NDArray[np.bool_], x: FloatArray) -> None:
        order = np.lexsort((over, -times))
        self.x, times = x[order], times[order]
        self.events = np.flatnonzero(over[order])
        _, self.first, self.tie, ties = np.unique(
            -times[self.events], return_index=True, return_inverse=True, return_counts=True
        )
        self.last = self.events[self.first + ties - 1]
        self.share = (np.arange(len(self.events)) - self.first[self.tie]) / ties[self.tie]
        self.from_slot = np.searchsorted(-times[self.events], -times, side="left")

    def __call__(self, theta: FloatArray) -> Derivatives:
        eta = self.x @ theta
        at_risk = np.logaddexp.accumulate(eta)[self.last]
        tied = np.logaddexp.reduceat(eta[self.events], self.first)
        part = self.share * np.exp(np.minimum(tied - at_risk, 0.0))[self.tie]
        log_phi = at_risk[self.tie] + np.log1p(-part)
        value = float(np.sum(eta[self.events] - log_phi))
        weight = self._weights(eta, at_risk, log_phi)
        mean = self._means(eta, log_phi)
        gradient = self.x[self.events].sum(axis=0) - weight @ self.x
        return value, gradient, mean.T @ mean - (self.x * weight[:, None]).T @ self.x

    def _weights(self, eta: FloatArray, at_risk: FloatArray, log_phi: FloatArray) -> FloatArray:
        """Expected events of each subject: its share of every risk set it was in."""
        later = np.append(np.logaddexp.accumulate(-log_phi[::-1])[::-1], -np.inf)
        weight = np.exp(eta + later[self.from_slot])
        taken = np.add.reduceat(self.share * np.exp(at_risk[self.tie] - log_phi), self.first)
        weight[self.events] -= np.exp(eta[self.events] - at_risk[self.tie]) * taken[self.tie]
        return np.asarray(weight)

    def _means(self, eta: FloatArray, log_phi: FloatArray) -> FloatArray:
        """Mean of the columns over the risk set of each slot, (slots, k)."""
        top = float(eta.max())
        risk = np.exp(eta - top)[:, None] * self.x
        all_at_risk = np.cumsum(risk, axis=0)[self.last]
        tied = np.add.reduceat(risk[self.events], self.first, axis=0)
        sums = all_at_risk[self.tie] - self.share[:, None] * tied[self.tie]
        return np.asarray(sums * np.exp(np.minimum(top - log_phi, 700.0))[:, None])
