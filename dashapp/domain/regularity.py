"""Do customers buy more regularly than at random? The k of Erlang-k gaps, and a test of k = 1 (Poisson).

Two adjacent gaps of a customer share the customer's pace, so their ratio does not know it: M = d1 / (d1 + d2) is
Beta(k, k) for Erlang-k gaps whatever the paces are, independent of d1 + d2 and so of when observation ends (Wheat &
Morrison 1990, "Estimating purchase regularity with two interpurchase times", JMR 27). Every customer's gaps 1 and 2,
3 and 4, ... are used.

Purchases on one day are one, so gaps are whole days, d1 is one of 1..n-1 for n = d1 + d2, and short gaps would look
regular. Therefore the ratio is taken as a discrete Beta(k, k), P(d1 | n) in proportion to (d1 d2)^(k - 1): uniform for
k = 1, which is exact for whoever buys on any day with the same chance. k is its maximum likelihood estimate, the test
of k = 1 its score test; both need ln(d1 d2) only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, ndtr, polygamma

from dashapp.domain.gaps import Gaps
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.errors import NotEnoughData

FloatArray = NDArray[np.float64]
MIN_PAIRS = 20
LEVEL = 0.05
Z = 1.96
SMALLEST_K, LARGEST_K = 0.02, 200.0
LONGEST_EXACT = 512
"Days above which a ratio counts as continuous."


@dataclass(frozen=True)
class Regularity:
    """k of Erlang-k gaps with its 95 % interval, and how well k = 1 would explain the same."""

    k: float
    low: float
    high: float
    p_value: float
    "Two-sided, of gaps that are exponential (k = 1)."
    pairs: int
    "Pairs of adjacent gaps that can tell: of three days or more."
    customers: int
    "Who have one pair or more."

    @property
    def regular(self) -> bool:
        """More regular than at random, beyond reasonable doubt."""
        return self.k > 1.0 and self.p_value < LEVEL

    @property
    def finding(self) -> str:
        if self.p_value >= LEVEL:
            return "Customers buy as irregularly as at random."
        return "Customers buy more regularly than at random." if self.k > 1.0 else "Customers buy in bursts."


def regularity(days: PurchaseDays) -> Regularity:
    """Of the customers who bought on three days or more. Raises NotEnoughData below 20 pairs of gaps."""
    purchases = Gaps.of(days)
    gaps = purchases.until_next
    first = np.flatnonzero((purchases.number % 2 == 1) & (gaps > 0))
    second = np.append(gaps, 0)[first + 1]
    first = first[(second > 0) & (gaps[first] + second > 2)]
    if len(first) < MIN_PAIRS:
        raise NotEnoughData(
            f"Regularity needs {MIN_PAIRS} pairs of gaps between purchases; there are {len(first)}.",
            "A pair takes a customer with three purchase days or more.",
        )
    return _estimate(gaps[first].astype(float), gaps[first + 1].astype(float), purchases.customer[first])


def _estimate(d1: FloatArray, d2: FloatArray, customer: NDArray[np.intp]) -> Regularity:
    seen, totals, inverse = np.log(d1) + np.log(d2), *np.unique(d1 + d2, return_inverse=True)
    counts = np.bincount(inverse)

    def excess(k: float) -> float:
        return float(seen.sum() - counts @ _moments(totals, k)[0])

    k = _root(excess)
    mean, variance = _moments(totals, k)
    by_customer = np.bincount(customer, seen - mean[inverse])
    error = float(np.sqrt(by_customer @ by_customer) / (counts @ variance))
    score = excess(1.0) / float(np.sqrt(counts @ _moments(totals, 1.0)[1]))
    spread = float(np.exp(min(Z * error / k, 50.0)))
    return Regularity(k, k / spread, k * spread, float(2.0 * ndtr(-abs(score))), len(seen), len(np.unique(customer)))


def _root(excess: Callable[[float], float]) -> float:
    """Where what is seen is what is expected; expectation grows with k, so the nearest bound where it never is."""
    if excess(SMALLEST_K) <= 0.0:
        return SMALLEST_K
    if excess(LARGEST_K) >= 0.0:
        return LARGEST_K
    return float(brentq(excess, SMALLEST_K, LARGEST_K, xtol=1e-9))


def _moments(totals: FloatArray, k: float) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of ln(d1 d2) for each n = d1 + d2."""
    mean = 2.0 * (digamma(k) - digamma(2.0 * k) + np.log(totals))
    variance = np.full(len(totals), 2.0 * polygamma(1, k) - 4.0 * polygamma(1, 2.0 * k))
    for at in np.flatnonzero(totals <= LONGEST_EXACT):
        d1 = np.arange(1.0, totals[at])
        values = np.log(d1 * (totals[at] - d1))
        chances = np.exp((k - 1.0) * (values - values[len(values) // 2 if k > 1.0 else 0]))
        chances /= chances.sum()
        mean[at] = chances @ values
        variance[at] = chances @ (values - mean[at]) ** 2
    return mean, variance
