"""BG/NBD (Fader, Hardie & Lee 2005): purchases at a gamma-spread rate; after each repeat purchase a customer may leave.

Every one-time buyer is alive with probability 1, so its P(alive) is no churn measure; its P(active) is.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.beta_geometric import BetaGeometricFit, estimate
from dashapp.domain.patterns import Patterns


class BgNbdFit(BetaGeometricFit):
    shift = 0
    tells_who_left = False


class BgNbd:
    name = "bg_nbd"
    target = "purchases"
    title = "BG/NBD"

    def fit(
        self, rfm: pd.DataFrame, weights: ArrayLike | None = None, near: BetaGeometricFit | None = None
    ) -> BgNbdFit:
        return estimate(BgNbdFit, self.name, Patterns.from_frame(rfm, weights), near)

    def restore(self, text: str) -> BgNbdFit:
        return BgNbdFit.from_json(text)


MODEL = BgNbd()
