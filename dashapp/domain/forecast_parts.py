"""The forecast of the present customers' sales, split into parts that add up to it, and how right parts were before.

What a customer is expected to buy is the same number in the part and in the whole (sales_forecast.py), so nothing has
to be shared out. There are no bounds: those of parts would not add up to those of the whole, and the earlier windows
say how far off a part can be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.cohort_forecasts import Everybody
from dashapp.domain.parts import grouped
from dashapp.domain.scoring import Fits

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """The part of every customer, by kind of split."""

    keys: NDArray[np.int64]
    "customer_key, ascending."
    names: pd.DataFrame
    "One column per kind, one row per key."

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Parts:
        """From customer_key, ascending, and a column of names per kind; small parts become one."""
        kinds = frame.drop(columns="customer_key")
        return cls(frame["customer_key"].to_numpy(), pd.DataFrame({name: grouped(kinds[name]) for name in kinds}))

    def known(self, keys: NDArray[np.int64]) -> pd.DataFrame:
        """The parts of these customers, in their order; every key must be there."""
        return self.names.iloc[np.searchsorted(self.keys, keys)]

    def fingerprint(self, keys: NDArray[np.int64]) -> bytes:
        """What tells the parts of these customers from others: names and places, without a text per customer."""
        digest, at = hashlib.sha256(), np.searchsorted(self.keys, keys)
        for kind in self.names.columns:
            place, names = pd.factorize(self.names[kind].iloc[at], sort=True)
            digest.update(f"{kind} {list(names)}".encode())
            digest.update(place.astype("<i4").tobytes())
        return digest.digest()


@dataclass(frozen=True)
class PartRow:
    """What the model in use predicted for a part at a cut-off, and what came: money of the horizon, undiscounted."""

    origin: int
    kind: str
    name: str
    customers: int
    predicted: float
    actual: float


def judged(origin: int, parts: pd.DataFrame, predicted: FloatArray, actual: FloatArray) -> Iterator[PartRow]:
    """Every part of every kind. parts, predicted and actual have a row per customer known at the cut-off."""
    for kind in parts.columns:
        place, names = pd.factorize(parts[kind], sort=True)
        columns = (np.bincount(place), np.bincount(place, predicted), np.bincount(place, actual))
        for name, customers, said, came in zip(names, *columns, strict=True):
            yield PartRow(origin, str(kind), str(name), int(customers), float(said), float(came))


def split(fits: Fits, rfm: pd.DataFrame, parts: pd.DataFrame, days: list[int]) -> pd.DataFrame:
    """One row per kind, part and month; columns kind, name, month counting from 1, customers, sales [money].

    rfm: frequency, recency_days, T_days, monetary_value; parts: a column of names per kind, in the same order; days: as
    of sales_forecast.forecast.
    """
    whole = Everybody(fits, rfm)
    months = [later - earlier for earlier, later in pairwise(whole.value(end) for end in days)]
    frames = []
    for kind in parts.columns:
        place, names = pd.factorize(parts[kind], sort=True)
        frames += [
            pd.DataFrame({
                "kind": kind, "name": names, "month": month, "customers": np.bincount(place),
                "sales": np.bincount(place, sales),
            })
            for month, sales in enumerate(months, start=1)
        ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
