"""BG/CNBD-k (Platzer & Reutterer 2016): BG/NBD for customers who buy more regularly than at random.

Gaps between purchases are Erlang-k, k = 1 being BG/NBD; after each repeat purchase a customer may leave.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.erlang_geometric import ErlangGeometricFit, estimate
from dashapp.domain.patterns import Patterns


class BgCnbdKFit(ErlangGeometricFit):
    shift = 0
    tells_who_left = False


class BgCnbdK:
    name = "bg_cnbd_k"
    target = "purchases"
    title = "BG/CNBD-k"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> BgCnbdKFit:
        return estimate(BgCnbdKFit, self.name, Patterns.from_frame(rfm, weights))

    def restore(self, text: str) -> BgCnbdKFit:
        return BgCnbdKFit.from_json(text)


MODEL = BgCnbdK()
