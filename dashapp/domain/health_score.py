"""Today's health score of every customer: score, risk band, place among peers, and what makes it.

Peers are customers of about the same age (days since the first purchase). What makes a score is told in log-odds
against the peers' mean: logit(score) = peers' mean + sum of the reasons, exactly. The purchase model's own part is
divided in two by ordered replacement: frequency is what it says of x repeats with the last one where x purchases at
random in T leave it, T x / (x + 1); lateness is the rest, what the true last purchase changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.evaluation import Ranked
from dashapp.domain.health import HealthModel
from dashapp.domain.health_terms import TERMS, terms
from dashapp.domain.logistic import expit, logit
from dashapp.domain.model import PurchaseFit
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
REASONS = ("frequency", "lateness", "trend", "season", "returns", "money")
AGE_BANDS = 20
FEWEST_PEERS = 100
"In an age band, where there are so many customers."


@dataclass(frozen=True)
class Health:
    """One number per customer, in the order of the summary."""

    log_odds: FloatArray
    percentile: FloatArray
    "Share of peers with a lower score, equal ones counted half, in percent."
    peers: IndexArray
    "Customers of the same age band."
    peers_log_odds: FloatArray
    "Their mean."
    reasons: FloatArray
    "Shape (n, REASONS)."

    @property
    def score(self) -> FloatArray:
        """100 x P(at least one purchase in the horizon)."""
        return 100.0 * expit(self.log_odds)


def assess(
    model: HealthModel, fitted: PurchaseFit, rfm: pd.DataFrame, features: pd.DataFrame, horizon_days: int
) -> Health:
    """rfm and features: as of the same day, in the same order; rfm has p_active of `fitted` over the horizon."""
    odds = logit(rfm["p_active"].to_numpy(dtype=float))
    added = model.added(terms(features, odds, horizon_days))
    log_odds = model.together(added, odds)
    parts = _parts(model, odds, _on_time(fitted, rfm, horizon_days), added)
    band = age_bands(rfm["T_days"].to_numpy(dtype=float))
    peers = np.bincount(band)
    return Health(
        log_odds, 100.0 * _place(log_odds, band), peers[band], _mean(log_odds, band),
        np.column_stack([part - _mean(part, band) for part in parts]),
    )  # fmt: skip


def age_bands(age: FloatArray) -> IndexArray:
    """Band of each customer, equally many in each as far as equal ages stay together."""
    count = max(1, min(AGE_BANDS, len(age) // FEWEST_PEERS))
    band = np.minimum((Ranked(age).share * count).astype(np.intp), count - 1) if len(age) else np.empty(0, np.intp)
    return np.unique(band, return_inverse=True)[1].astype(np.intp)


def _on_time(fitted: PurchaseFit, rfm: pd.DataFrame, horizon_days: int) -> FloatArray:
    """logit(p_active) had the last purchase come when it should."""
    count, age = rfm["frequency"].to_numpy(dtype=np.int64), rfm["T_days"].to_numpy(dtype=np.int64)
    last = np.rint(age * count / (count + 1.0)).astype(np.int64)
    histories = Patterns.of(count, last, age)
    return logit(fitted.p_active(histories, to_periods(horizon_days, fitted.time_unit)))


def _parts(model: HealthModel, odds: FloatArray, on_time: FloatArray, added: FloatArray) -> list[FloatArray]:
    """Per reason; their sum is the score's log-odds but for a constant."""
    term = {name: added[:, number] for number, name in enumerate(TERMS)}
    slope = 1.0 + model.weights[0] / model.scales[0]
    return [
        slope * on_time + term["frequency"],
        slope * (odds - on_time) + term["lateness"],
        *(term[name] for name in REASONS[2:]),
    ]


def _mean(values: FloatArray, band: IndexArray) -> FloatArray:
    return np.asarray((np.bincount(band, values) / np.bincount(band))[band])


def _place(values: FloatArray, band: IndexArray) -> FloatArray:
    """Mid-rank of each value within its band, 0 to 1."""
    place = np.empty(len(values))
    for number in range(int(band.max(initial=-1)) + 1):
        mine = np.flatnonzero(band == number)
        place[mine] = Ranked(values[mine]).share
    return place
