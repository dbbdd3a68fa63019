"""What a fit reads: distinct purchase histories (x, t_x, T) with the number of customers that share each.

Customers with the same history are the same customer to every model here, so work is done once per history. Whole
numbers are their own index into tables of ln(alpha + t): a table look-up costs less than a logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dashapp.errors import InputError

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
LONGEST_TABLE = 2**20


@dataclass(frozen=True)
class Column:
    """One variable as positions in a table of its values."""

    values: FloatArray
    index: IndexArray

    @classmethod
    def of(cls, numbers: ArrayLike) -> Column:
        array = np.asarray(numbers)
        whole = array.astype(np.intp)
        largest = int(whole.max(initial=0))
        if largest < LONGEST_TABLE and (array.dtype.kind == "i" or np.array_equal(whole, array)):
            return cls(np.arange(largest + 1, dtype=float), whole)
        values, index = np.unique(array, return_inverse=True)
        return cls(values, index.astype(np.intp))

    def take(self, positions: IndexArray | NDArray[np.bool_]) -> Column:
        return Column(self.values, self.index[positions])

    @property
    def array(self) -> FloatArray:
        return self.values[self.index]


@dataclass(frozen=True)
class Patterns:
    """Histories in the same time unit: `frequency` [count], `recency` and `T` [periods], 0 <= recency <= T."""

    frequency: Column
    recency: Column
    T: Column
    weight: FloatArray | None = None
    "Customers per history; None means one each."
    kind: Column | None = None
    "What kind of customer, as the model that asked numbers them (`covariates`); None where all are of one."

    @classmethod
    def of(cls, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, weight: ArrayLike | None = None) -> Patterns:
        """Raises InputError for histories that cannot have happened."""
        arrays = [_numbers(column) for column in (frequency, recency, T)]
        weights = None if weight is None else np.atleast_1d(np.asarray(weight, dtype=float))
        _check(arrays[0], arrays[1], arrays[2], weights)
        return cls(Column.of(arrays[0]), Column.of(arrays[1]), Column.of(arrays[2]), weights)

    @classmethod
    def from_frame(cls, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> Patterns:
        """From columns frequency, recency_days and T_days. Raises InputError naming the missing ones."""
        missing = {"frequency", "recency_days", "T_days"} - set(rfm.columns)
        if missing:
            raise InputError(f"The summary lacks {', '.join(sorted(missing))}.", "Build it with rfm.summarise.")
        return cls.of(rfm["frequency"], rfm["recency_days"], rfm["T_days"], weights)

    def __len__(self) -> int:
        return len(self.T.index)

    @property
    def weights(self) -> FloatArray:
        return np.ones(len(self)) if self.weight is None else self.weight

    def take(self, positions: IndexArray | NDArray[np.bool_]) -> Patterns:
        weight = None if self.weight is None else self.weight[positions]
        kind = None if self.kind is None else self.kind.take(positions)
        columns = self.frequency.take(positions), self.recency.take(positions), self.T.take(positions)
        return Patterns(*columns, weight, kind)

    def merged(self) -> Patterns:
        """Each distinct history once, ordered by frequency, recency, kind, T, with its customers added up.

        >>> Patterns.of([1, 0, 1], [2, 0, 2], [5, 9, 5]).merged().weights
        array([1., 2.])
        """
        recencies, ages = len(self.recency.values), len(self.T.values)
        key = self._with_kind(self.frequency.index * recencies + self.recency.index) * ages + self.T.index
        size = len(self.frequency.values) * recencies * self._kinds * ages
        keys, weight = _count(narrow(key, size), self.weight, self._kinds * ages)
        rest, age = np.divmod(keys.astype(np.intp), ages)
        rest, kind = np.divmod(rest, self._kinds)
        frequency, recency = np.divmod(rest, recencies)
        return Patterns(
            Column(self.frequency.values, frequency), Column(self.recency.values, recency), Column(self.T.values, age),
            weight, None if self.kind is None else Column(self.kind.values, kind),
        )  # fmt: skip

    @property
    def _kinds(self) -> int:
        return 1 if self.kind is None else len(self.kind.values)

    def _with_kind(self, key: IndexArray) -> IndexArray:
        return key if self.kind is None else key * self._kinds + self.kind.index

    def thinned(self, limit: int) -> Patterns:
        """Every k-th history with k times its weight, at most `limit` of them: good enough to start a search."""
        stride = -(-len(self) // limit)
        if stride <= 1:
            return self
        sample = self.take(np.arange(stride // 2, len(self), stride))
        return replace(sample, weight=sample.weights * stride)

    def folded(self) -> tuple[Patterns, IndexArray]:
        """One-time buyers of one age once, everybody else as they are; and which of these each customer is.

        Half of all customers or more are one-time buyers, and finding those of one age takes no sorting.
        >>> folded, place = Patterns.of([0, 2, 0, 0], [0, 3, 0, 0], [9, 9, 9, 5]).folded()
        >>> folded.T.array, place
        (array([5., 9., 9.]), array([1, 2, 1, 0]))
        """
        cells = self.cells
        ages = int(np.count_nonzero(cells.frequency == 0.0))
        others = np.flatnonzero(cells.inverse >= ages)
        single = np.flatnonzero(cells.inverse < ages)
        chosen = np.empty(ages + len(others), dtype=np.intp)
        chosen[cells.inverse[single]] = single
        chosen[ages:] = others
        place = cells.inverse.copy()
        place[others] = np.arange(ages, len(chosen))
        return self.take(chosen), place

    @cached_property
    def cells(self) -> Cells:
        """The distinct (frequency, T, kind): all that the future of a living customer depends on."""
        ages = len(self.T.values)
        key = self._with_kind(self.frequency.index * ages + self.T.index)
        keys, inverse = _distinct(key, len(self.frequency.values) * ages * self._kinds)
        rest, kind = np.divmod(keys, self._kinds)
        frequency, age = np.divmod(rest, ages)
        kinds = None if self.kind is None else self.kind.values[kind].astype(np.intp)
        return Cells(self.frequency.values[frequency], self.T.values[age], inverse, kind=kinds)

    @cached_property
    def history_cells(self) -> Cells:
        """The distinct (frequency, T, recency): for a model whose future depends on when the last purchase was."""
        recencies = len(self.recency.values)
        key = self.cells.inverse * recencies + self.recency.index
        keys, inverse = _distinct(key, len(self.cells) * recencies)
        cell, recency = np.divmod(keys, recencies)
        some = self.cells.part(cell)
        return replace(some, inverse=inverse, recency=self.recency.values[recency])


@dataclass(frozen=True)
class Cells:
    """Distinct (frequency, T) or (frequency, T, recency) in ascending order, and where each customer's lies."""

    frequency: FloatArray
    T: FloatArray
    inverse: IndexArray
    recency: FloatArray | None = None
    "None where the model does not ask for it."
    kind: IndexArray | None = None
    "None where all are of one."

    def __len__(self) -> int:
        return len(self.T)

    def part(self, block: slice | IndexArray) -> Cells:
        """Some of the cells, each its own customer."""
        recency = None if self.recency is None else self.recency[block]
        kind = None if self.kind is None else self.kind[block]
        return Cells(self.frequency[block], self.T[block], np.arange(len(self.T[block])), recency, kind)

    def pairs(self) -> Cells:
        """The distinct (frequency, T) of these cells, and where each cell's lies."""
        new = (np.diff(self.frequency, prepend=-1.0) != 0) | (np.diff(self.T, prepend=-1.0) != 0)
        return Cells(self.frequency[new], self.T[new], np.cumsum(new) - 1)


