"""Curves of adoption, fitted to counts per month of many products at once.

Both families say how many first-time buyers a month brings: A * [F(s (b - tau)) - F(s (a - tau))] for the month from a
to b, with F a distribution function, tau the month of the peak and s the pace.

* Bass (1969): rate m (p+q)^2/p e^-(p+q)t / (1 + q/p e^-(p+q)t)^2. With s = p+q and tau = ln(q/p)/(p+q) it is
  m (p+q)/q times the logistic density, so F is logistic and A = m (p+q)/q. The rate has its inflections at
  tau -+ ln(2 + sqrt 3)/s.
* Gompertz: cumulative m exp(-b e^-ct). With s = c and tau = ln(b)/c, F is Gumbel's and A = m. With u = e^-s(t-tau) the
  rate is proportional to u e^-u and its second derivative to u (u^2 - 3u + 1) e^-u: the roots (3 -+ sqrt 5)/2 are each
  other's inverse, so the inflections lie at tau -+ ln((3 + sqrt 5)/2)/s.

Least squares on the square-root scale, where the noise of a count is about 1/2 whatever its size (Anscombe 1948).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ANSCOMBE = 3.0 / 8.0
POISSON_VARIANCE = 0.25
"Of the square root of a Poisson count."
MAX_ITERATIONS = 40
TOLERANCE = 1e-6
PACE_LIMITS = (math.log(0.01), math.log(4.0))
"Of ln s: lives of decades and of days; beyond them monthly counts tell nothing."


@dataclass(frozen=True)
class Prior:
    """What is believed of a curve before its counts are seen: normal for ln s, for s * (tau - launch) and for ln A."""

    pace: float
    pace_spread: float
    origin: float
    "Mean of s * (tau - launch): ln(q/p) of Bass, ln(b) of Gompertz; only where the launch was seen."
    origin_spread: float
    size: float = 0.0
    "Mean of ln A."
    size_spread: float = math.inf
    "Infinite where nothing is believed of how many will ever buy."
    shift: FloatArray | None = None
    "(n, 4): displacements in spreads: ln s, origin, the peak from the middle where no launch was seen, ln A."


@dataclass(frozen=True)
class Family:
    """A distribution function with its density, the half-width of its hump in units of 1/s, and where lives begin."""

    name: str
    parts: Callable[[FloatArray], tuple[FloatArray, FloatArray]]
    half_width: float
    prior: Prior
    "Weak: for a shop whose products tell no better (`learned`)."


def _logistic(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    share = 0.5 + 0.5 * np.tanh(0.5 * z)
    return share, share * (1.0 - share)


def _gumbel(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    u = np.exp(-np.maximum(z, -30.0))
    share = np.exp(-u)
    return share, u * share


# Sultan, Farley & Lehmann (1990) average p = .03 and q = .38 over 213 applications: ln(q/p) = 2.5. A Gompertz curve
# that starts at the same share of its peak rate has ln(b) = 1.2.
BASS = Family("bass", _logistic, math.log(2.0 + math.sqrt(3.0)), Prior(math.log(0.3), 1.0, 2.5, 1.0))
GOMPERTZ = Family("gompertz", _gumbel, math.log((3.0 + math.sqrt(5.0)) / 2.0), Prior(math.log(0.2), 1.0, 1.2, 0.6))
FAMILIES = (BASS, GOMPERTZ)


@dataclass(frozen=True)
class Observed:
    """Counts of n products over k calendar months, numbered from 0; month j runs from j to j + 1."""

    counts: FloatArray
    "(n, k), >= 0."
    weights: FloatArray
    "(n, k): 0 leaves a month out (before the launch, after the cut-off, out of stock), 1 counts it."
    season: FloatArray
    "(n, k): what the month brings against an average one."
    launch: FloatArray
    "(n,): month and fraction at which the product came on sale; the first edge of its curve."
    launch_seen: NDArray[np.bool_]
    "(n,): False where it was on sale before the data begin."

    def rows(self, which: NDArray[np.generic]) -> Observed:
        return Observed(
            self.counts[which], self.weights[which], self.season[which], self.launch[which], self.launch_seen[which]
        )

    @property
    def edges(self) -> FloatArray:
        """(n, k + 1): where months begin and end; none before the launch."""
        return np.maximum(np.arange(self.counts.shape[1] + 1, dtype=float)[None, :], self.launch[:, None])


@dataclass(frozen=True)
class Curves:
    """One fitted curve per product: columns ln A, tau, ln s."""

    family: Family
    theta: FloatArray
    variance: FloatArray
    "Of the residuals on the square-root scale; at least that of a Poisson count."
    misfit: FloatArray
    "Weighted sum of squared residuals."

    def rows(self, which: NDArray[np.generic]) -> Curves:
        return Curves(self.family, self.theta[which], self.variance[which], self.misfit[which])

    @property
    def peak(self) -> FloatArray:
        return self.theta[:, 1]

    @property
    def half_width(self) -> FloatArray:
        """Months from the peak to either inflection."""
        return np.asarray(self.family.half_width / np.exp(self.theta[:, 2]))

    def expected(self, data: Observed) -> FloatArray:
        """Mean count per product and month, season included, shape (n, k)."""
        return _model(self.family, self.theta, data.edges, data.season)[0]


def fit(
    family: Family,
    data: Observed,
    prior: Prior | None = None,
    start: FloatArray | None = None,
    variance: FloatArray | None = None,
) -> Curves:
    """The curve of highest posterior density per product; deterministic.

    start: theta to begin at, for counts that differ little from those it was fitted to; variance: where it is known.
    """
    prior = prior or family.prior
    noise = np.full(len(data.counts), 2 * POISSON_VARIANCE) if variance is None else variance
    theta = _starts(family, data) if start is None else start
    months = (data.weights > 0).sum(axis=1)
    for _ in range(2 if variance is None else 1):
        theta = _descend(family, theta, data, prior, noise)
        misfit = _misfit(family, theta, data)
        if variance is None:
            noise = np.maximum(misfit / np.maximum(months - 3.0, 1.0), POISSON_VARIANCE)
    return Curves(family, theta, noise, misfit)


def penalised(curves: Curves, data: Observed, prior: Prior, variance: FloatArray) -> FloatArray:
    """Twice the negative log-posterior under a common variance: AICc less what families with equally many parameters
    share, plus what the prior holds against the curve.
    """
    rows = np.arange(len(variance))
    value = _objective(curves.family, curves.theta, data, data.edges, prior, variance, rows)[0]
    return 2.0 * value


def _model(
    family: Family, theta: FloatArray, edges: FloatArray, season: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean counts and their slopes by tau and ln s, each (n, k); the slope by ln A is the mean itself."""
    pace = np.exp(theta[:, 2])[:, None]
    z = pace * (edges - theta[:, 1, None])
    share, density = family.parts(z)
    size = np.exp(theta[:, 0])[:, None] * season
    return (
        size * np.diff(share, axis=1),
        -pace * size * np.diff(density, axis=1),
        size * np.diff(density * z, axis=1),
    )


