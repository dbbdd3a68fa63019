"""How often the higher score ends first: Harrell's C, counted without comparing every pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]


def concordance(times: FloatArray, ended: NDArray[np.bool_], score: FloatArray, stratum: IndexArray) -> float:
    """Share of the telling pairs in which the higher score ended first; equal scores count half. NaN without pairs.

    A pair of one stratum tells something where one ended and the other was still waiting: later, or censored at that
    time. Two that ended at one time do not (Harrell et al. 1982; Therneau's `concordance`).

    >>> concordance(np.array([1.0, 2, 3]), np.array([True, True, False]), np.array([2.0, 1, 1]), np.zeros(3, int))
    0.8333333333333334
    """
    right, pairs = 0.0, 0.0
    for code in np.unique(stratum):
        rows = np.flatnonzero(stratum == code)
        found = _pairs(times[rows], ended[rows], score[rows])
        right, pairs = right + found[0], pairs + found[1]
    return right / pairs if pairs else float("nan")


def _pairs(times: FloatArray, ended: NDArray[np.bool_], score: FloatArray) -> tuple[float, float]:
    """Concordant pairs, ties as halves, and all pairs that tell."""
    order = np.lexsort((ended, -times))
    times, ended = times[order], ended[order]
    rank = np.unique(score[order], return_inverse=True)[1].astype(np.intp)
    events = np.flatnonzero(ended)
    # Still waiting when this one ended: everybody before the first who ended at the same time.
    waiting = events[np.searchsorted(-times[events], -times[events], side="left")]
    below = count_below(rank, waiting, rank[events])
    not_above = count_below(rank, waiting, rank[events] + 1)
    return float((below + not_above).sum()) / 2.0, float(waiting.sum())


def count_below(values: IndexArray, length: IndexArray, limit: IndexArray) -> IndexArray:
    """How many of the first `length` values >= 0 are below `limit`: one stable sort per binary digit (a wavelet tree).

    >>> count_below(np.array([3, 1, 2]), np.array([3, 2]), np.array([3, 3])).tolist()
    [2, 1]
    """
    found = np.zeros(len(length), dtype=np.intp)
    start, end = np.zeros(len(length), dtype=np.intp), length.astype(np.intp)
    for digit in range(int(max(values.max(initial=0), limit.max(initial=0))).bit_length() - 1, -1, -1):
        low = (values >> digit) & 1 == 0
        lows = np.concatenate([[0], np.cumsum(low)])
        high = (limit >> digit) & 1 == 1
        found += np.where(high, lows[end] - lows[start], 0)
        start = np.where(high, lows[-1] + start - lows[start], lows[start])
        end = np.where(high, lows[-1] + end - lows[end], lows[end])
        values = np.concatenate([values[low], values[~low]])
    return found
