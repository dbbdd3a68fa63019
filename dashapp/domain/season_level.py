"""The season of a shop as a clock: sales run through "season days", of which a busy calendar day holds more than one.

A purchase model that knows no season is right in season days if the season only speeds up and slows down everybody's
purchases, so x, t_x, T and the horizon are counted in them. Twelfths of a year are counted back from the cut-off. In
each, repeat purchases are set against what a model without season expects of the same customers, from the first
purchase of each and the unconditional expectation E[X(t)] (convolution over the days of first purchase). The
logarithms of these ratios, freed of the trend that twelfths seen again show, are shrunk towards 0 as in one-way
analysis of variance: credibility = s^2 / (s^2 + e^2 / n), with e^2 from how much a twelfth differs between years.
Nothing after the cut-off is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft

from dashapp.domain.model import PurchaseFit
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.purchase_days import PurchaseDays, number
from dashapp.errors import NotEnoughData

FloatArray = NDArray[np.float64]
PARTS = 12
YEAR = 365.25
LEAST_EXPECTED = 30.0
"Repeat purchases that a twelfth must lead to expect: the logarithm of its ratio is then known to about 0.2."
LEAST_RETURNS = 3
"Twelfths seen in two years: with fewer, whatever happened in the one year would pass for a season."


class NoSeason(NotEnoughData):
    """The past is too short to tell a season from what happened once."""


@dataclass(frozen=True)
class SeasonClock:
    """Season days of the twelfths of a year that end at the cut-off."""

    cut_off: date
    index: tuple[float, ...]
    "Season days per calendar day, mean 1; the first is of the twelfth that ends on the cut-off."

    @classmethod
    def learn(cls, days: PurchaseDays, cut_off: date, fitted: PurchaseFit) -> Self:
        """From the days up to the cut-off and a model fitted to them in calendar days.

        Raises NoSeason where fewer than LEAST_RETURNS twelfths came twice.
        """
        actual, expected = repeats(days, cut_off, fitted)
        part = np.arange(len(actual))[::-1] * PARTS // YEAR
        count = int(part.max()) + 1
        seen, due = (_sums(part.astype(int), series, count) for series in (actual, expected))
        whole = np.arange(1, count + 1) * YEAR / PARTS <= len(actual)
        return cls(cut_off, tuple(_index(seen, due, whole & (due >= LEAST_EXPECTED)).tolist()))

    def elapsed(self, day: ArrayLike) -> FloatArray:
        """Season days from the cut-off to the evening of `day` (days since 1970-01-01); negative before it."""
        ahead = (np.asarray(day, dtype=float) - number(self.cut_off)) * PARTS / YEAR
        whole = np.floor(ahead)
        # The twelfth after the cut-off is the one that ended eleven twelfths before it.
        forward = np.array(self.index)[::-1]
        before = np.concatenate([[0.0], np.cumsum(forward)])
        years, part = np.divmod(whole.astype(int), PARTS)
        return np.asarray((years * before[-1] + before[part] + (ahead - whole) * forward[part]) * (YEAR / PARTS))

    def horizon(self, horizon_days: float) -> float:
        """Season days of the `horizon_days` calendar days after the cut-off."""
        return float(self.elapsed(np.array([number(self.cut_off) + horizon_days], dtype=float))[0])

    def summary(self, rfm: pd.DataFrame) -> pd.DataFrame:
        """The summary at the cut-off with recency_days and T_days in season days, to the nearest whole one."""
        first = number(self.cut_off) - rfm["T_days"].to_numpy(dtype=np.int64)
        start = self.elapsed(first)
        recency = np.rint(self.elapsed(first + rfm["recency_days"].to_numpy(dtype=np.int64)) - start)
        age = np.maximum(np.rint(-start), recency)
        return rfm.assign(recency_days=recency.astype(np.int64), T_days=age.astype(np.int64))


def repeats(days: PurchaseDays, cut_off: date, fitted: PurchaseFit) -> tuple[FloatArray, FloatArray]:
    """Repeat purchases on each day from the first to the cut-off, and what the model expects; shape (days,) each."""
    last, start = number(cut_off), int(days.first_day.min())
    length = last - start + 1
    rows = days.is_purchase & (days.ordinal > 1) & (days.day <= last)
    born = np.bincount(days.first_day[days.first_day <= last] - start, minlength=length).astype(float)
    new = Patterns.of([0], [0], [0])
    times = to_periods(1.0, fitted.time_unit) * np.arange(length)
    curve = fitted.p_alive(new)[0] * fitted.expected_if_alive(fitted.cells(new), times[None, :])[0]
    expected = np.maximum(_convolved(born, np.diff(curve, prepend=0.0)), 0.0)
    return np.bincount(days.day[rows] - start, minlength=length).astype(float), expected


def _convolved(one: FloatArray, other: FloatArray) -> FloatArray:
    """Convolution of two series, as long as the first: scipy.signal.fftconvolve, which takes half a second to import.

    >>> _convolved(np.array([1.0, 2.0, 0.0]), np.array([1.0, 1.0, 1.0])).round(12).tolist()
    [1.0, 3.0, 3.0]
    """
    padded = next_fast_len(len(one) + len(other) - 1, real=True)
    return np.asarray(irfft(rfft(one, padded) * rfft(other, padded), padded)[: len(one)], dtype=float)


def _sums(part: NDArray[np.int64], series: FloatArray, count: int) -> FloatArray:
    return np.asarray(np.bincount(part, series, count), dtype=float)


def _index(seen: FloatArray, due: FloatArray, usable: NDArray[np.bool_]) -> FloatArray:
    """(12,) from sums per twelfth counted back from the cut-off; mean 1."""
    logs = np.full(-(-len(seen) // PARTS) * PARTS, np.nan)
    logs[: len(seen)][usable] = np.log((seen[usable] + 0.5) / due[usable])
    table = logs.reshape(-1, PARTS)
    change = (table[:-1] - table[1:])[~np.isnan(table[:-1] - table[1:])]
    if len(change) < LEAST_RETURNS or np.isnan(table).all(axis=0).any():
        raise NoSeason(
            f"{len(change)} twelfths of a year came twice; a season takes {LEAST_RETURNS} of them, and each once.",
            "Load a longer history; two years tell a season.",
        )
    freed = table + change.mean() * (np.arange(len(logs)).reshape(table.shape) / PARTS)
    count, mean = (~np.isnan(freed)).sum(axis=0), np.nanmean(freed, axis=0)
    noise = float(change.var(ddof=1)) / 2.0
    signal = max(float(mean.var(ddof=1)) - float(np.mean(noise / count)), 0.0)
    if signal == 0.0:
        return np.ones(PARTS)
    index = np.exp(signal / (signal + noise / count) * (mean - mean.mean()))
    return np.asarray(index / index.mean())
