"""How sure a share is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

FloatArray = NDArray[np.float64]


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Confidence limits of a share, inside 0-1 also for 0 and for all of `trials`; NaN where there are none.

    Wilson (1927): the shares p with |successes / trials - p| <= z sqrt(p (1 - p) / trials).

    >>> low, high = wilson(0, 10)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0, 0.2775)
    """
    made, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    z2 = float(ndtri(0.5 + level / 2.0)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = made / n
        middle = (made + z2 / 2.0) / (n + z2)
        half = np.sqrt(z2) / (n + z2) * np.sqrt(n * share * (1.0 - share) + z2 / 4.0)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
