"""Risk bands of the health score, and what became of the customers in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.health_results import HealthBandRow
from dashapp.domain.proportions import wilson
from dashapp.errors import InputError

FloatArray = NDArray[np.float64]
BANDS = ("high", "medium", "low")
"Of risk, so from the lowest scores up."


@dataclass(frozen=True)
class Bands:
    """Where the bands begin, in points of the score; both are settings. Raises InputError out of order."""

    high_below: float = 30.0
    low_from: float = 70.0

    def __post_init__(self) -> None:
        if not 0.0 < self.high_below < self.low_from < 100.0:
            raise InputError(
                f"High risk below {self.high_below:g} and low risk from {self.low_from:g} are no bands.",
                "Give two scores between 0 and 100, the one for high risk lower.",
            )

    def of(self, score: FloatArray) -> NDArray[np.intp]:
        """Position in BANDS of each score 0-100.

        >>> [BANDS[place] for place in Bands(30, 70).of(np.array([29.9, 30.0, 70.0]))]
        ['high', 'medium', 'low']
        """
        return np.searchsorted([self.high_below, self.low_from], score, side="right")

    def measured(self, score: FloatArray, outcome: FloatArray) -> tuple[HealthBandRow, ...]:
        """How many of each band bought; the rate and its limits are NaN in a band without customers."""
        place, edges = self.of(score), (0.0, self.high_below, self.low_from, 100.0)
        customers = np.bincount(place, minlength=len(BANDS))
        bought = np.bincount(place, outcome, len(BANDS)).astype(int)
        low, high = wilson(bought, customers)
        return tuple(
            HealthBandRow(
                band, edges[number], edges[number + 1], int(customers[number]), int(bought[number]),
                bought[number] / customers[number] if customers[number] else float("nan"),
                float(low[number]), float(high[number]),
            )
            for number, band in enumerate(BANDS)
        )  # fmt: skip


def are_separated(rows: Sequence[HealthBandRow]) -> bool:
    """Whether the bands with customers, two or more, are in order and no two intervals touch."""
    used = [row for row in rows if row.customers]
    return len(used) > 1 and all(below.high < above.low for below, above in pairwise(used))


def sentence(rows: Sequence[HealthBandRow], horizon_days: int) -> str:
    """What the bands were worth, for a reader."""
    told = [
        f"{row.rate:.0%} of {row.customers:,} at {row.band} risk ({row.low:.0%} to {row.high:.0%})"
        for row in rows
        if row.customers
    ]
    empty = [row.band for row in rows if not row.customers]
    nobody = f" Nobody was at {' or '.join(empty)} risk." if empty else ""
    verdict = "" if are_separated(rows) else "The bands were not separated in the past: do not rely on them. "
    return f"{verdict}Bought again within {horizon_days} days: {', '.join(told)}.{nobody}"
