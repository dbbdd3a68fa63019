"""How sure a total is: parameters that were estimated, and customers who do as they please.

Given the parameters, customers are independent, so the variance of a total is the sum of theirs. What the parameters
may be is a normal distribution of their logarithms (Laplace); its effect on every customer's value is taken to first
order along the axes of that distribution, which is within a few per cent of re-scoring at each draw. A total is then
simulated: draws of the parameters move its mean, and a gamma distribution of the summed variance lies around it. Never
a sum of individual bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.model import Fitted, PurchaseFit
from dashapp.domain.patterns import Cells, Patterns
from dashapp.domain.periods import discount_per_period, to_periods
from dashapp.domain.predictive import LEVEL, blocks, count_bins, largest_count
from dashapp.domain.scoring import Fits
from dashapp.domain.simulated import bounds

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
STEP = 1e-3
"Largest step of a log-parameter in a central difference: 1e-6 off, far above the rounding of the predictions."


@dataclass(frozen=True)
class Totals:
    """Sums over groups of customers, each shape (groups,); bounds are NaN where the total has no finite variance."""

    total: FloatArray
    low: FloatArray
    high: FloatArray
    customers: IndexArray


@dataclass(frozen=True)
class Uncertain:
    """A prediction of every customer with what is not known about it."""

    mean: FloatArray
    "Shape (n,)."
    slopes: FloatArray
    "Change of the mean by one standard deviation along each axis of the parameters, shape (axes, n)."
    variance: FloatArray
    "Of what the customer does, given the parameters, shape (n,); infinite where spend has none."

    @property
    def standard_error(self) -> FloatArray:
        """Of the mean, by the delta method: what more customers would make smaller, shape (n,)."""
        return np.asarray(np.sqrt(np.einsum("kn,kn->n", self.slopes, self.slopes)))

    @property
    def total_standard_error(self) -> float:
        """Of the sum of all means; errors of one parameter move all customers together."""
        return float(np.linalg.norm(self.slopes.sum(axis=1)))

    def totals(self, group: IndexArray | None = None, level: float = LEVEL) -> Totals:
        """Total of each group with the interval that holds what will come with probability `level`.

        group: number of each customer's group, 0..; None makes all customers one group.
        """
        place = np.zeros(len(self.mean), dtype=np.intp) if group is None else group
        groups = int(place.max(initial=0)) + 1
        mean, variance = (
            np.asarray(np.bincount(place, column, groups), dtype=float) for column in (self.mean, self.variance)
        )
        slopes = np.array([np.bincount(place, slope, groups) for slope in self.slopes]).reshape(-1, groups)
        low, high = bounds(mean, slopes, variance, level)
        return Totals(mean, low, high, np.bincount(place, minlength=groups).astype(np.intp))


def known(fits: Fits) -> bool:
    """Whether both fits carry the covariance all of this rests on."""
    return bool(fits.purchases.covariance) and bool(fits.spend.covariance)


def uncertain_value(
    fits: Fits, rfm: pd.DataFrame, horizon_days: int, annual_discount_rate: float = 0.0, gross_margin: float = 1.0
) -> Uncertain:
    """Money of every customer in `rfm` within the horizon, as `scoring.score` counts it (clv), with its uncertainty.

    rfm: frequency, recency_days, T_days, monetary_value. Without a discount it is the plain spend. Both fits must be
    `known`.
    """
    patterns, periods = fits.purchases.patterns(rfm), to_periods(horizon_days, fits.purchases.time_unit)
    discount = discount_per_period(annual_discount_rate, fits.purchases.time_unit)
    frequency = patterns.frequency.array
    money = rfm["monetary_value"].to_numpy(dtype=float)
    histories, place = patterns.folded()
    counts = fits.purchases.residual(histories, periods, discount)
    price = fits.spend.expected_order_value(frequency, money) * gross_margin
    by_count = parameter_slopes(fits.purchases, lambda fit: fit.residual(histories, periods, discount))
    by_price = parameter_slopes(fits.spend, lambda fit: fit.expected_order_value(frequency, money) * gross_margin)
    expected, square = _count_moments(fits.purchases, histories, periods)
    worth = (np.where(expected > 0.0, counts / np.where(expected > 0.0, expected, 1.0), 1.0) ** 2)[place]
    counts, expected = counts[place], expected[place]
    second = fits.spend.total_square(frequency, money, expected, square[place]) * gross_margin**2
    variance = np.maximum(second - (expected * price) ** 2, 0.0) * worth
    slopes = np.empty((len(by_count) + len(by_price), len(patterns)))
    for axis, slope in enumerate(by_count):
        np.multiply(slope[place], price, out=slopes[axis])
    np.multiply(by_price, counts, out=slopes[len(by_count) :])
    return Uncertain(counts * price, slopes, variance)


def uncertain_purchases(purchases: PurchaseFit, rfm: pd.DataFrame, horizon_days: int) -> Uncertain:
    """Number of purchases of every customer in `rfm` within the horizon, with its uncertainty."""
    patterns, periods = purchases.patterns(rfm), to_periods(horizon_days, purchases.time_unit)
    slopes = parameter_slopes(purchases, lambda fit: fit.expected_purchases(patterns, periods))
    expected, square = _count_moments(purchases, patterns, periods)
    return Uncertain(expected, slopes, np.maximum(square - expected**2, 0.0))


def parameter_slopes(fit: Any, predict: Any) -> FloatArray:
    """Central differences along the axes of the parameters' distribution, shape (axes, n)."""
    found = []
    for axis in _axes(fit):
        step = STEP / np.max(np.abs(axis))
        found.append((predict(fit.moved(axis * step)) - predict(fit.moved(-axis * step))) / (2.0 * step))
    return np.array(found)


def _axes(fit: Fitted) -> list[FloatArray]:
    """Independent directions in log-parameters, one standard deviation long."""
    sizes, directions = np.linalg.eigh(np.array(fit.covariance))
    return [directions[:, i] * np.sqrt(size) for i, size in enumerate(sizes) if size > 1e-14 * sizes[-1]]


def _count_moments(purchases: PurchaseFit, patterns: Patterns, periods: float) -> tuple[FloatArray, FloatArray]:
    """E[N] and E[N^2] of every customer: the sum of (2 n - 1) P(N >= n), far counts in bins as in `predictive`."""
    cells = purchases.cells(patterns)
    alive = purchases.p_alive(patterns)
    expected = purchases.expected_if_alive(cells, periods)
    square = np.concatenate([_square_if_alive(purchases, cells.part(block), periods) for block in blocks(cells)])
    square = np.maximum(square, expected**2)
    return alive * expected[cells.inverse], alive * square[cells.inverse]


def _square_if_alive(purchases: PurchaseFit, cells: Cells, periods: float) -> FloatArray:
    edges, _ = count_bins(largest_count(purchases, cells, periods))
    tail = purchases.at_least_if_alive(cells, periods, edges)
    width = np.diff(edges, append=edges[-1] + 1.0)
    after = np.column_stack([tail[:, 1:], np.zeros(len(cells))])
    typical = (tail + np.where(width > 1.0, after, tail)) / 2.0
    weights = (edges + width - 1.0) ** 2 - (edges - 1.0) ** 2
    return np.asarray(np.einsum("cn,n->c", typical, weights))
