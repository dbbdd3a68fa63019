"""Where a total will lie: draws of what the parameters may be, and of what customers do. Needs nothing but numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
DRAWS = 4000
SEED = 20260101


def bounds(mean: FloatArray, slopes: FloatArray, variance: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Quantiles of draws; the same parameter draws serve all groups, and a group's bounds do not depend on others.

    mean, variance: shape (groups,); slopes: (axes, groups), change of the mean by one standard deviation of each axis.
    NaN where there is no finite variance; both are 0 where the mean is.
    """
    z = np.random.default_rng(SEED).standard_normal((DRAWS, len(slopes)))
    found = np.full((2, len(mean)), np.nan)
    for place in np.flatnonzero(np.isfinite(variance) & (mean > 0.0)):
        moved = mean[place] * np.exp(np.einsum("dk,k->d", z, slopes[:, place] / mean[place]))
        if variance[place] > 0.0:
            spread = variance[place] / mean[place]
            moved = np.random.default_rng(SEED + 1).gamma(moved / spread) * spread
        found[:, place] = np.quantile(moved, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    found[:, mean == 0.0] = 0.0
    return found[0], found[1]
