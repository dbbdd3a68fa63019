"""What models are that do not predict a shop's purchases: of opportunities taken, and of subscriptions renewed."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from dashapp.domain.model import Fitted, FloatArray


class OpportunityFit(Fitted, ABC):
    """A fitted model of who takes which of a number of opportunities, such as yearly appeals or events.

    A history is the number of opportunities taken, the last one taken (0 if none), and how many there were.
    """

    @abstractmethod
    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> FloatArray:
        """Probability of being able to take the next opportunity."""

    @abstractmethod
    def expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike, ahead: int
    ) -> FloatArray:
        """Expected number taken of the next `ahead` opportunities."""

    @abstractmethod
    def residual(
        self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike, discount: float
    ) -> FloatArray:
        """Expected number ever taken, the one i opportunities ahead counted as (1 + discount)^-i; discount > 0."""


class RetentionFit(Fitted, ABC):
    """A fitted model of how many of a cohort of subscribers are left after each renewal."""

    @abstractmethod
    def survival(self, periods: ArrayLike) -> FloatArray:
        """Share of the cohort that is left after `periods` renewals; 1 at 0."""

    def retention_rate(self, periods: ArrayLike) -> FloatArray:
        """Share of those left after periods - 1 renewals that renew once more, periods >= 1."""
        times = np.asarray(periods, dtype=float)
        return np.asarray(self.survival(times) / self.survival(times - 1.0))

    @abstractmethod
    def residual_lifetime(self, renewals: ArrayLike, discount: float) -> FloatArray:
        """Expected further renewals of a subscriber with so many, the next one in full, later ones discounted."""
