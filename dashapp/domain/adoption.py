"""What the products of one shop have in common, learned from all their curves: season, noise, empty shelves, how lives
usually run. Then each product's curve as it was known at a cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dashapp.domain import diffusion, diffusion_draws, seasons
from dashapp.domain.diffusion import ANSCOMBE, FAMILIES, Curves, Observed, Prior

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ROUNDS = 3
STOCK_OUT_SIGMAS = 3.0
EMPTY_BETWEEN = 6.0
MOST_LEARNED = 1_000
"Products that say how lives usually run; from so many a mean is known to 3 % of the spread, and more would not help."
SEASON_WEIGHT = 50.0
"Expected buyers of the whole shop that a category's calendar month is pooled with."


@dataclass(frozen=True)
class Study:
    """The data with season and weights filled in, and what each family believes of a curve beforehand."""

    data: Observed
    priors: tuple[Prior, ...]
    index: FloatArray
    "(categories, 12): the season of January to December."
    noise: float
    "What a month brings beyond curve, season and Poisson: standard deviation relative to the mean."


@dataclass(frozen=True)
class Known:
    """Curves of some products at one cut-off: both families, and which of them lies closer."""

    data: Observed
    curves: tuple[Curves, ...]
    choice: NDArray[np.intp]
    beats_constant: BoolArray

    def rows(self, which: BoolArray) -> Known:
        return Known(
            self.data.rows(which), tuple(curves.rows(which) for curves in self.curves), self.choice[which],
            self.beats_constant[which],
        )  # fmt: skip

    def _chosen(self, values: list[FloatArray]) -> FloatArray:
        return np.asarray(np.stack(values)[self.choice, np.arange(len(self.choice))])

    @property
    def expected(self) -> FloatArray:
        return self._chosen([curves.expected(self.data) for curves in self.curves])

    @property
    def variance(self) -> FloatArray:
        return self._chosen([curves.variance for curves in self.curves])

    @property
    def inflections(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """T1, T* and T2 of each product's chosen curve, in months and fractions."""
        peak = self._chosen([curves.peak for curves in self.curves])
        half = self._chosen([curves.half_width for curves in self.curves])
        return peak - half, peak, peak + half

    def phase(self, cutoff: int) -> NDArray[np.intp]:
        """0 introduction, 1 growth, 2 maturity, 3 decline: which inflections lie behind the cut-off."""
        phases = [_phase(curves, cutoff).astype(float) for curves in self.curves]
        return self._chosen(phases).astype(np.intp)

    def chances(self, cutoff: int, priors: tuple[Prior, ...], draws: int, seed: int) -> FloatArray:
        """(n, 4): share of resampled curves in each phase."""
        rng = np.random.default_rng(seed)
        count = np.zeros((len(self.choice), 4))
        for index, (curves, prior) in enumerate(zip(self.curves, priors, strict=True)):
            mine = np.flatnonzero(self.choice == index)
            own, data = curves.rows(mine), self.data.rows(mine)
            for _ in range(draws if len(mine) else 0):
                phase = _phase(diffusion_draws.resampled(own, data, prior, rng), cutoff)
                count[mine, phase] += 1.0 / draws
        return count


def _phase(curves: Curves, cutoff: int) -> NDArray[np.intp]:
    bounds = np.column_stack([curves.peak - curves.half_width, curves.peak, curves.peak + curves.half_width])
    return np.asarray((cutoff >= bounds).sum(axis=1), dtype=np.intp)


