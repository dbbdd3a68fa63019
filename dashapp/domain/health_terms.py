"""What the health score looks at: few columns on scales where one step means about the same for everybody.

Every column is 0 for a customer about whom it says nothing, and free of the currency and the time unit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.features import YEAR

FloatArray = NDArray[np.float64]
RECENT = 90
SEEN = (
    "frequency", "T_days", "monetary_value", "first_value", "lateness", "returns_share", f"purchases_{RECENT}",
    "season_purchases",
)  # fmt: skip
"""The features that tell all of it."""

TERMS = {
    "rhythm": "log-odds of the purchase model: more or less sure of itself than it should be",
    "lateness": "days since the last purchase over the customer's own mean gap",
    "frequency": "purchase days so far",
    "trend": f"purchase days of the last {RECENT} days against what the customer's own rate leads to expect",
    "season": "purchase days in the same season a year ago against the customer's own rate",
    "returns": "share of the money that went back",
    "money": "money per purchase day against the median customer",
}
"""Name to meaning."""


def terms(features: pd.DataFrame, log_odds: FloatArray, horizon_days: int) -> FloatArray:
    """Shape (customers, TERMS), not standardised. features: SEEN as of a cut-off; log_odds: of p_active there."""
    get = {name: features[name].to_numpy(dtype=float) for name in SEEN}
    age = np.maximum(get["T_days"], 1.0)
    rate = (get["frequency"] + 1.0) / (age + 1.0)
    window = np.minimum(age + 1.0, float(RECENT))
    season = np.log((get["season_purchases"] + 1.0) / (rate * min(horizon_days, YEAR) + 1.0))
    columns = {
        "rhythm": log_odds,
        "lateness": np.where(get["frequency"] > 0, np.log1p(get["lateness"]) - np.log(2.0), 0.0),
        "frequency": np.log1p(get["frequency"]),
        "trend": np.log((get[f"purchases_{RECENT}"] + 1.0) / (rate * window + 1.0)),
        "season": np.where(get["T_days"] >= YEAR, season, 0.0),
        "returns": get["returns_share"],
        "money": _money(get),
    }
    return np.column_stack([columns[name] for name in TERMS])


def _money(get: dict[str, FloatArray]) -> FloatArray:
    """ln(1 + money per purchase day over its median) - ln 2; 0 where nothing was ever paid."""
    paid = np.where(get["frequency"] > 0, get["monetary_value"], get["first_value"])
    some = paid > 0.0
    median = float(np.median(paid[some])) if some.any() else 1.0
    return np.asarray(np.where(some, np.log1p(np.maximum(paid, 0.0) / median) - np.log(2.0), 0.0))
