"""Who bought on which day and for how much, as sorted arrays: cut anywhere into what was known and what came after.

A customer-day without a purchase (a return) adds its money to the purchase it follows, as in the marts; money before
a customer's first purchase belongs to nobody. What is after a cut-off never reaches the summary before it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.errors import InputError

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
COLUMNS = ("customer_key", "order_date", "amount")
LONGEST_SPAN = 2**20
"Days; wide enough for 2,800 years, so that customer and day fit one 64-bit key."


@dataclass(frozen=True)
class Outcome:
    """What happened in a window after the cut-off."""

    purchases: FloatArray
    "Distinct purchase days of each customer known at the cut-off, in the order of its summary."
    value: FloatArray
    "Money of the window, returns taken off; may be negative."
    later_customers: int
    "Customers first seen in the window."
    later_purchases: int
    later_value: float


@dataclass(frozen=True)
class PurchaseDays:
    """Customer-days ordered by customer, then day; each customer's first row is a purchase."""

    keys: NDArray[Any]
    "customer_key of each customer, ascending, shape (customers,)."
    customer: IndexArray
    "Position of each row's customer in `keys`, shape (rows,)."
    day: NDArray[np.int32]
    "Days since 1970-01-01."
    amount: FloatArray
    is_purchase: NDArray[np.bool_]

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """From customer_key, order_date (datetime64), amount [money] and, where there are returns, is_purchase.

        Several rows of one customer and day are one. Raises InputError naming missing columns.
        """
        missing = set(COLUMNS) - set(frame.columns)
        if missing:
            raise InputError(f"The purchases lack {', '.join(sorted(missing))}.", "Give one row per customer and day.")
        keys, customer = _numbered(frame["customer_key"].to_numpy())
        day = frame["order_date"].to_numpy().astype("datetime64[D]").astype(np.int32)
        bought = frame["is_purchase"].to_numpy(dtype=bool) if "is_purchase" in frame else np.ones(len(frame), bool)
        rows = _merged(customer, day, frame["amount"].to_numpy(dtype=float), bought)
        return cls(keys, *rows)._from_first_purchase()

    def _from_first_purchase(self) -> Self:
        """Without customers who never bought, and without money before the first purchase."""
        used = self.ordinal > 0
        if used.all() and len(self.first_day) == len(self.keys):
            return self
        present, customer = _numbered(self.customer[used])
        return type(self)(self.keys[present], customer, self.day[used], self.amount[used], self.is_purchase[used])

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def ordinal(self) -> NDArray[np.int64]:
        """Number of the purchase each row belongs to, from 1; 0 before the first."""
        running = np.cumsum(self.is_purchase, dtype=np.int64)
        starts = np.flatnonzero(np.diff(self.customer, prepend=-1))
        before = running[starts] - self.is_purchase[starts]
        return np.asarray(running - np.repeat(before, np.diff(starts, append=len(self.customer))))

    @cached_property
    def first_day(self) -> NDArray[np.int32]:
        """Of each customer."""
        return self.day[np.flatnonzero(np.diff(self.customer, prepend=-1))]

    @cached_property
    def age(self) -> NDArray[np.int32]:
        """Days from the customer's first purchase to each row."""
        return self.day - self.first_day[self.customer]

    @cached_property
    def cents(self) -> FloatArray:
        """The amounts in whole cents: sums of them are exact in any order."""
        return np.rint(self.amount * 100.0)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of every customer, day, cent and kind of row: equal data, equal fingerprint."""
        digest = hashlib.sha256()
        cents = self.cents.astype("<i8")
        for column in (self.customer.astype("<i8"), self.day.astype("<i4"), cents, self.is_purchase):
            digest.update(np.ascontiguousarray(column).view(np.uint8).data)
        return digest.hexdigest()

    @cached_property
    def _told(self) -> dict[date, str]:
        return {}

    def fingerprint_until(self, last: date) -> str:
        """The fingerprint of `until(last)`, worked out once."""
        if last not in self._told:
            self._told[last] = self.until(last).fingerprint
        return self._told[last]

    def known(self, cut_off: date) -> IndexArray:
        """Positions of the customers of `summary(cut_off)`."""
        return np.flatnonzero(self.first_day <= number(cut_off))

    def summary(self, cut_off: date) -> pd.DataFrame:
        """The same frame as rfm.summarise; mean spend is never below zero, as in the marts."""
        last_known, known = number(cut_off), self.known(cut_off)
        past = self.day <= last_known
        repeats = past & (self.ordinal > 1)
        bought = np.flatnonzero(past & self.is_purchase)
        count = np.bincount(self.customer[bought], minlength=len(self))[known]
        money = np.bincount(self.customer[repeats], self.amount[repeats], len(self))[known]
        last = np.zeros(len(self), dtype=np.int64)
        last[self.customer[bought]] = self.day[bought]  # rows ascend by day, so the last one stays
        first = self.first_day[known].astype(np.int64)
        return pd.DataFrame({
            "customer_key": self.keys[known],
            "frequency": count - 1,
            "recency_days": last[known] - first,
            "T_days": last_known - first,
            "monetary_value": np.maximum(money / np.maximum(count - 1, 1), 0.0),
        }, copy=False)  # fmt: skip

    def outcome(self, cut_off: date, horizon_days: int) -> Outcome:
        """What came in the `horizon_days` days after `cut_off`, for each customer of its summary."""
        purchases, value = self.window(cut_off, horizon_days)
        later = self.first_day > number(cut_off)
        return Outcome(
            purchases[~later], value[~later], int(np.count_nonzero(purchases[later])), int(purchases[later].sum()),
            float(value[later].sum()),
        )  # fmt: skip

    def until(self, last: date) -> Self:
        """What was known on the evening of `last`: the customers of `summary(last)` and their days till then."""
        past = self.day <= number(last)
        if past.all():
            return self
        present, customer = _numbered(self.customer[past])
        return type(self)(self.keys[present], customer, self.day[past], self.amount[past], self.is_purchase[past])

    def sample(self, limit: int) -> Self:
        """At most `limit` of the customers, evenly spread over the keys, with all their days."""
        stride = max(1, -(-len(self) // limit))
        if stride == 1:
            return self
        rows = self.customer % stride == 0
        return type(self)(
            self.keys[::stride],
            self.customer[rows] // stride,
            self.day[rows],
            self.amount[rows],
            self.is_purchase[rows],
        )

    def window(self, after: date, days: int) -> tuple[FloatArray, FloatArray]:
        """Purchases and money of every customer in `keys` in the `days` days after the day `after`."""
        start = number(after)
        rows = np.flatnonzero((self.day > start) & (self.day <= start + days))
        customer = self.customer[rows]
        return (
            np.asarray(np.bincount(customer, self.is_purchase[rows], len(self)), dtype=float),
            np.asarray(np.bincount(customer, self.amount[rows], len(self)), dtype=float),
        )

    def beginning(self, days: int) -> FloatArray:
        """Money of every customer in `keys` in their first `days` days, the first purchase included."""
        rows = np.flatnonzero(self.age < days)
        return np.bincount(self.customer[rows], self.cents[rows], len(self)) / 100.0

    def daily(self, cut_off: date, horizon_days: int) -> NDArray[np.int64]:
        """Purchases on each day of the window by customers known at `cut_off`, shape (horizon_days,)."""
        start = number(cut_off)
        known = self.first_day[self.customer] <= start
        rows = known & self.is_purchase & (self.day > start) & (self.day <= start + horizon_days)
        return np.bincount(self.day[rows] - start - 1, minlength=horizon_days)


def number(day: date) -> int:
    """Days since 1970-01-01.

    >>> number(date(1970, 1, 11))
    10
    """
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _numbered(keys: NDArray[Any]) -> tuple[NDArray[Any], IndexArray]:
    """Distinct keys in ascending order and the position of each row's key; rows that come in order are not sorted."""
    if np.all(keys[1:] >= keys[:-1]):
        new = np.append(np.ones(min(len(keys), 1), dtype=bool), keys[1:] != keys[:-1])
        return keys[new], np.cumsum(new) - 1
    distinct, position = np.unique(keys, return_inverse=True)
    return distinct, position.astype(np.intp)


def _merged(
    customer: IndexArray, day: NDArray[np.int32], amount: FloatArray, bought: NDArray[np.bool_]
) -> tuple[IndexArray, NDArray[np.int32], FloatArray, NDArray[np.bool_]]:
    """One row per customer and day, in order; rows that come so are not sorted again."""
    if not len(day):
        return customer, day, amount, bought
    key = customer * LONGEST_SPAN + (day - day.min())
    if np.all(key[1:] > key[:-1]):
        return customer, day, amount, bought
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    at = order[starts]
    return (
        customer[at], day[at], np.add.reduceat(amount[order], starts), np.logical_or.reduceat(bought[order], starts),
    )  # fmt: skip
