"""BG/BB (Fader, Hardie & Shang 2010): each opportunity is taken with probability p until the customer leaves for good.

p ~ Beta(alpha, beta) and the chance to leave before an opportunity theta ~ Beta(gamma, delta), independent of it. For
donations, events, renewals that may be missed. With x taken, the last at t_x, of n opportunities (eq. 5):
    L = sum over m = t_x..n of B(alpha+x, beta+m-x) / B(alpha, beta) * B(gamma + [m < n], delta+m) / B(gamma, delta)
where term m < n is a customer who left after m opportunities, and term n is one who is still there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln

from dashapp.domain.estimation import describe, settle
from dashapp.domain.living import QUADRATURE_NODES, chances_to_leave
from dashapp.domain.model_kinds import OpportunityFit
from dashapp.domain.numerics import minimise
from dashapp.domain.opportunities import Likelihood, Opportunities, Terms
from dashapp.errors import InputError, NotEnoughData

FloatArray = NDArray[np.float64]
NAMES = ("alpha", "beta", "gamma", "delta")
STARTS = (np.zeros(4), np.log([1.0, 1.0, 0.5, 3.0]))
MIN_CUSTOMERS = 20
MIN_TAKERS = 3


class BgBbFit(OpportunityFit):
    """A fitted BG/BB; times are opportunities."""

    @property
    def estimates(self) -> tuple[float, float, float, float]:
        alpha, beta, gamma, delta = (self.parameters[name] for name in NAMES)
        return alpha, beta, gamma, delta

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> FloatArray:
        """Probability of being there at opportunity n + 1 (eq. 11), shape (histories,)."""
        return _each(frequency, recency, opportunities, 1, lambda seen: np.exp(self._next(seen, taken=0)))

    def expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike, ahead: int
    ) -> FloatArray:
        """Of the next `ahead` opportunities (eq. 14): each is taken by those still there, shape (histories,)."""
        _, _, gamma, delta = self.estimates

        def expected(seen: Opportunities) -> FloatArray:
            later = seen.n[:, None] + np.arange(1, ahead)
            stays = np.cumprod((delta + later) / (gamma + delta + later), axis=1).sum(axis=1)
            return np.asarray(np.exp(self._next(seen, taken=1)) * (1.0 + stays) if ahead else np.zeros(len(seen)))

        return _each(frequency, recency, opportunities, ahead, expected)

    def purchase_distribution(
        self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike, ahead: int
    ) -> FloatArray:
        """P(exactly y of the next `ahead` are taken) for y = 0..ahead (eq. 13), shape (histories, ahead + 1)."""
        return _each(frequency, recency, opportunities, ahead**2, lambda seen: self._distribution(seen, ahead))

    def residual(
        self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike, discount: float
    ) -> FloatArray:
        """DERT (eq. 15): all that will ever be taken, discounted; raises InputError for a discount of 0 or less.

        A customer who leaves with chance theta brings 1 / (discount + theta) from here on; theta is averaged over.
        """
        if not discount > 0:
            raise InputError("The discount must be positive: without one the sum may be infinite.", "Use 0.1 a year.")
        _, _, gamma, delta = self.estimates

        def discounted(seen: Opportunities) -> FloatArray:
            log_leave, _, weight = chances_to_leave(gamma, (delta + seen.n + 1.0)[:, None])
            reach = np.sum(weight / (discount + np.exp(log_leave)), axis=1)
            return np.asarray(np.exp(self._next(seen, taken=1)) * reach)

        return _each(frequency, recency, opportunities, QUADRATURE_NODES, discounted)

    def _next(self, seen: Opportunities, taken: int) -> FloatArray:
        """ln P(there at opportunity n + 1, and takes it if `taken` | history)."""
        alpha, beta, gamma, delta = self.estimates
        log = betaln(alpha + seen.x + taken, beta + seen.n - seen.x) - betaln(alpha, beta)
        log += betaln(gamma, delta + seen.n + 1.0) - betaln(gamma, delta)
        return np.asarray(log - self._log_likelihood(seen))

    def _log_likelihood(self, seen: Opportunities) -> FloatArray:
        return np.concatenate([Terms(part, *self.estimates).total for part in seen.parts()])

    def _distribution(self, seen: Opportunities, ahead: int) -> FloatArray:
        """Sum over the number i <= ahead of opportunities the customer is still there for, of which y are taken."""
        alpha, beta, gamma, delta = self.estimates
        x, n = seen.x[:, None, None], seen.n[:, None, None]
        i, y = np.arange(ahead + 1.0)[:, None], np.arange(ahead + 1.0)
        missed = np.maximum(i - y, 0.0)
        log = gammaln(i + 1.0) - gammaln(y + 1.0) - gammaln(missed + 1.0)
        log = log + betaln(alpha + x + y, beta + n - x + missed) - betaln(alpha, beta)
        log = log + betaln(gamma + (i < ahead), delta + n + i) - betaln(gamma, delta)
        log = np.where(y <= i, log - self._log_likelihood(seen)[:, None, None], -np.inf)
        chances = np.exp(log).sum(axis=1)
        chances[:, 0] += np.maximum(1.0 - chances.sum(axis=1), 0.0)  # who left before opportunity n
        return np.asarray(chances)


def _each(
    x: ArrayLike, t_x: ArrayLike, n: ArrayLike, columns: int, of: Callable[[Opportunities], FloatArray]
) -> FloatArray:
    """`of` once per distinct history, for each history asked; `columns` is the width of the table it makes."""
    seen, inverse = Opportunities.of(x, t_x, n).distinct()
    return np.concatenate([of(part) for part in seen.parts(columns)])[inverse]


class BgBb:
    name = "bg_bb"
    target = "opportunities"
    title = "BG/BB"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> BgBbFit:
        """rfm: frequency, recency, opportunities [counts]; recency is the last opportunity taken, 0 if none."""
        seen, _ = Opportunities.from_frame(rfm, weights).distinct()
        _require_enough(seen)
        likelihood = Likelihood(seen)
        first = minimise(likelihood, STARTS)
        optimum, status = settle(first, likelihood, lambda: Likelihood(seen, prior_weight=1.0), STARTS)
        facts = {"purchases": float(seen.weights @ seen.x)}
        fitted = describe(
            BgBbFit, self.name, NAMES, likelihood, optimum, status, scale=np.ones(4), offset=np.zeros(4), facts=facts
        )
        return replace(fitted, time_unit="opportunity")

    def restore(self, text: str) -> BgBbFit:
        return BgBbFit.from_json(text)


def _require_enough(seen: Opportunities) -> None:
    customers, takers = float(seen.weights.sum()), float(seen.weights[seen.x > 0].sum())
    if customers < MIN_CUSTOMERS or takers < MIN_TAKERS:
        raise NotEnoughData(
            f"A model of opportunities needs {MIN_CUSTOMERS} customers, {MIN_TAKERS} of whom took one; "
            f"there are {customers:g} with {takers:g}.",
            "Load a longer history or widen the filter.",
        )


MODEL = BgBb()
