"""The bootstrap over customers: how much of a metric, and of a difference between two, is luck of the draw.

Each replicate gives every customer a Poisson(1) weight, the same for every prediction and every origin, so that
differences are paired. Above GROUPS customers, customers are dealt into GROUPS groups at random and the groups are
weighed: the same distribution to first order, at a cost that does not grow with the replicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.evaluation import Statistic

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
GROUPS = 4096
REPLICATES = 400
LEVEL = 0.95


@dataclass(frozen=True)
class Resampling:
    """Weights for `customers` customers, fixed by the seed."""

    customers: int
    seed: int
    replicates: int = REPLICATES

    @cached_property
    def _drawn(self) -> tuple[IndexArray, FloatArray]:
        """Group of each customer; weight of each group in each replicate, shape (replicates, groups)."""
        rng = np.random.default_rng(self.seed)
        groups = min(self.customers, GROUPS)
        dealt = rng.permutation(self.customers) % GROUPS
        return dealt.astype(np.intp), rng.poisson(1.0, (self.replicates, groups)).astype(float)

    def of(self, statistic: Statistic, rows: IndexArray) -> FloatArray:
        """The metric in each replicate; column i of the statistic belongs to customer rows[i]."""
        return self.each([statistic], rows)[0]

    def each(self, statistics: Sequence[Statistic], rows: IndexArray) -> list[FloatArray]:
        """The same of several metrics; a column that they share is weighed once."""
        dealt, weights = self._drawn
        group, size = dealt[rows], weights.shape[1]
        columns = {id(column): column for statistic in statistics for column in statistic.columns}
        sums = [np.bincount(group, column, size) for column in columns.values()]
        sums.append(np.bincount(group, minlength=size).astype(float))
        # einsum and not @: a threaded dot product adds in another order and changes the last digits.
        totals = np.einsum("bg,kg->kb", weights, np.stack(sums))
        with np.errstate(all="ignore"):
            means = dict(zip(columns, totals[:-1] / totals[-1], strict=True))
            return [
                np.asarray(item.of(np.stack([means[id(column)] for column in item.columns]))) for item in statistics
            ]


def interval(value: float, replicates: FloatArray, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval, moved so that the mean of the replicates lies at `value`; NaN where one has no value.

    Without the move, a sum of absolute values would often lie below its own interval: its replicates lie above it.
    """
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(replicates, [(1.0 - level) / 2.0, (1.0 + level) / 2.0]) - replicates.mean() + value
    return float(low), float(high)
