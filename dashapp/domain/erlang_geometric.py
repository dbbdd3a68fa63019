"""(M)BG/CNBD-k: the beta-geometric family whose gaps between purchases are Erlang-k, and how k is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashapp.domain import erlang_living
from dashapp.domain.beta_geometric import NAMES, SAMPLE, STARTS, BetaGeometricFit, require_enough
from dashapp.domain.buying_windows import erlang_buys_between
from dashapp.domain.discounting import discounted
from dashapp.domain.erlang_histories import Chances, ErlangLikelihood, clock_tables, powers
from dashapp.domain.estimation import describe, settle
from dashapp.domain.histories import CHUNK
from dashapp.domain.numerics import Optimum, minimise
from dashapp.domain.patterns import Cells, Patterns

FloatArray = NDArray[np.float64]
LARGEST_K = 8


class ErlangGeometricFit(BetaGeometricFit):
    """A fitted BG/CNBD-k or MBG/CNBD-k; `facts["k"]` is the number of clock steps per purchase."""

    @property
    def k(self) -> int:
        return int(self.facts["k"])

    @property
    def aic(self) -> float:
        """k was chosen by likelihood too, so it counts as a parameter."""
        return super().aic + 2.0

    def p_alive(self, patterns: Patterns) -> FloatArray:
        tables = clock_tables(patterns, self.shift, self.k, *self.estimates)
        chances = Chances.of(tables.shape, self.k)
        alive = np.empty(len(patterns))
        for start in range(0, len(patterns), CHUNK):
            part = slice(start, start + CHUNK)
            x, last, age = (column.index[part] for column in (patterns.frequency, patterns.recency, patterns.T))
            silence = (patterns.T.values[age] - patterns.recency.values[last]) * tables.inverse_age[age]
            waiting = np.log(np.sum(chances.value[:, x] * powers(silence, self.k), axis=0))
            d = tables.log_odds[x] + tables.shape[x] * (tables.log_age[age] - tables.log_last[last]) - waiting
            alive[part] = 1.0 / (1.0 + np.exp(np.minimum(d, 700.0)))
        return alive

    def cells(self, patterns: Patterns) -> Cells:
        """The longer the silence, the nearer the next purchase of a regular buyer who is alive."""
        return patterns.history_cells if self.k > 1 else patterns.cells

    def phases(self, cells: Cells) -> FloatArray:
        """P(j clock steps since the last purchase | alive) for j < k, shape (cells, k)."""
        if self.k == 1:
            return np.ones((len(cells), 1))
        assert cells.recency is not None, "these are not the cells this fit asks for"
        r, alpha, _, _ = self.estimates
        chances = Chances.of(r + self.k * cells.frequency, self.k).value
        weights = chances * powers((cells.T - cells.recency) / (alpha + cells.T), self.k)
        return np.asarray((weights / weights.sum(axis=0)).T)

    def expected_if_alive(self, cells: Cells, periods: ArrayLike) -> FloatArray:
        times = np.asarray(periods, dtype=float)
        if times.ndim == 0:
            return self._over_phases(cells, lambda pairs, phase: self._expected(pairs, phase, times))
        return _mean(self.phases(cells), lambda phase: self._expected(cells, phase, times))

    def at_least_if_alive(self, cells: Cells, periods: float, counts: ArrayLike) -> FloatArray:
        def of_phase(pairs: Cells, phase: int) -> FloatArray:
            return erlang_living.at_least(*self._clock(pairs, phase), periods, counts, self.k, phase)

        return np.minimum(self._over_phases(cells, of_phase), 1.0)

    def buys_between_if_alive(self, cells: Cells, start: float, end: float) -> FloatArray:
        def of_phase(pairs: Cells, phase: int) -> FloatArray:
            return erlang_buys_between(*self._clock(pairs, phase), start, end, self.k, phase)

        return self._over_phases(cells, of_phase)

    def residual_if_alive(self, cells: Cells, periods: float, discount: float) -> FloatArray:
        def of_phase(pairs: Cells, phase: int) -> FloatArray:
            return discounted(
                lambda times: self._expected(pairs, phase, times), self.time_scale(pairs), periods, discount
            )

        return self._over_phases(cells, of_phase)

    def _over_phases(self, cells: Cells, of_phase: Callable[[Cells, int], FloatArray]) -> FloatArray:
        """The mean over phases; what a phase brings depends on (frequency, T) alone, so it is computed per pair."""
        pairs = cells.pairs()
        return _mean(self.phases(cells), lambda phase: of_phase(pairs, phase)[pairs.inverse])

    def _clock(self, cells: Cells, phase: int) -> tuple[FloatArray, FloatArray, float, FloatArray]:
        """Shape and rate of the clock's speed, a and c of the chance to leave, of a living customer in this phase."""
        r, alpha, a, b = self.estimates
        return r + self.k * cells.frequency + phase, alpha + cells.T, a, b + cells.frequency + self.shift

    def _expected(self, cells: Cells, phase: int, periods: ArrayLike) -> FloatArray:
        times = np.asarray(periods, dtype=float)
        shape, rate, a, c = self._clock(cells, phase)
        if times.ndim == 2:
            shape, rate, c = shape[:, None], rate[:, None], c[:, None]
        return erlang_living.expected_purchases(shape, rate, a, c, times, self.k, phase)


