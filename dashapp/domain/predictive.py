"""How far one customer's spend may differ from its mean: predictive intervals of the money spent in a horizon.

The number of purchases N and the spend per purchase are both uncertain. Given the customer lives, N depends on
(x, T) only; given N = n, total spend / w is BetaPrime(p n, q + p x), w = v + x m, which depends on x only. So the
distribution of spend / w is tabulated once per (x, T), and each customer's bounds are looked up in it:
    P(spend <= s) = 1 - P(alive) * (P(N >= 1 | alive) - F(s / w)),   F(u) = P(N >= 1, spend / w <= u | alive)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from dashapp.domain.model import PurchaseFit, SpendFit
from dashapp.domain.patterns import Cells, IndexArray, Patterns, narrow

FloatArray = NDArray[np.float64]
LEVEL = 0.80
GRID = 192
"Points per table, interpolated in the logarithm of money: 0.02 % off in the median, 0.25 % at worst."
EXACT_COUNTS = 40
GROWTH = 1.06
"Counts above EXACT_COUNTS are grouped into bins 6 % wide."
GRID_TAIL = 1e-6
CELLS_AT_ONCE = 4096


def spend_interval(
    purchases: PurchaseFit,
    spend: SpendFit,
    patterns: Patterns,
    monetary_value: ArrayLike,
    periods: float,
    level: float = LEVEL,
    stretch: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bound of each customer's undiscounted spend in the next `periods`, each shape (n,), money."""
    ((low, high),) = spend_intervals(purchases, spend, patterns, monetary_value, periods, (level,), stretch)
    return low, high


def spend_intervals(
    purchases: PurchaseFit,
    spend: SpendFit,
    patterns: Patterns,
    monetary_value: ArrayLike,
    periods: float,
    levels: Sequence[float],
    stretch: float = 0.0,
) -> FloatArray:
    """The same for several levels from one table, shape (levels, 2, n).

    The lower bound is the (1 - level) / 2 quantile. Where that is 0, nobody can lie below, so all that may lie outside
    lies above: the upper bound is the `level` quantile there and the (1 + level) / 2 quantile elsewhere. Both are 0 for
    a customer who buys nothing with probability `level`. The bounds cover what the customer does, not the uncertainty
    of the parameters, which is far smaller.

    stretch: how much busier or quieter than expected the whole shop may be, as a logarithm, at least 0. A busier shop
    is a longer horizon: the lower bound is that of `periods` / exp(stretch), the upper that of `periods` exp(stretch).
    """
    cells, alive = purchases.cells(patterns), purchases.p_alive(patterns)
    quiet, busy = periods / np.exp(stretch), periods * np.exp(stretch)
    with threadpool_limits(1, user_api="blas"):  # the same last digit on any machine, and no thread that waits
        bounds = _ratios(purchases, spend, cells, alive, (float(quiet), float(busy)), levels)
    bounds *= spend.spend_scale(patterns.frequency.array, monetary_value)
    return bounds


def _ratios(
    purchases: PurchaseFit,
    spend: SpendFit,
    cells: Cells,
    alive: FloatArray,
    periods: tuple[float, float],
    levels: Sequence[float],
) -> FloatArray:
    """The bounds of spend / w, shape (levels, 2, n); periods: of the lower bound, of the upper one."""
    order = np.argsort(narrow(cells.inverse, len(cells)), kind="stable")
    ends = np.append(0, np.cumsum(np.bincount(cells.inverse, minlength=len(cells))))
    bounds = np.zeros((len(levels), 2, len(alive)))
    for block in blocks(cells):
        customers = order[ends[block.start] : ends[block.stop]]
        tables = _tables(purchases, spend, cells.part(block), periods, levels)
        rows = cells.inverse[customers] - block.start
        if cells.frequency[block.start] == 0.0:  # one-time buyers of a cell have one history: one of them answers
            some = alive[order[ends[block]]]
            bounds[:, :, customers] = _bounds(*tables, np.arange(len(some)), some, levels)[:, :, rows]
        else:
            bounds[:, :, customers] = _bounds(*tables, rows, alive[customers], levels)
    return bounds


