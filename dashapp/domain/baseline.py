"""What every baseline is: a forecast anybody could make without a model, which a model has to beat.

A baseline is one file in `baselines/` with a `BASELINE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.discovery import modules
from dashapp.domain import baselines
from dashapp.domain.purchase_days import PurchaseDays

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """What is known on the evening of the cut-off."""

    days: PurchaseDays
    cut_off: date
    horizon_days: int

    @cached_property
    def rfm(self) -> pd.DataFrame:
        return self.days.summary(self.cut_off)

    def last(self, days: int) -> tuple[FloatArray, FloatArray]:
        """Purchases and value of each known customer in the `days` days up to the cut-off."""
        purchases, value = self.days.window(self.cut_off - timedelta(days=days), days)
        known = self.days.known(self.cut_off)
        return purchases[known], value[known]


@dataclass(frozen=True)
class Prediction:
    """For each known customer, in the order of the summary; None where nothing is said."""

    purchases: FloatArray | None = None
    value: FloatArray | None = None
    "Money, not discounted, before margin."
    active: FloatArray | None = None
    "Larger for customers more likely to buy."
    is_probability: bool = False
    "True where `active` is P(at least one purchase)."


@dataclass(frozen=True)
class Baseline:
    name: str
    title: str
    help: str
    predict: Callable[[History], Prediction]


def shelf() -> dict[str, Baseline]:
    """Every baseline by name."""
    return {module.BASELINE.name: module.BASELINE for module in modules(baselines)}
