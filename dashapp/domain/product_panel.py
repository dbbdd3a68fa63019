"""What the life of products is read from, as matrices: one row per product, one column per whole calendar month.

The unfinished last month is left out here, and so are products first sold in it: nothing behind this file can be moved
by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Gaps:
    """Months between two sale days of a product that follow each other; by product, the shortest first."""

    product: IntArray
    "Row number."
    length: FloatArray
    until: FloatArray
    "The sale day that ended it, as in `sale_month`."


@dataclass(frozen=True)
class Panel:
    """n products over k whole months; month j runs from j to j + 1, 0 is the month of the first observed day."""

    product_key: IntArray
    category: IntArray
    "Number of the category."
    first_month: pd.Period
    units: FloatArray
    "(n, k): pieces sold less pieces returned, never below zero."
    buyers: FloatArray
    new_buyers: FloatArray
    launch: FloatArray
    "(n,): month and fraction of the first sale."
    starts_inside: BoolArray
    "(n,): the first sale lies later than the data's first months, so it is the launch."
    sale_product: IntArray
    "Row number per sale day, ascending."
    sale_month: FloatArray
    "Month and fraction of the end of each sale day, ascending within a product."

    @cached_property
    def gaps(self) -> Gaps:
        """Sorted once, however many cut-offs ask."""
        same = self.sale_product[1:] == self.sale_product[:-1]
        product, length = self.sale_product[1:][same], np.diff(self.sale_month)[same]
        order = np.lexsort((length, product))
        return Gaps(product[order], length[order], self.sale_month[1:][same][order])

    @property
    def shape(self) -> tuple[int, int]:
        return self.units.shape[0], self.units.shape[1]

    def month(self, number: int) -> pd.Timestamp:
        """First day of month `number`."""
        return (self.first_month + number).to_timestamp()


def build(
    months: pd.DataFrame,
    products: pd.DataFrame,
    sale_days: pd.DataFrame,
    observed_from: pd.Timestamp,
    observed_until: pd.Timestamp,
    launch_after_months: float,
) -> Panel:
    """months: product_key, month (first day), units, buyers, new_buyers; products: product_key, category,
    first_sold_on (NaT when never sold); sale_days: product_key, day.
    """
    first = pd.Period(observed_from, "M")
    whole = _whole_months(first, observed_until)
    launched = pd.to_datetime(products["first_sold_on"]) < (first + whole).start_time
    sold = products[launched].sort_values("product_key", ignore_index=True)
    keys = sold["product_key"].to_numpy(dtype=np.int64)
    launch = _clock(sold["first_sold_on"], first)
    start = _clock(pd.Series([observed_from]), first)[0]
    product, when = _sale_days(sale_days, keys, first, whole)
    return Panel(
        product_key=keys,
        category=np.asarray(pd.factorize(sold["category"], sort=True)[0], dtype=np.int64),
        first_month=first,
        units=np.maximum(_matrix(months, "units", keys, first, whole), 0.0),
        buyers=_matrix(months, "buyers", keys, first, whole),
        new_buyers=_matrix(months, "new_buyers", keys, first, whole),
        launch=launch,
        starts_inside=launch > start + launch_after_months,
        sale_product=product,
        sale_month=when,
    )


def _whole_months(first: pd.Period, observed_until: pd.Timestamp) -> int:
    last = pd.Period(observed_until, "M")
    number = (last.year - first.year) * 12 + last.month - first.month
    return number + int(observed_until.normalize() == last.end_time.normalize())


def _clock(days: pd.Series, first: pd.Period) -> FloatArray:
    """Months and fractions since the start of month 0."""
    when = pd.to_datetime(days)
    number = (when.dt.year - first.year) * 12 + when.dt.month - first.month
    return np.asarray(number + (when.dt.day - 1) / when.dt.days_in_month, dtype=float)


def _matrix(months: pd.DataFrame, column: str, keys: IntArray, first: pd.Period, whole: int) -> FloatArray:
    when = pd.to_datetime(months["month"])
    number = ((when.dt.year - first.year) * 12 + when.dt.month - first.month).to_numpy()
    row = np.searchsorted(keys, months["product_key"].to_numpy())
    row = np.minimum(row, max(len(keys) - 1, 0))
    matrix = np.zeros((len(keys), whole))
    if len(keys):
        inside = (number >= 0) & (number < whole) & (keys[row] == months["product_key"].to_numpy())
        matrix[row[inside], number[inside]] = months[column].to_numpy(dtype=float)[inside]
    return matrix


def _sale_days(days: pd.DataFrame, keys: IntArray, first: pd.Period, whole: int) -> tuple[IntArray, FloatArray]:
    frame = days[days["product_key"].isin(keys)].drop_duplicates().sort_values(["product_key", "day"])
    when = _clock(frame["day"], first)
    inside = when < whole
    row = np.searchsorted(keys, frame["product_key"].to_numpy())
    return np.asarray(row[inside], dtype=np.int64), when[inside]
