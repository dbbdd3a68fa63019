"""When a customer should buy next, and since when they are late: their own rhythm, drawn towards everybody's.

Two questions with two answers. Looking ahead, F(t) = P(at least one purchase within t | still a customer): the window
is where F(t) / F(H) passes 10, 50 and 90 %, so that it holds for those who do buy within the horizon H, whoever they
are. Looking back, from the last purchase at t_x, the rate of a customer who stayed is Gamma(r + k x, alpha + t_x) and
the gap to the next of them Erlang-k, so gap / (alpha + t_x) ~ BetaPrime(k, r + k x) (k = 1: Lomax). Whoever has been
silent for longer than 90 % of such gaps is overdue since then.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from dashapp.domain.model import PurchaseFit
from dashapp.domain.patterns import Cells, Patterns

FloatArray = NDArray[np.float64]
QUANTILES = (0.1, 0.5, 0.9)
USUAL = 0.9
NODES = 32
"Moments at which F is worked out; between them it is a straight line, right to a day over a year."
CHUNK = 50_000
LONGEST_PERIODS = 36_500.0


def window(fitted: PurchaseFit, patterns: Patterns, periods: float) -> FloatArray:
    """Periods from T to the next purchase of a customer who buys within `periods`: QUANTILES, shape (3, n)."""
    cells = fitted.cells(patterns)
    times = _times(periods)
    found = np.empty((len(QUANTILES), len(cells)))
    for start in range(0, len(cells), CHUNK):
        part = slice(start, start + CHUNK)
        found[:, part] = _quantiles(fitted, cells.part(part), times)
    return found[:, cells.inverse]


def _times(periods: float) -> FloatArray:
    """Moments from 0 to `periods`, closer together at first, where F bends most."""
    return np.asarray(periods * np.linspace(0.0, 1.0, NODES + 1) ** 1.5)


def _quantiles(fitted: PurchaseFit, cells: Cells, times: FloatArray) -> FloatArray:
    reached = np.zeros((len(times), len(cells)))
    for row, time in zip(reached[1:], times[1:], strict=True):
        row[:] = fitted.at_least_if_alive(cells, float(time), [1])[:, 0]
    reached = np.maximum.accumulate(reached, axis=0)
    found = np.empty((len(QUANTILES), len(cells)))
    for row, share in zip(found, QUANTILES, strict=True):
        target = share * reached[-1]
        above = np.clip((reached < target).sum(axis=0), 1, len(times) - 1)
        low, high = (np.take_along_axis(reached, at[None], axis=0)[0] for at in (above - 1, above))
        step = np.divide(target - low, high - low, out=np.zeros_like(low), where=high > low)
        row[:] = times[above - 1] + step * (times[above] - times[above - 1])
    return found


def usual_wait(fitted: PurchaseFit, patterns: Patterns, level: float = USUAL) -> FloatArray:
    """Periods from the last purchase within which a customer who stays buys again with probability `level`.

    Shape (n,); infinite beyond LONGEST_PERIODS, as for most who bought once.
    """
    k = float(fitted.facts.get("k", 1.0))
    shape = fitted.parameters["r"] + k * patterns.frequency.values
    share = betaincinv(k, shape, level)[patterns.frequency.index]
    with np.errstate(divide="ignore", over="ignore"):
        wait = (fitted.parameters["alpha"] + patterns.recency.array) * share / (1.0 - share)
    return np.where(wait < LONGEST_PERIODS, wait, np.inf)
