"""How long until the next order: Kaplan & Meier's (1958) curve, by order number, right-censored at the cut-off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashapp.domain.gaps import Gaps
from dashapp.domain.purchase_days import PurchaseDays, number
from dashapp.errors import InputError

FloatArray = NDArray[np.float64]
Z = 1.96
MOST_ORDERS = 5


@dataclass(frozen=True)
class Curve:
    """Share still waiting after each time at which somebody's wait ended; every array has shape (times,)."""

    times: FloatArray
    waiting: FloatArray
    low: FloatArray
    "95 % interval: Greenwood's variance on the scale ln(-ln S), which keeps it within 0 and 1."
    high: FloatArray
    at_risk: FloatArray
    ended: FloatArray
    subjects: int

    def at(self, times: ArrayLike) -> FloatArray:
        """Share still waiting at any times >= 0; beyond the last end it stays as it was."""
        steps = np.searchsorted(self.times, np.asarray(times, dtype=float), side="right")
        return np.append(1.0, self.waiting)[steps]

    @property
    def median(self) -> float:
        """First time at which half or more have ended; infinite where fewer have."""
        done = np.flatnonzero(self.waiting <= 0.5 + 1e-12)
        return float(self.times[done[0]]) if len(done) else float("inf")

    @property
    def standard_error(self) -> FloatArray:
        """Of `waiting`, by Greenwood (1926)."""
        return np.asarray(self.waiting * np.sqrt(_greenwood(self.at_risk, self.ended)))


def kaplan_meier(durations: ArrayLike, ended: ArrayLike) -> Curve:
    """durations >= 0; ended: whether the wait ended then, or was still going on when observation stopped.

    Who is censored at a time at which others end was still at risk then. Raises InputError.
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True]).waiting.tolist()
    [0.75, 0.5, 0.0]
    """
    times, over = np.asarray(durations, dtype=float), np.asarray(ended, dtype=bool)
    if times.shape != over.shape or times.ndim != 1 or not (np.isfinite(times).all() and np.all(times >= 0)):
        raise InputError("Durations must be numbers, zero or more, each with whether it ended.", "Give equal lengths.")
    distinct, ends = np.unique(times[over], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), distinct, side="left")
    risk, done = at_risk.astype(float), ends.astype(float)
    waiting = np.cumprod(1.0 - done / risk) if len(risk) else np.zeros(0)
    low, high = _interval(waiting, _greenwood(risk, done))
    return Curve(distinct, waiting, low, high, risk, done, len(times))


def _greenwood(at_risk: FloatArray, ended: FloatArray) -> FloatArray:
    """Variance of ln S; infinite once nobody waits any more."""
    with np.errstate(divide="ignore"):
        return np.cumsum(ended / (at_risk * (at_risk - ended)))


def _interval(waiting: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """S^exp(+-z se / ln S) (Kalbfleisch & Prentice); where nobody waits any more, from 0 to the bound before."""
    inside = (waiting > 0.0) & (waiting < 1.0)
    log = np.log(waiting, where=inside, out=np.full_like(waiting, -1.0))
    spread = np.exp(Z * np.sqrt(np.where(inside, variance, 0.0)) / -log)
    low, high = np.exp(log * spread), np.exp(log / spread)
    return np.where(inside, low, 0.0), np.minimum.accumulate(np.where(inside, high, 1.0))


def time_to_next_order(days: PurchaseDays, observed_until: date, orders: int = MOST_ORDERS) -> dict[int, Curve]:
    """Days from the n-th purchase day to the next one, by n = 1..orders (those that anybody reached).

    Purchases after `observed_until` are ignored, and who has not come back by then is censored there.
    """
    cut_off = number(observed_until)
    gaps = Gaps.of(days, cut_off)
    waits = np.where(gaps.until_next > 0, gaps.until_next, cut_off - gaps.day)
    rows = {n: gaps.number == n for n in range(1, orders + 1)}
    return {n: kaplan_meier(waits[of], gaps.until_next[of] > 0) for n, of in rows.items() if of.any()}
