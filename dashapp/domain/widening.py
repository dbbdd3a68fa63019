"""Intervals that hold in most windows, not only on average over many: widened by how far earlier windows strayed.

A busy season or a slow spring moves all customers at once, and no number of customers averages that out. So a window,
not a customer, is the unit. Each earlier window tells by how much the shop had to be taken for busier and quieter (the
stretch, a logarithm) until the intervals held their share of its customers: split-conformal prediction with nested
intervals (Gupta, Kuchibhotla & Ramdas 2022). The next window is one more of the kind, so its stretch has a Student t
distribution with the scale of theirs, and an interval of `level` holds that share of the customers in about that share
of windows: a tolerance interval.

Few windows say little. So two windows are presumed besides, which strayed as far as predictions may stray and still be
called valid. A season not yet lived through says nothing: until the windows make up a year, the next one is of a season
that none of them saw, and what they saw may raise the scale above what is presumed, not lower it. See docs/adr/0013
and 0019.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashapp.domain.origins import YEAR

FloatArray = NDArray[np.float64]
Bounds = Callable[[float], FloatArray]
"""From a stretch to intervals of several levels, shape (levels, 2, n)."""
PRESUMED_WINDOWS = 2.0
PRESUMED = 0.25
"Standard deviation: a normal error of 20 % on average, the limit of domain/validity.py, is one of 25 %."
LARGEST = float(np.log(4.0))
"A shop four times as busy as expected is not the shop that was modelled."
STEPS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, LARGEST)


@dataclass(frozen=True)
class Widening:
    """What earlier windows say about intervals of `level`."""

    level: float
    stretch: float
    "For predictive.spend_intervals."
    windows: int
    "That could be looked at; with none only what is presumed counts."

    @classmethod
    def learn(cls, level: float, stretches: Sequence[float], window_days: int) -> Widening:
        """stretches: what each earlier window needed, as `needed` tells; window_days: how long each was."""
        least = 0.0 if is_year(len(stretches), window_days) else PRESUMED
        return cls(level, reach(stretches, level, PRESUMED, PRESUMED_WINDOWS, least), len(stretches))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Widening:
        return cls(**json.loads(text))


def is_year(windows: int, window_days: int) -> bool:
    """Whether windows, one after the other, have seen every season."""
    return windows * window_days >= YEAR


def scale(strayed: Sequence[float], presumed: float, weight: float) -> float:
    """Root mean square of what windows strayed, `weight` more that strayed `presumed` among them."""
    squares = weight * presumed**2 + float(np.square(strayed).sum())
    return float(np.sqrt(squares / (weight + len(strayed))))


def reach(strayed: Sequence[float], confidence: float, presumed: float, weight: float, least: float = 0.0) -> float:
    """Where the next window stays below with this confidence, at most LARGEST; half of all windows stay below 0.

    least: scale below which what was seen does not count.
    """
    from scipy.special import stdtrit  # here, so that who only passes a widening on does not load scipy

    quantile = float(stdtrit(weight + len(strayed), confidence))
    return min(quantile * max(scale(strayed, presumed, weight), least), LARGEST)


def needed(bounds: Bounds, actual: ArrayLike, levels: Sequence[float]) -> list[float]:
    """Smallest stretch at which the intervals of each level hold their share, between STEPS by a straight line.

    actual: money of each customer, shape (n,). The share is that of split-conformal prediction, ceil((n + 1) level) of
    n; LARGEST where no stretch up to it is enough.
    """
    came = np.asarray(actual, dtype=float)
    goals = [min(np.ceil((len(came) + 1) * level), len(came)) / len(came) for level in levels]
    shares = np.empty((0, len(levels)))
    for step in STEPS:
        low, high = np.moveaxis(bounds(step), 1, 0)
        shares = np.vstack([shares, ((low <= came) & (came <= high)).mean(axis=1)])
        if np.all(shares[-1] >= goals):
            break
    return [_crossing(share, goal) for share, goal in zip(shares.T, goals, strict=True)]


def _crossing(shares: FloatArray, goal: float) -> float:
    """The stretch between STEPS at which shares (one per step so far) first reach the goal."""
    place = int(np.argmax(shares >= goal))
    if shares[place] < goal:
        return LARGEST
    if place == 0:
        return 0.0
    return float(np.interp(goal, shares[place - 1 : place + 1], STEPS[place - 1 : place + 1]))
