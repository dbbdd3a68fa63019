"""MBG/NBD as the lifetimes package fits and predicts it."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.lifetimes_engine import LifetimesFit, estimate
from dashapp.domain.patterns import Patterns


class LifetimesMbgNbdFit(LifetimesFit):
    shift = 1
    fitter_name = "ModifiedBetaGeoFitter"


class LifetimesMbgNbd:
    name = "lifetimes_mbg_nbd"
    target = "purchases"
    title = "MBG/NBD (lifetimes)"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> LifetimesMbgNbdFit:
        return estimate(LifetimesMbgNbdFit, self.name, Patterns.from_frame(rfm, weights))

    def restore(self, text: str) -> LifetimesMbgNbdFit:
        return LifetimesMbgNbdFit.from_json(text)


MODEL = LifetimesMbgNbd()
