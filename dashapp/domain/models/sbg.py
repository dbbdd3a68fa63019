"""Shifted beta-geometric (Fader & Hardie 2007): each subscriber renews with an own, constant chance."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.retention import SurvivalFit, estimate


class Sbg:
    name = "sbg"
    target = "retention"
    title = "sBG"

    def fit(self, survivors: ArrayLike | pd.DataFrame) -> SurvivalFit:
        """survivors: subscribers of one cohort left after 0, 1, 2, ... renewals, or columns period, customers."""
        return estimate(SurvivalFit, self.name, survivors, size=2)

    def restore(self, text: str) -> SurvivalFit:
        return SurvivalFit.from_json(text)


MODEL = Sbg()