def _residuals(data: Observed, mean: FloatArray) -> FloatArray:
    return np.sqrt(data.counts + ANSCOMBE) - np.sqrt(mean + ANSCOMBE)


def _misfit(family: Family, theta: FloatArray, data: Observed) -> FloatArray:
    mean = _model(family, theta, data.edges, data.season)[0]
    return np.asarray(np.sum(data.weights * _residuals(data, mean) ** 2, axis=1))


def _starts(family: Family, data: Observed) -> FloatArray:
    """Per product the best of a grid of peaks and paces, with the size that suits them."""
    seen = data.weights > 0
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)
    last = seen.shape[1] - np.where(seen.any(axis=1), seen[:, ::-1].argmax(axis=1), 0)
    best, lowest = np.zeros((len(seen), 3)), np.full(len(seen), np.inf)
    for place in (-0.2, 0.1, 0.35, 0.6, 0.85, 1.1, 1.5):
        for pace in (0.12, 0.3, 0.75):
            theta = np.column_stack([
                np.zeros(len(seen)), first + place * (last - first), np.full(len(seen), math.log(pace))
            ])  # fmt: skip
            theta[:, 0] = _size(family, theta, data)
            misfit = _misfit(family, theta, data)
            better = misfit < lowest
            best[better], lowest[better] = theta[better], misfit[better]
    return best


def _size(family: Family, theta: FloatArray, data: Observed) -> FloatArray:
    """ln A that matches the observed total."""
    shape = _model(family, theta, data.edges, data.season)[0]
    total = np.sum(data.weights * data.counts, axis=1)
    return np.asarray(np.log(np.maximum(total, 0.5) / np.maximum(np.sum(data.weights * shape, axis=1), 1e-6)))


