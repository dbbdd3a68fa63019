"""How wrong a prediction was: every metric as averages over customers, so that resampling never sorts again.

A metric is a Statistic: columns with one number per customer, and the metric as a function of their means. Means and
ratios are exact under any weights of the customers. Metrics of ranks are linearised at the data (the Hajek projection
of a U-statistic): exact at the data itself, right to first order in 1/n when customers are weighed anew.
Ranks of equal predictions are averaged, which is the mean over all orders of the tied customers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
BANDS = 10
TOP = 0.10
LARGEST_FREQUENCY = 7
"Frequencies from here on are one class of the calibration."


@dataclass(frozen=True)
class Statistic:
    """A metric as `of(means of columns)`."""

    columns: tuple[FloatArray, ...]
    "Each (n,); metrics of one pair share the arrays they have in common."
    of: Callable[[FloatArray], FloatArray]
    "From means, shape (k, ...), to the metric, shape (...); NaN where it has no value."

    @property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(self.of(np.array([column.mean() for column in self.columns])))


class Ranked:
    """Numbers with their ranks, worked out once."""

    def __init__(self, values: ArrayLike) -> None:
        self.values: FloatArray = np.asarray(values, dtype=float)
        # Many customers share a prediction: numbering the distinct ones by hash leaves half as much to sort.
        code, distinct = pd.factorize(self.values, use_na_sentinel=False)
        rank = np.empty(len(distinct), dtype=np.intp)
        rank[np.argsort(distinct)] = np.arange(len(distinct))
        self.tie: IndexArray = rank[code]
        "Which of the distinct values each number is, ascending."
        self.counts = np.bincount(self.tie)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def share(self) -> FloatArray:
        """Share of numbers below, equal ones counted half: the mid-distribution function, mean exactly 1/2."""
        return np.asarray(((np.cumsum(self.counts) - self.counts / 2.0) / len(self))[self.tie])

    def above(self, weights: FloatArray) -> FloatArray:
        """Sum of the weights of larger numbers, equal ones counted half, divided by n."""
        sums = np.bincount(self.tie, weights)
        return np.asarray(((sums.sum() - np.cumsum(sums) + sums / 2.0) / len(self))[self.tie])

    @cached_property
    def squared(self) -> FloatArray:
        """Linearised share x share, as spearman takes it."""
        return _product(self, self)

    @cached_property
    def ordered(self) -> FloatArray:
        """Linearised value x share: the best that gini can reach with these numbers as actuals."""
        return _by_rank(self.values, self)

    @cached_property
    def band(self) -> IndexArray:
        """Decile 0 (lowest) to 9 by rank; equal numbers share one, so deciles may differ in size."""
        return np.minimum((self.share * BANDS).astype(np.intp), BANDS - 1)


@dataclass(frozen=True)
class Pair:
    """A prediction and what came of it, one number per customer each."""

    predicted: Ranked
    actual: Ranked

    @classmethod
    def of(cls, predicted: ArrayLike, actual: ArrayLike) -> Pair:
        return cls(Ranked(predicted), Ranked(actual))

    @cached_property
    def error(self) -> FloatArray:
        return self.predicted.values - self.actual.values

    @cached_property
    def absolute_error(self) -> FloatArray:
        return np.abs(self.error)

    @cached_property
    def squared_error(self) -> FloatArray:
        return np.asarray(self.error**2)


def bias_pct(pair: Pair) -> Statistic:
    """100 (sum of predictions / sum of actuals - 1)."""
    return Statistic(
        (pair.predicted.values, pair.actual.values), lambda mean: np.asarray(100.0 * (mean[0] / mean[1] - 1))
    )


def abs_bias_pct(pair: Pair) -> Statistic:
    """|bias %|, for ranking: over several origins, opposite errors do not cancel."""
    signed = bias_pct(pair)
    return Statistic(signed.columns, lambda mean: np.abs(signed.of(mean)))


def mae(pair: Pair) -> Statistic:
    """Mean |prediction - actual|."""
    return Statistic((pair.absolute_error,), lambda mean: mean[0])


def rmse(pair: Pair) -> Statistic:
    """Square root of the mean (prediction - actual)^2."""
    return Statistic((pair.squared_error,), lambda mean: np.sqrt(mean[0]))


def wape(pair: Pair) -> Statistic:
    """Sum |prediction - actual| / sum of actuals."""
    return Statistic((pair.absolute_error, pair.actual.values), lambda mean: mean[0] / mean[1])


def spearman(pair: Pair) -> Statistic:
    """Pearson's correlation of average ranks."""
    x, y = pair.predicted, pair.actual
    columns = (_product(x, y), x.squared, y.squared)
    return Statistic(columns, lambda mean: (mean[0] - 0.25) / np.sqrt((mean[1] - 0.25) * (mean[2] - 0.25)))


def _product(a: Ranked, b: Ranked) -> FloatArray:
    """share x share, linearised."""
    terms = a.share * b.share
    return np.asarray(terms + a.above(b.share) + b.above(a.share) - 2.0 * terms.mean())


def gini(pair: Pair) -> Statistic:
    """Normalised Gini: cov(actual, rank of prediction) / cov(actual, rank of actual); 1 is the perfect order."""
    y = pair.actual
    columns = (_by_rank(y.values, pair.predicted), y.ordered, y.values)
    return Statistic(columns, lambda mean: (mean[0] - mean[2] / 2.0) / (mean[1] - mean[2] / 2.0))


