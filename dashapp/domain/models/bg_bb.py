"""BG/BB (Fader, Hardie & Shang 2010): each opportunity is taken with probability p until the customer leaves for good.

p ~ Beta(alpha, beta) and the chance to leave before an opportunity theta ~ Beta(gamma, delta), independent of it. For
donations, events, renewals that may be missed. With x taken, the last at t_x, of n opportunities (eq. 5):
    L = sum over m = t_x..n of B(alpha+x, beta+m-x) / B(alpha, beta) * B(gamma + [m < n], delta+m) / B(gamma, delta)
where term m < n is a customer who left after m opportunities, and term n is one who is still there.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from dashapp.domain.beta_bernoulli import BetaBernoulliFit, Opportunities, estimate


class BgBb:
    name = "bg_bb"
    target = "opportunities"
    title = "BG/BB"

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> BetaBernoulliFit:
        """rfm: frequency, recency, opportunities [counts]; recency is the last opportunity taken, 0 if none."""
        return estimate(self.name, Opportunities.from_frame(rfm, weights))

    def restore(self, text: str) -> BetaBernoulliFit:
        return BetaBernoulliFit.from_json(text)


MODEL = BgBb()
