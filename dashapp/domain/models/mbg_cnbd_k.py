"""MBG/CNBD-k (Platzer & Reutterer 2016): MBG/NBD for customers who buy more regularly than at random.

Gaps between purchases are Erlang-k, k = 1 being MBG/NBD; after each purchase, the first too, a customer may leave.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.erlang_geometric import ErlangGeometricFit, estimate
from dashapp.domain.patterns import Patterns


class MbgCnbdKFit(ErlangGeometricFit):
    shift = 1


class MbgCnbdK:
    name = "mbg_cnbd_k"
    target = "purchases"
    title = "MBG/CNBD-k"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> MbgCnbdKFit:
        return estimate(MbgCnbdKFit, self.name, Patterns.from_frame(rfm, weights))

    def restore(self, text: str) -> MbgCnbdKFit:
        return MbgCnbdKFit.from_json(text)


MODEL = MbgCnbdK()