def _mean(weights: FloatArray, of_phase: Callable[[int], FloatArray]) -> FloatArray:
    """Sum over phases of their weights, shape (cells, k), times values of shape (cells,) or (cells, any)."""
    return np.asarray(sum((weights[:, phase] * of_phase(phase).T).T for phase in range(weights.shape[1])))


FitType = TypeVar("FitType", bound=ErlangGeometricFit)


def estimate(kind: type[FitType], name: str, patterns: Patterns) -> FitType:
    """Maximum likelihood in days, over k as well. Raises NotEnoughData that says what is missing."""
    merged = patterns.merged()
    require_enough(merged)
    k, likelihood, first = _most_likely(merged, kind.shift)
    optimum, status = settle(
        first, likelihood, lambda: ErlangLikelihood(merged, kind.shift, k, prior_weight=1.0), STARTS
    )
    facts = {"purchases": float(likelihood.counts @ likelihood.customers_by_count), "k": float(k)}
    scale = np.array([1.0, likelihood.scale, 1.0, 1.0])
    return describe(kind, name, NAMES, likelihood, optimum, status, scale=scale, offset=np.zeros(4), facts=facts)


def _most_likely(merged: Patterns, shift: int) -> tuple[int, ErlangLikelihood, Optimum]:
    """k upwards from 1 until the likelihood falls, on a sample; then the optimum of that k on everything."""
    sample = merged.thinned(SAMPLE)
    rough, found = ErlangLikelihood(sample, shift, 1), None
    starts = list(STARTS)
    best, found = rough, minimise(rough, starts)
    for k in range(2, LARGEST_K + 1):
        same_pace = found.theta + np.log([1.0, (k - 1) / k, 1.0, 1.0])
        rough = ErlangLikelihood(sample, shift, k)
        trial = minimise(rough, [np.clip(same_pace, -6.0, 6.0), *STARTS[1:]])
        if _log_likelihood(rough, trial) <= _log_likelihood(best, found):
            break
        best, found = rough, trial
    if len(sample) == len(merged):
        return best.steps, best, found
    likelihood = ErlangLikelihood(merged, shift, best.steps)
    start = found.theta + np.log([1.0, best.scale / likelihood.scale, 1.0, 1.0])
    return best.steps, likelihood, minimise(likelihood, [start])


def _log_likelihood(likelihood: ErlangLikelihood, optimum: Optimum) -> float:
    return likelihood.constant - likelihood.n * optimum.value
