"""What purchases yet to come are worth today."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
QUADRATURE_NODES = 10


def discounted(
    expected: Callable[[ArrayLike], FloatArray], scale: FloatArray, periods: float, discount: float
) -> FloatArray:
    """Integral of exp(-d t) dE(t) over the horizon = exp(-d H) E(H) + d * integral of exp(-d t) E(t) dt.

    E bends on the scale of the customer's age, so the nodes are spread evenly in ln(1 + t / scale).
    """
    at_end: FloatArray = expected(periods)
    if discount == 0:
        return at_end
    nodes, weights = np.polynomial.legendre.leggauss(QUADRATURE_NODES)
    scale = scale[:, None]
    span = np.log1p(periods / scale) / 2
    times = scale * np.expm1(span * (nodes + 1))
    slopes = span * (times + scale) * weights
    inner = np.sum(slopes * np.exp(-discount * times) * expected(times), axis=1)
    return np.asarray(math.exp(-discount * periods) * at_end + discount * inner)