def study(
    data: Observed, category: NDArray[np.int64], first_calendar_month: int, index: FloatArray, seed: int
) -> Study:
    """Curves and what is common to them, in turn.

    data: season and weights as a first guess; index: (categories, 12) the season to start from.
    """
    rng = np.random.default_rng(seed)
    data = replace(data, weights=np.where(_emptied(data.counts), 0.0, data.weights))
    active, months, noise = data.weights > 0, data.counts.shape[1], 0.0
    priors = tuple(family.prior for family in FAMILIES)
    data = replace(data, season=seasons.spread(index, category, first_calendar_month, months))
    starts: tuple[FloatArray, ...] | None = None
    for _ in range(ROUNDS):
        known = fitted(data, priors, starts)
        starts = tuple(curves.theta for curves in known.curves)
        mean = known.expected
        noise = _noise(data, mean, active)
        out = _out_of_stock(data, mean, noise, active)
        weights = np.where(active & ~out, 1.0 / (1.0 + noise**2 * mean), 0.0)
        if months >= seasons.LEAST_MONTHS and len(mean) >= seasons.LEAST_PRODUCTS:
            index = _refined(index, data, mean, weights > 0, category, first_calendar_month)
        data = replace(data, weights=weights, season=seasons.spread(index, category, first_calendar_month, months))
        some = np.arange(0, len(mean), -(-len(mean) // MOST_LEARNED) or 1)
        priors = tuple(
            diffusion_draws.learned(family, data.rows(some), prior, rng, start[some])
            for family, prior, start in zip(FAMILIES, priors, starts, strict=True)
        )
    return Study(data, priors, index, noise)


def fitted(data: Observed, priors: tuple[Prior, ...], starts: tuple[FloatArray, ...] | None = None) -> Known:
    """Both families' curves of every product, and the choice between them by AICc with the prior counted."""
    curves = tuple(
        diffusion.fit(family, data, prior, start)
        for family, prior, start in zip(FAMILIES, priors, starts or (None,) * len(FAMILIES), strict=True)
    )
    variance = np.min([each.variance for each in curves], axis=0)
    scores = np.stack([
        diffusion.penalised(each, data, prior, variance) for each, prior in zip(curves, priors, strict=True)
    ])  # fmt: skip
    choice = np.asarray(scores.argmin(axis=0), dtype=np.intp)
    misfit = np.stack([each.misfit for each in curves])[choice, np.arange(len(choice))]
    # Two parameters more than a constant must earn their 2 * 2 of AIC.
    return Known(data, curves, choice, (_constant_misfit(data) - misfit) / variance > 4.0)


def _constant_misfit(data: Observed) -> FloatArray:
    level = np.sum(data.weights * data.counts, axis=1) / np.maximum(np.sum(data.weights * data.season, axis=1), 1e-9)
    mean = level[:, None] * data.season
    return np.asarray(np.sum(data.weights * (np.sqrt(data.counts + ANSCOMBE) - np.sqrt(mean + ANSCOMBE)) ** 2, axis=1))


def _noise(data: Observed, mean: FloatArray, active: BoolArray) -> float:
    """From squared residuals r of the square roots: E r^2 = (1 + noise^2 mean) / 4 per degree of freedom, pooled."""
    months = active.sum(axis=1)
    freedom = (np.maximum(months - 3.0, 1.0) / np.maximum(months, 1.0))[:, None]
    squared = np.minimum((np.sqrt(data.counts + ANSCOMBE) - np.sqrt(mean + ANSCOMBE)) ** 2, 9.0) / freedom
    used = active & (mean > 5.0) & (months >= 8)[:, None]
    weight = 1.0 / (1.0 + mean[used] / 20.0)
    under = float(np.sum(mean[used] / 4.0 * weight))
    excess = float(np.sum((squared[used] - diffusion.POISSON_VARIANCE) * weight))
    return float(np.sqrt(max(excess, 0.0) / under)) if under > 0 else 0.0


def _emptied(counts: FloatArray) -> BoolArray:
    """Months without any buyer between months with several: chance makes a 0 of an expected 6 once in 400 times."""
    several = counts >= EMPTY_BETWEEN
    before = np.pad(several, ((0, 0), (2, 0)))[:, :-2] | np.pad(several, ((0, 0), (1, 0)))[:, :-1]
    after = np.pad(several, ((0, 0), (0, 2)))[:, 2:] | np.pad(several, ((0, 0), (0, 1)))[:, 1:]
    return np.asarray((counts == 0) & before & after)


def _out_of_stock(data: Observed, mean: FloatArray, noise: float, active: BoolArray) -> BoolArray:
    """Months far below the curve with a month on the curve later: a gap in the supply, not in the demand."""
    spread = np.sqrt((1.0 + noise**2 * mean) / 4.0)
    low = (np.sqrt(data.counts + ANSCOMBE) - np.sqrt(mean + ANSCOMBE)) / spread
    normal = active & (low > -1.5)
    recovers = np.flip(np.cumsum(np.flip(normal, axis=1), axis=1), axis=1) - normal > 0
    return np.asarray(active & (low < -STOCK_OUT_SIGMAS) & recovers)


def _refined(
    index: FloatArray, data: Observed, mean: FloatArray, used: BoolArray, category: NDArray[np.int64], first: int
) -> FloatArray:
    """Counts over what the curves without season expect, per category and calendar month, pooled with the shop's."""
    month = (first - 1 + np.arange(data.counts.shape[1])) % seasons.YEAR
    count, base = np.zeros_like(index), np.zeros_like(index)
    cells = category[:, None], np.broadcast_to(month, data.counts.shape)
    np.add.at(count, cells, np.where(used, data.counts, 0.0))
    np.add.at(base, cells, np.where(used, mean / data.season, 0.0))
    shop = (count.sum(axis=0) + 1.0) / (base.sum(axis=0) + 1.0)
    ratio = (count + SEASON_WEIGHT * shop) / (base + SEASON_WEIGHT)
    return np.asarray(ratio / ratio.mean(axis=1, keepdims=True))
