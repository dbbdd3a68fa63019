"""BG/NBD as the lifetimes package fits and predicts it."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.lifetimes_engine import LifetimesFit, estimate
from dashapp.domain.patterns import Patterns


class LifetimesBgNbdFit(LifetimesFit):
    shift = 0
    tells_who_left = False
    fitter_name = "BetaGeoFitter"


class LifetimesBgNbd:
    name = "lifetimes_bg_nbd"
    target = "purchases"
    title = "BG/NBD (lifetimes)"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> LifetimesBgNbdFit:
        return estimate(LifetimesBgNbdFit, self.name, Patterns.from_frame(rfm, weights))

    def restore(self, text: str) -> LifetimesBgNbdFit:
        return LifetimesBgNbdFit.from_json(text)


MODEL = LifetimesBgNbd()
