"""How much sooner the next event comes in each of many groups than among the others of the same stratum.

Cox's model with one column, "is of this group", for thousands of groups at once: all it needs of the data is how many
of a group, and of all, were at risk and ended at each time. With n of N at risk, d1 of d ended, and b the log ratio,
the f-th tie of Efron (1977) adds -ln(A + B exp(b)) to b d1, where A = N - n - f/d (d - d1) and B = n - f/d d1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
PRIOR_VARIANCE = 9.0
"Of a log ratio, used only where the likelihood has no optimum: nobody of the group, or of the others, ended."
TIES = 6
"Ties counted one by one; of more, as many nodes serve: 1e-9 off where half of all at risk end at once."
FEW_TIES = 2
RARE = 0.02
"Where at most this share of all at risk ends at once, so few nodes are as close."
ELEMENTS = 2**20
STEPS = 100
TOLERANCE = 1e-7
"Newton's step that ends the search: the next would be its square."


@dataclass(frozen=True)
class GroupHazards:
    """Hazard of each group over that of the others, shape (groups,); NaN where the data compare nobody."""

    ratio: FloatArray
    low: FloatArray
    high: FloatArray
    p_value: FloatArray
    "Of no difference, two-sided: the score test, that is the stratified log-rank test with Efron's ties."


@dataclass(frozen=True)
class Points:
    """The times of each stratum at which somebody ended, ascending, as slots: one or several per point."""

    ends: IndexArray
    "How many ended at each point."
    everybody: FloatArray
    "How many were at risk."
    stratum_end: IndexArray
    "First point of the next stratum, per point."
    last: IndexArray
    "Last point of its stratum at which each subject was at risk; -1 without one."
    ended: NDArray[np.bool_]
    point: IndexArray
    "Of each slot, as are the next two."
    share: FloatArray
    "f/d: the part of those who end together that has already left."
    weight: FloatArray

    @classmethod
    def of(cls, time: FloatArray, ended: NDArray[np.bool_], stratum: IndexArray) -> Points:
        rank = np.unique(time, return_inverse=True)[1].astype(np.intp)
        times = int(rank.max(initial=0)) + 1
        keys, ends = np.unique(stratum[ended] * times + rank[ended], return_counts=True)
        place = np.searchsorted(keys, stratum * times + rank, side="right") - 1
        last = np.where((place >= 0) & (keys[place] // times == stratum), place, -1)
        after = np.searchsorted(keys // times, keys // times, side="right")
        at_risk = _later(np.bincount(last[last >= 0], minlength=len(keys))[None], after)[0]
        limits = np.where(ends <= RARE * at_risk, FEW_TIES, TIES)
        rules = [tie_nodes(int(count), int(limit)) for count, limit in zip(ends, limits, strict=True)]
        share, weight = (np.concatenate(column) for column in zip(*rules, strict=True))
        point = np.repeat(np.arange(len(keys)), [len(rule[0]) for rule in rules])
        return cls(ends, at_risk, after, last, ended, point, share, weight)

    def at_risk(self, who: IndexArray, group: IndexArray, groups: int) -> FloatArray:
        """How many of each group were at risk at each point, (groups, points)."""
        here = self.last[who] >= 0
        return _later(self._count(who[here], group[here], groups), self.stratum_end)

    def ended_of(self, who: IndexArray, group: IndexArray, groups: int) -> FloatArray:
        """How many of each group ended at each point, (groups, points)."""
        return self._count(who[self.ended[who]], group[self.ended[who]], groups)

    def _count(self, who: IndexArray, group: IndexArray, groups: int) -> FloatArray:
        points = len(self.ends)
        cells = np.bincount(group * points + self.last[who], minlength=groups * points)
        return cells.reshape(groups, points).astype(float)


def _later(count: NDArray[Any], stratum_end: IndexArray) -> FloatArray:
    """Sums along each row from every point to the end of its stratum."""
    later = np.zeros((len(count), count.shape[1] + 1))
    later[:, :-1] = count[:, ::-1].cumsum(axis=1)[:, ::-1]
    return np.asarray(later[:, :-1] - later[:, stratum_end])


@cache
def tie_nodes(ends: int, limit: int) -> tuple[FloatArray, FloatArray]:
    """Shares f/d and weights of f = 0..d-1, or the Gauss rule of `limit` points (Chebyshev's discrete polynomials).

    >>> share, weight = tie_nodes(1000, 6)
    >>> len(share), round(float(weight @ share**2), 4)  # (0 + 1 + ... + 999²) / 1000²
    (6, 332.8335)
    """
    if ends <= limit:
        return np.arange(ends) / ends, np.ones(ends)
    n = np.arange(1, limit)
    off = n / 2.0 * np.sqrt((float(ends) ** 2 - n**2) / (4.0 * n**2 - 1.0))
    nodes, vectors = np.linalg.eigh(np.diag(np.full(limit, (ends - 1) / 2.0)) + np.diag(off, 1) + np.diag(off, -1))
    return nodes / ends, ends * vectors[0] ** 2


def compare_groups(
    time: FloatArray, ended: NDArray[np.bool_], stratum: IndexArray, who: IndexArray, group: IndexArray, groups: int,
    z: float = 1.96,
) -> GroupHazards:  # fmt: skip
    """time >= 0, ended and stratum (0..) of each subject; subject who[i] is of group[i] (0..groups - 1).

    A subject may be of several groups. z: normal quantile of the interval.

    >>> time, ended, stratum = np.arange(4.0), np.ones(4, bool), np.zeros(4, int)
    >>> compare_groups(time, ended, stratum, np.array([0, 2]), np.array([0, 0]), 1).ratio.round(4)  # h² = h + 4
    array([2.5616])
    """
    found = np.full((4, groups), np.nan)
    if not ended.any() or not groups:
        return GroupHazards(*found)
    points = Points.of(time, ended, stratum)
    order = np.argsort(group, kind="stable")
    who, group = who[order], group[order]
    size = max(1, ELEMENTS // len(points.share))
    for start in range(0, groups, size):
        rows = slice(*np.searchsorted(group, [start, start + size]))
        some = _Some(points, who[rows], group[rows] - start, min(size, groups - start))
        found[:, start : start + size] = some.compared(z)
    return GroupHazards(*found)


class _Some:
    """Some groups against everybody else: A and B of every slot, (groups, slots)."""

    def __init__(self, points: Points, who: IndexArray, group: IndexArray, groups: int) -> None:
        at_risk, ended = points.at_risk(who, group, groups), points.ended_of(who, group, groups)
        self.ended, self.weight = ended.sum(axis=1), points.weight
        self.own = at_risk[:, points.point] - points.share * ended[:, points.point]
        others = (points.everybody - at_risk)[:, points.point]
        self.others = others - points.share * (points.ends - ended)[:, points.point]

    def compared(self, z: float) -> FloatArray:
        """Ratio, low, high, p-value: (4, groups)."""
        expected, variance = self._moments(np.zeros(len(self.ended)))
        told = variance > 0.0
        safe = np.where(told, variance, 1.0)
        p_value = 2.0 * ndtr(-np.abs(self.ended - expected) / np.sqrt(safe))
        b, curve = self._optimum()
        spread = z / np.sqrt(np.where(told, curve, 1.0))
        rows = np.array([np.exp(b), np.exp(b - spread), np.exp(b + spread), p_value])
        return np.where(told, rows, np.nan)

    def _optimum(self) -> tuple[FloatArray, FloatArray]:
        """Log ratio and curvature there.

        Of a sum of such logistic terms the third derivative is no larger than the second, which so changes by at most
        exp(step): a step of ln(1 + Newton's) cannot overshoot, and none needs halving.
        """
        certain = np.sum(self.weight * (self.others <= 0.0), axis=1)
        possible = np.sum(self.weight * (self.own > 0.0), axis=1)
        precision = np.where((self.ended <= certain) | (self.ended >= possible), 1.0 / PRIOR_VARIANCE, 0.0)
        b = np.zeros(len(self.ended))
        for _ in range(STEPS):
            expected, variance = self._moments(b)
            curve = np.maximum(variance + precision, 1e-300)
            newton = (self.ended - expected - precision * b) / curve
            b = b + np.sign(newton) * np.log1p(np.abs(newton))
            if np.all(np.abs(newton) <= TOLERANCE * (1.0 + np.abs(b))):
                break
        return b, self._moments(b)[1] + precision

    def _moments(self, b: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Events of each group expected at this log ratio, and their variance."""
        own = self.own * np.exp(b)[:, None]
        share = own / np.maximum(own + self.others, 1e-300)
        part = share * self.weight
        return part.sum(axis=1), (part * (1.0 - share)).sum(axis=1)
