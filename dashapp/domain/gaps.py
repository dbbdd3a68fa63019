"""The days between one purchase of a customer and the next, from rows of customer and day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dashapp.errors import InputError


@dataclass(frozen=True)
class PurchaseDays:
    """Each customer's distinct purchase days, customers in ascending order, days in ascending order within each."""

    customer: NDArray[np.intp]
    "0, 1, 2, ... per customer."
    day: NDArray[np.int64]
    "Days since 1970."
    number: NDArray[np.intp]
    "1 for a customer's first purchase, 2 for the second, ..."

    @classmethod
    def of(cls, customers: ArrayLike, dates: ArrayLike) -> PurchaseDays:
        """From one row per order or line, dates as anything numpy reads as a date. Raises InputError."""
        codes = pd.factorize(np.asarray(customers), sort=True)[0]
        days = np.asarray(dates, dtype="datetime64[D]")
        if len(codes) != len(days) or np.any(codes < 0) or np.isnat(days).any():
            raise InputError("Every purchase needs a customer and a date.", "Leave rows without either out.")
        rows = np.unique(np.column_stack([codes, days.astype(np.int64)]), axis=0)
        first = np.flatnonzero(np.diff(rows[:, 0], prepend=-1))
        started = np.repeat(first, np.diff(first, append=len(rows)))
        return cls(rows[:, 0].astype(np.intp), rows[:, 1], np.arange(len(rows)) - started + 1)

    def __len__(self) -> int:
        return len(self.day)

    def until_next(self) -> NDArray[np.int64]:
        """Days from each purchase to the customer's next; 0 where there is none yet."""
        gaps = np.zeros(len(self), dtype=np.int64)
        same = self.customer[1:] == self.customer[:-1]
        gaps[:-1][same] = np.diff(self.day)[same]
        return gaps