class _Table:
    """F of the cells of one frequency over a grid of ln(spend / w)."""

    def __init__(self, log_ratios: FloatArray, below: FloatArray, active: FloatArray) -> None:
        self.log_ratios, self.below, self.active = log_ratios, below, active

    @classmethod
    def of(cls, purchases: PurchaseFit, spend: SpendFit, cells: Cells, periods: float) -> _Table:
        frequency = float(cells.frequency[0])
        edges, typical = count_bins(largest_count(purchases, cells, periods))
        tail = purchases.at_least_if_alive(cells, periods, edges)
        mass = tail.copy()
        mass[:, :-1] -= tail[:, 1:]
        np.maximum(mass, 0.0, out=mass)
        low, high = spend.total_range(frequency, int(typical[-1]), GRID_TAIL)
        log_ratios = np.linspace(low, high, GRID)
        below = mass @ spend.total_below(frequency, typical[:, None], log_ratios)
        return cls(log_ratios, np.maximum.accumulate(below, axis=1, out=below), tail[:, 0])

    def quantile(self, rows: IndexArray, alive: FloatArray, probability: ArrayLike) -> FloatArray:
        """spend / w at `probability`, for customers in cell `rows`; 0 where buying nothing is that likely."""
        target = self.active[rows] - (1.0 - np.asarray(probability)) / np.maximum(alive, 1e-300)
        buys = np.flatnonzero(target > 0.0)
        found = np.zeros(len(rows))
        found[buys] = self._ratio(rows[buys], np.minimum(target[buys], 1.0))
        return found

    def _ratio(self, rows: IndexArray, reach: FloatArray) -> FloatArray:
        """spend / w where F of the row is `reach`, between two points of the grid."""
        right = np.clip(self._first_at_least(rows, reach), 1, GRID - 1)
        flat, base = self.below.ravel(), rows * GRID
        under, over = flat[base + right - 1], flat[base + right]
        share = np.clip((reach - under) / np.maximum(over - under, 1e-300), 0.0, 1.0)
        width = self.log_ratios[1] - self.log_ratios[0]
        return np.asarray(np.exp(self.log_ratios[0] + width * (right - 1 + share)))

    def _first_at_least(self, rows: IndexArray, target: FloatArray) -> IndexArray:
        """Bisection over each customer's row at once."""
        flat, base = self.below.ravel(), rows * GRID
        low, high = np.zeros(len(rows), dtype=np.intp), np.full(len(rows), GRID - 1, dtype=np.intp)
        for _ in range(GRID.bit_length()):
            middle = (low + high) // 2
            reached = flat[base + middle] >= target
            high = np.where(reached, middle, high)
            low = np.where(reached, low, np.minimum(middle + 1, high))
        return high


def _tables(
    purchases: PurchaseFit, spend: SpendFit, cells: Cells, periods: tuple[float, float], levels: Sequence[float]
) -> tuple[_Table, _Table, IndexArray]:
    """Of the lower bound and of the upper one; one table where they look equally far.

    The lower one only has the cells where that bound can be above 0. Third: the row of each cell in it, -1 without.
    """
    high = _Table.of(purchases, spend, cells, periods[1])
    if periods[0] == periods[1]:
        return high, high, np.arange(len(cells))
    buys = purchases.at_least_if_alive(cells, periods[0], [1.0])[:, 0]
    some = np.flatnonzero(buys > (1.0 + min(levels)) / 2.0)
    place = np.full(len(cells), -1)
    place[some] = np.arange(len(some))
    low = _Table.of(purchases, spend, cells.part(some), periods[0]) if len(some) else high
    return low, high, place


def _bounds(
    low: _Table, high: _Table, place: IndexArray, rows: IndexArray, alive: FloatArray, levels: Sequence[float]
) -> FloatArray:
    """spend / w between which customers in cell `rows` end up, shape (levels, 2, n)."""
    found = np.zeros((len(levels), 2, len(rows)))
    some = np.flatnonzero(place[rows] >= 0)
    for bound, level in zip(found, levels, strict=True):
        tail = (1.0 - level) / 2.0
        bound[0, some] = low.quantile(place[rows[some]], alive[some], tail)
        bound[1] = high.quantile(rows, alive, np.where(bound[0] > 0.0, 1.0 - tail, level))
    return found


def blocks(cells: Cells) -> list[slice]:
    """Runs of cells of one frequency, at most CELLS_AT_ONCE long; cells are ordered by frequency."""
    starts = np.flatnonzero(np.diff(cells.frequency, prepend=-1.0))
    ends = np.append(starts, len(cells))[1:]
    return [
        slice(int(at), int(min(at + CELLS_AT_ONCE, end)))
        for start, end in zip(starts, ends, strict=True)
        for at in range(start, end, CELLS_AT_ONCE)
    ]


def largest_count(purchases: PurchaseFit, cells: Cells, periods: float) -> int:
    """A count that no customer of these cells passes with more than a chance of 1e-5, found by doubling."""
    youngest = cells.part(slice(1 if cells.kind is None else int(np.count_nonzero(cells.T[0] >= cells.T))))
    count = 4
    while count < 10**7 and purchases.at_least_if_alive(youngest, periods, [count]).max() > 1e-5:
        count *= 2
    return count


def count_bins(largest: int) -> tuple[FloatArray, FloatArray]:
    """First count of each bin, and the count that stands for it.

    >>> [int(edge) for edge in count_bins(60)[0][-4:]]
    [49, 52, 56, 60]
    """
    edges = [float(n) for n in range(1, min(largest, EXACT_COUNTS) + 1)]
    while edges[-1] * GROWTH < largest:
        edges.append(float(int(edges[-1] * GROWTH) + 1))
    first = np.array(edges)
    last = np.append(first[1:] - 1.0, first[-1])
    return first, (first + last) / 2.0
