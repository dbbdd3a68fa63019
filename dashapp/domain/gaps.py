"""The days between one purchase of a customer and the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.purchase_days import PurchaseDays


@dataclass(frozen=True)
class Gaps:
    """One row per purchase, ordered by customer, then day."""

    customer: NDArray[np.intp]
    day: NDArray[np.int64]
    "Days since 1970-01-01."
    number: NDArray[np.int64]
    "1 for a customer's first purchase, 2 for the second, ..."
    until_next: NDArray[np.int64]
    "Days to the customer's next purchase; 0 where there is none."

    @classmethod
    def of(cls, days: PurchaseDays, last_day: int | None = None) -> Gaps:
        """Of all purchases, or of those up to `last_day` [days since 1970-01-01]."""
        used = days.is_purchase if last_day is None else days.is_purchase & (days.day <= last_day)
        customer, day = days.customer[used], days.day[used].astype(np.int64)
        gaps = np.zeros(len(day), dtype=np.int64)
        same = customer[1:] == customer[:-1]
        gaps[:-1][same] = np.diff(day)[same]
        return cls(customer, day, days.ordinal[used], gaps)
