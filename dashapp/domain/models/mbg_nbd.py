"""MBG/NBD (Batislam, Denizel & Filiztekin 2007): BG/NBD whose customers may also leave right after the first purchase.

The default: the same cost as BG/NBD, and a P(alive) that means something for one-time buyers.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.beta_geometric import BetaGeometricFit, estimate
from dashapp.domain.patterns import Patterns


class MbgNbdFit(BetaGeometricFit):
    shift = 1


class MbgNbd:
    name = "mbg_nbd"
    target = "purchases"
    title = "MBG/NBD"

    def fit(
        self, rfm: pd.DataFrame, weights: ArrayLike | None = None, near: BetaGeometricFit | None = None
    ) -> MbgNbdFit:
        return estimate(MbgNbdFit, self.name, Patterns.from_frame(rfm, weights), near)

    def restore(self, text: str) -> MbgNbdFit:
        return MbgNbdFit.from_json(text)


MODEL = MbgNbd()