def _descend(family: Family, theta: FloatArray, data: Observed, prior: Prior, variance: FloatArray) -> FloatArray:
    """Levenberg-Marquardt with one damping per product; products that have arrived are left alone."""
    theta = theta.copy()
    edges = data.edges
    rows = np.arange(len(theta))
    damping = np.full(len(theta), 1e-2)
    value, gradient, hessian = _objective(family, theta, data, edges, prior, variance, rows)
    for _ in range(MAX_ITERATIONS):
        if not len(rows):
            break
        step = _step(gradient, hessian, damping[rows])
        trial = theta[rows] + step
        trial[:, 2] = np.clip(trial[:, 2], *PACE_LIMITS)
        new_value, new_gradient, new_hessian = _objective(family, trial, data, edges, prior, variance, rows)
        good = new_value <= value
        arrived = (value - new_value <= TOLERANCE * (1.0 + value)) & good | (damping[rows] > 1e8)
        theta[rows[good]] = trial[good]
        damping[rows] *= np.where(good, 0.2, 8.0)
        value = np.where(good, new_value, value)
        gradient = np.where(good[:, None], new_gradient, gradient)
        hessian = np.where(good[:, None, None], new_hessian, hessian)
        stay = ~arrived
        rows, value, gradient, hessian = rows[stay], value[stay], gradient[stay], hessian[stay]
    return theta


def _step(gradient: FloatArray, hessian: FloatArray, damping: FloatArray) -> FloatArray:
    """Damped Gauss-Newton steps, (n, 3); none longer than three months or e^1.5 in size and pace."""
    diagonal = np.einsum("nii->ni", hessian)
    damped = hessian + np.einsum("ni,ij->nij", damping[:, None] * (diagonal + 1e-9), np.eye(3))
    step = -np.linalg.solve(damped, gradient[:, :, None])[:, :, 0]
    longest = np.max(np.abs(step) / np.array([3.0, 6.0, 0.7]), axis=1)
    return np.asarray(step / np.maximum(longest, 1.0)[:, None])


def _objective(
    family: Family,
    theta: FloatArray,
    data: Observed,
    edges: FloatArray,
    prior: Prior,
    variance: FloatArray,
    rows: NDArray[np.intp],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Half the weighted misfit over the variance plus the prior's, with gradient and Gauss-Newton Hessian."""
    everything = len(rows) == len(data.counts)
    data = data if everything else data.rows(rows)
    edges = edges if everything else edges[rows]
    mean, by_peak, by_pace = _model(family, theta, edges, data.season)
    scale = data.weights / variance[rows, None]
    residual = _residuals(data, mean)
    slope = 0.5 / np.sqrt(mean + ANSCOMBE)
    jacobian = np.stack([mean * slope, by_peak * slope, by_pace * slope], axis=2)
    value = 0.5 * np.sum(scale * residual**2, axis=1)
    gradient = -np.einsum("nk,nki->ni", scale * residual, jacobian)
    hessian = np.matmul(jacobian.transpose(0, 2, 1) * scale[:, None, :], jacobian)
    for pull, lever in _pulls(theta, data, prior, rows):
        value += 0.5 * pull**2
        gradient += pull[:, None] * lever
        hessian += lever[:, :, None] * lever[:, None, :]
    return value, gradient, hessian


def _pulls(
    theta: FloatArray, data: Observed, prior: Prior, rows: NDArray[np.intp]
) -> list[tuple[FloatArray, FloatArray]]:
    """Standardised distances from the prior and their slopes: of ln A, of ln s, and of where the life begins."""
    n, k = data.counts.shape
    shift = np.zeros((n, 4)) if prior.shift is None else prior.shift[rows]
    none, seen = np.zeros(n), data.launch_seen
    slope = np.exp(theta[:, 2]) / prior.origin_spread
    ahead = slope * (theta[:, 1] - data.launch)
    origin = ahead - prior.origin / prior.origin_spread - shift[:, 1]
    middle = theta[:, 1] / k - 0.5 - shift[:, 2]
    pace = (theta[:, 2] - prior.pace) / prior.pace_spread - shift[:, 0]
    size = (theta[:, 0] - prior.size) / prior.size_spread - shift[:, 3]
    return [
        (size, np.column_stack([np.full(n, 1.0 / prior.size_spread), none, none])),
        (pace, np.column_stack([none, none, np.full(n, 1.0 / prior.pace_spread)])),
        (
            np.where(seen, origin, middle),
            np.column_stack([none, np.where(seen, slope, 1.0 / k), np.where(seen, ahead, 0.0)]),
        ),
    ]
