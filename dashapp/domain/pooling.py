"""Does one set of parameters serve everybody? Groups of customers with parameters of their own, against everybody's.

Each group's MBG/NBD begins at the fit to all. Own parameters count as better where they explain the groups with a
lower AIC (Akaike 1974) than one set does, and as worth a warning where some group's expected purchases also differ by
more than LEAST_CHANGE.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashapp.domain.histories import Likelihood
from dashapp.domain.models.mbg_nbd import MODEL, MbgNbdFit
from dashapp.domain.patterns import Patterns
from dashapp.errors import NotEnoughData

LEAST_CUSTOMERS = 200
"Of a group: fewer say little about four parameters."
MOST_GROUPS = 20
"The largest ones."
LEAST_CHANGE = 0.10
HORIZON_DAYS = 365.0


@dataclass(frozen=True)
class Pooling:
    """Own parameters against everybody's."""

    groups: int
    "Compared."
    aic_gain: float
    "AIC of one set less AIC of a set each; above 0 the groups differ."
    farthest: str
    "The group whose expected purchases change most, and by how much, relative."
    change: float

    @property
    def differs(self) -> bool:
        return self.aic_gain > 0.0 and abs(self.change) > LEAST_CHANGE


def pooling(rfm: pd.DataFrame, group: pd.Series) -> Pooling:
    """rfm: frequency, recency_days, T_days; group: a name per row. Raises NotEnoughData below two usable groups."""
    sizes = group.value_counts()
    names = sorted(sizes[sizes >= LEAST_CUSTOMERS].index[:MOST_GROUPS])
    if len(names) < 2:
        raise NotEnoughData(
            f"Groups can be compared from {LEAST_CUSTOMERS} customers each on; there are {len(names)} such groups.",
            "Load a longer history.",
        )
    together = MODEL.fit(rfm[group.isin(names).to_numpy()])
    gain, changes = -2.0 * len(together.parameters) * (len(names) - 1), {}
    for name in names:
        part = rfm[(group == name).to_numpy()]
        try:
            own = MODEL.fit(part, near=together)
        except NotEnoughData:
            own = together
        gain += 2.0 * (_log_likelihood(own, part) - _log_likelihood(together, part))
        changes[name] = _expected(own, part) / _expected(together, part) - 1.0
    farthest = max(names, key=lambda name: abs(changes[name]))
    return Pooling(len(names), float(gain), str(farthest), float(changes[farthest]))


def _log_likelihood(fitted: MbgNbdFit, part: pd.DataFrame) -> float:
    likelihood = Likelihood(Patterns.from_frame(part).merged(), fitted.shift)
    theta = np.log(fitted.estimates) - np.log([1.0, likelihood.scale, 1.0, 1.0])
    return float(likelihood.constant - likelihood.n * likelihood(theta)[0])


def _expected(fitted: MbgNbdFit, part: pd.DataFrame) -> float:
    return float(fitted.expected_purchases(Patterns.from_frame(part), HORIZON_DAYS).sum())