def _numbers(column: ArrayLike) -> NDArray[Any]:
    """Signed integers as they are, anything else as float."""
    array = np.atleast_1d(np.asarray(column))
    return array if array.dtype.kind == "i" else array.astype(float)


def _check(frequency: NDArray[Any], recency: NDArray[Any], T: NDArray[Any], weight: FloatArray | None) -> None:
    hint = "Frequency counts repeat purchases; recency and T are measured from the first purchase."
    if not len(frequency) == len(recency) == len(T) or (weight is not None and len(weight) != len(T)):
        raise InputError("Frequency, recency, T and weights must have the same length.", hint)
    if not all(column.dtype.kind == "i" or np.isfinite(column).all() for column in (frequency, recency, T)):
        raise InputError("Frequency, recency and T must be numbers for every customer.", hint)
    if np.any(frequency < 0) or (frequency.dtype.kind == "f" and np.any(frequency != np.floor(frequency))):
        raise InputError("Frequency must be a whole number, zero or more.", hint)
    if np.any(recency < 0) or np.any(recency > T):
        raise InputError("Recency must lie between 0 and T.", hint)
    if np.any((frequency == 0) & (recency > 0)):
        raise InputError("A customer without a repeat purchase has recency 0.", hint)
    if weight is not None and not (np.isfinite(weight).all() and np.all(weight > 0)):
        raise InputError("Weights must be positive numbers.", hint)


def narrow(key: IndexArray, size: int) -> NDArray[np.integer]:
    """16 or 32 bits where they suffice: sorting them takes a tenth or half of the time."""
    if size <= 2**16:
        return key.astype(np.uint16)
    return key.astype(np.int32) if size < 2**31 else key


def _count(key: NDArray[np.integer], weight: FloatArray | None, common: int) -> tuple[NDArray[np.integer], FloatArray]:
    """Distinct keys in ascending order with their total weight.

    Keys below `common` are one-time buyers, half of all customers or more: counting them spares sorting them.
    """
    if weight is not None:
        keys, inverse = np.unique(key, return_inverse=True)
        return keys, np.bincount(inverse, weight).astype(float)
    few = np.bincount(key[key < common], minlength=common)
    rest = np.sort(key[np.flatnonzero(key >= common)])
    starts = np.flatnonzero(np.append(True, rest[1:] != rest[:-1])) if len(rest) else np.zeros(0, dtype=np.intp)
    keys = np.concatenate([np.flatnonzero(few), rest[starts]])
    return keys, np.concatenate([few[few > 0], np.diff(starts, append=len(rest))]).astype(float)


def _distinct(key: IndexArray, size: int) -> tuple[IndexArray, IndexArray]:
    """Distinct keys in ascending order and the position of each row's key; without sorting where a table fits."""
    if size > 4 * LONGEST_TABLE:
        keys, inverse = np.unique(key, return_inverse=True)
        return keys.astype(np.intp), inverse.astype(np.intp)
    seen = np.zeros(size, dtype=bool)
    seen[key] = True
    keys = np.flatnonzero(seen)
    position = np.zeros(size, dtype=np.intp)
    position[keys] = np.arange(len(keys))
    return keys, position[key]
