"""Differences of ln Gamma and of its derivative that keep their digits where the arguments are large and close.

A population whose customers hardly differ has a shape q of many thousands. There ln Gamma(q + a) and ln Gamma(q)
agree in all but their last digits, and subtracting them leaves the noise of rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

FloatArray = NDArray[np.float64]
LARGE = 30.0
"From here on the series below are exact to the last digit: their next terms are below 1e-16."


def log_gamma_ratio(q: float, a: FloatArray) -> FloatArray:
    """ln Gamma(q + a) - ln Gamma(q) for q > 0 and a >= 0, one value per element of a (Abramowitz & Stegun 6.1.41)."""
    if q < LARGE:
        return np.asarray(gammaln(q + a) - gammaln(q))
    return np.asarray((q + a - 0.5) * np.log1p(a / q) + a * np.log(q) - a + _stirling(q + a) - _stirling(q))


def digamma_gain(q: float, a: FloatArray) -> FloatArray:
    """digamma(q + a) - digamma(q) for q > 0 and a >= 0, one value per element of a (Abramowitz & Stegun 6.3.18)."""
    if q < LARGE:
        return np.asarray(digamma(q + a) - digamma(q))
    return np.asarray(np.log1p(a / q) + a / (2.0 * q * (q + a)) + _remainder(q + a) - _remainder(q))


def _stirling(z: float | FloatArray) -> FloatArray:
    """ln Gamma(z) beyond (z - 1/2) ln z - z + ln(2 pi) / 2."""
    inverse = 1.0 / np.square(z)
    return np.asarray((1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z)


def _remainder(z: float | FloatArray) -> FloatArray:
    """digamma(z) beyond ln z - 1 / (2 z)."""
    inverse = 1.0 / np.square(z)
    return np.asarray(-inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240))))