def _by_rank(values: FloatArray, ranks: Ranked) -> FloatArray:
    """value x share, linearised."""
    terms = values * ranks.share
    return np.asarray(terms + ranks.above(values) - terms.mean())


def top_decile_capture(pair: Pair) -> Statistic:
    """Share of the actual total that the 10 % with the highest predictions brought; ties at the edge count in part."""
    ranks, y = pair.predicted, pair.actual.values
    behind = np.cumsum(ranks.counts[::-1])[::-1]
    room = TOP * len(ranks) - (behind - ranks.counts)
    taken = np.clip(room / ranks.counts, 0.0, 1.0)[ranks.tie]
    edge = (np.abs(ranks.share - (1.0 - TOP)) <= TOP / 5.0) | ((taken > 0.0) & (taken < 1.0))
    at_edge = float(y[edge].mean()) if edge.any() else 0.0
    # A weight more above the edge pushes somebody at the edge out.
    return Statistic((taken * y - at_edge * (taken - TOP), y), lambda mean: mean[0] / mean[1])


def auc(pair: Pair) -> Statistic:
    """P(a buyer is ranked above a non-buyer), equal predictions counted half. Actual: 1 for buyers, else 0."""
    ranks, buyer = pair.predicted, pair.actual.values
    other = 1.0 - buyer
    below = other.mean() - ranks.above(other)
    terms = buyer * below
    columns = (terms + other * ranks.above(buyer) - terms.mean(), buyer)
    return Statistic(columns, lambda mean: mean[0] / (mean[1] * (1.0 - mean[1])))


def brier(pair: Pair) -> Statistic:
    """Mean (probability - outcome)^2."""
    return Statistic((pair.squared_error,), lambda mean: mean[0])


def ece(pair: Pair) -> Statistic:
    """Expected calibration error: mean over deciles of the prediction of |mean probability - observed share|."""
    errors = tuple(np.where(pair.predicted.band == band, pair.error, 0.0) for band in range(BANDS))
    return Statistic(errors, lambda mean: np.abs(mean).sum(axis=0))


Metric = Callable[[Pair], Statistic]
AMOUNTS: Mapping[str, Metric] = {
    "bias_pct": bias_pct, "abs_bias_pct": abs_bias_pct, "mae": mae, "rmse": rmse, "wape": wape, "spearman": spearman,
    "gini": gini, "top_decile_capture": top_decile_capture,
}  # fmt: skip
"Metrics of purchases and of value."
SCORES: Mapping[str, Metric] = {"auc": auc}
"Metrics of anything that ranks customers by how likely they buy."
PROBABILITIES: Mapping[str, Metric] = {"auc": auc, "brier": brier, "ece": ece}
NEVER_NEGATIVE = frozenset({"abs_bias_pct", "ece"})
"Whose intervals could reach below zero."
LARGER_IS_BETTER = frozenset({"spearman", "gini", "top_decile_capture", "auc"})


def deciles(pair: Pair) -> pd.DataFrame:
    """One row per decile of the prediction, 1 the lowest: decile, customers, predicted and actual (means)."""
    return _classes(pair.predicted.band, pair, BANDS, first=1).rename(columns={"class": "decile"})


def calibration(frequency: ArrayLike, pair: Pair) -> pd.DataFrame:
    """One row per frequency, the last for 7 and more: class, customers, predicted and actual (means)."""
    classes = np.minimum(np.asarray(frequency, dtype=np.intp), LARGEST_FREQUENCY)
    return _classes(classes, pair, LARGEST_FREQUENCY + 1)


def reliability(pair: Pair) -> pd.DataFrame:
    """One row per tenth of the probability scale: class 0-9, customers, predicted (mean) and actual (share)."""
    classes = np.minimum((pair.predicted.values * BANDS).astype(np.intp), BANDS - 1)
    return _classes(classes, pair, BANDS)


def coverage(low: FloatArray, high: FloatArray, pair: Pair) -> pd.DataFrame:
    """How often low <= actual <= high, and how wide: decile (0 for all), customers, covered (share), width (mean)."""
    inside = ((pair.actual.values >= low) & (pair.actual.values <= high)).astype(float)
    parts = _classes(pair.predicted.band, Pair.of(high - low, inside), BANDS, first=1)
    everybody = pd.DataFrame({
        "class": [0], "customers": [len(inside)], "predicted": [(high - low).mean()], "actual": [inside.mean()],
    })  # fmt: skip
    names = {"class": "decile", "predicted": "width", "actual": "covered"}
    return pd.concat([everybody, parts], ignore_index=True).rename(columns=names)


def _classes(classes: IndexArray, pair: Pair, size: int, first: int = 0) -> pd.DataFrame:
    customers = np.bincount(classes, minlength=size)
    present = np.flatnonzero(customers)
    means = (
        np.bincount(classes, side.values, size)[present] / customers[present] for side in (pair.predicted, pair.actual)
    )
    columns = (present + first, customers[present], *means)
    return pd.DataFrame(dict(zip(("class", "customers", "predicted", "actual"), columns, strict=True)))
