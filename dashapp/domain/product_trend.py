"""What the last months say without a curve: Theil-Sen slope, level against the best months, flatness."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def slopes(values: FloatArray, z: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Theil-Sen slope of each row with its interval of Sen (1968): low, slope, high.

    z: normal quantile of the two-sided interval. The order statistics follow from the variance of Kendall's S.
    >>> low, slope, high = slopes(np.array([[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]]), 1.645)
    >>> float(low[0]), float(slope[0]), float(high[0])
    (1.0, 1.0, 1.0)
    """
    k = values.shape[1]
    first, second = np.triu_indices(k, 1)
    pairs = np.sort((values[:, second] - values[:, first]) / (second - first), axis=1)
    reach = z * sqrt(k * (k - 1) * (2 * k + 5) / 18)
    low = int(max(np.floor((pairs.shape[1] - reach) / 2), 0))
    return pairs[:, low], np.median(pairs, axis=1), pairs[:, -1 - low]


def resampled(values: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Each row's Theil-Sen line with its residuals drawn anew, as large as they would be around the true line."""
    k = values.shape[1]
    x = np.arange(k) - (k - 1) / 2
    line = slopes(values, 0.0)[1][:, None] * x
    residual = values - line
    middle = np.median(residual, axis=1, keepdims=True)
    drawn = np.take_along_axis(residual - middle, rng.integers(0, k, values.shape), axis=1)
    return np.asarray(middle + line + drawn * sqrt(k / (k - 2)))


def level(values: FloatArray, span: int = 3) -> FloatArray:
    """Mean of the last `span` columns against the best mean of as many in a row; 1 where nothing was ever sold."""
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    means = (total[:, span:] - total[:, :-span]) / span
    best = means.max(axis=1)
    return np.where(best > 0, means[:, -1] / np.where(best > 0, best, 1.0), 1.0)


def is_flat(values: FloatArray, band: float, z: float) -> NDArray[np.bool_]:
    """Rows shown to change by less than `band` a month and to have no hump.

    On the square-root scale: the interval of the relative slope lies within +-band, and the straight line is better
    than the parabola by AICc.
    """
    k = values.shape[1]
    root = np.sqrt(values + 3.0 / 8.0)
    x = np.arange(k) - (k - 1) / 2
    bow = x**2 - np.mean(x**2)
    mean = root.mean(axis=1)
    slope = root @ x / (x @ x)
    curve = root @ bow / (bow @ bow)
    line = np.sum((root - mean[:, None] - slope[:, None] * x) ** 2, axis=1)
    parabola = np.maximum(line - curve**2 * (bow @ bow), 1e-9)
    error = np.sqrt(np.maximum(line / (k - 2), 0.25) / (x @ x))
    steep = 2.0 * (np.abs(slope) + z * error) / np.maximum(mean, 1e-9)
    return np.asarray((steep <= band) & (_aicc(line, k, 3) <= _aicc(parabola, k, 4)))


def _aicc(squares: FloatArray, n: int, parameters: int) -> FloatArray:
    penalty = 2 * parameters + 2 * parameters * (parameters + 1) / (n - parameters - 1)
    return np.asarray(n * np.log(np.maximum(squares, 1e-9) / n) + penalty)


def is_seasonal(units: FloatArray, share: float, span: int) -> NDArray[np.bool_]:
    """Rows that in each of the last two years sold at least `share` of the year in the same `span` calendar months."""
    n, k = units.shape
    if k < 24:
        return np.zeros(n, dtype=bool)
    years = units[:, -24:].reshape(n, 2, 12)
    total = years.sum(axis=2)
    window = np.stack([np.roll(years, -start, axis=2)[:, :, :span].sum(axis=2) for start in range(12)], axis=2)
    inside = window / np.where(total > 0, total, 1.0)[:, :, None]
    good = inside >= share
    return np.asarray((good[:, 0] & good[:, 1]).any(axis=1) & (total > 0).all(axis=1))
