"""Beta-discrete-Weibull (Fader, Hardie et al. 2018): sBG whose subscribers' own risk may grow or fall with time."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.retention import SurvivalFit, estimate


class Bdw:
    name = "bdw"
    target = "retention"
    title = "BdW"

    def fit(self, survivors: ArrayLike | pd.DataFrame) -> SurvivalFit:
        """survivors: subscribers of one cohort left after 0, 1, 2, ... renewals, or columns period, customers."""
        return estimate(SurvivalFit, self.name, survivors, size=3)

    def restore(self, text: str) -> SurvivalFit:
        return SurvivalFit.from_json(text)


MODEL = Bdw()
