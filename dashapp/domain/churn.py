"""Churn of customers who never say goodbye: no purchase in the next H days. And how right that has been before.

Never P(still a customer): what matters is whether anybody comes back in time (science.md section 6). Two figures of
the same probabilities: how many of a group are more likely than a threshold to stay away, and how many are expected to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain import evaluation as ev
from dashapp.domain import shelf
from dashapp.domain.evaluation import Pair
from dashapp.domain.gap_rule import lapsed
from dashapp.domain.model import PurchaseFit, Status
from dashapp.domain.origins import cuts
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.scoring import LONGEST_HORIZON_DAYS
from dashapp.errors import InputError, NotConverged, NotEnoughData

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Question:
    """What counts as churn. Raises InputError."""

    horizon_days: int
    threshold: float = 0.5
    "A customer is called a churner where P(no purchase in the horizon) is above this."

    def __post_init__(self) -> None:
        if self.horizon_days != int(self.horizon_days) or not 1 <= self.horizon_days <= LONGEST_HORIZON_DAYS:
            raise InputError(f"The horizon must be 1 to {LONGEST_HORIZON_DAYS} whole days.", "Use 90 for a quarter.")
        if not 0.0 < self.threshold < 1.0:
            raise InputError("The threshold must lie between 0 and 1.", "Write 50 % as 0.5.")


def p_lost(fitted: PurchaseFit, rfm: pd.DataFrame, horizon_days: int) -> FloatArray:
    """P(no purchase in the next `horizon_days`) of each customer of a summary, shape (n,)."""
    periods = to_periods(horizon_days, fitted.time_unit)
    return np.asarray(1.0 - fitted.p_active(Patterns.from_frame(rfm), periods))


def rates(people: pd.DataFrame, threshold: float, by: str = "") -> pd.DataFrame:
    """Churn of everybody, or of each value of column `by`, whoever loses most first.

    people: p_lost [0-1], lapsed [bool] and `by`, one row per customer; at least one row.
    Returns name, customers, churners, churn_rate, expected_lost [customers], expected_share, lapsed_share.
    """
    told = people.assign(churner=people["p_lost"] > threshold, name=people[by] if by else "Everybody")
    groups = told.groupby("name", observed=True).agg(
        customers=("p_lost", "size"),
        churners=("churner", "sum"),
        churn_rate=("churner", "mean"),
        expected_lost=("p_lost", "sum"),
        expected_share=("p_lost", "mean"),
        lapsed_share=("lapsed", "mean"),
    )
    return groups.sort_values("expected_lost", ascending=False, kind="stable").reset_index()


@dataclass(frozen=True)
class Called:
    """Whom a rule called lost on the day of the test, and what came."""

    customers: int
    lost: int
    "Of them, those who bought nothing in the horizon."

    @classmethod
    def of(cls, called: Mask, lost: Mask) -> Called:
        return cls(int(np.count_nonzero(called)), int(np.count_nonzero(called & lost)))


@dataclass(frozen=True)
class Check:
    """What would have been said at an earlier cut-off, against what then came, over all customers known then."""

    cut_off: date
    customers: int
    expected_lost: float
    lost: int
    "Customers who bought nothing in the horizon."
    churners: Called
    "Above the threshold."
    lapsed: Called
    "By the gap rule."
    metrics: Mapping[str, float]
    "Of P(active): auc (NaN where all or none bought) and brier; brier_constant gives everybody the same chance."
    bins: pd.DataFrame
    "By tenth of P(active): class 0-9, customers, predicted (mean), actual (share that bought)."


def cut_off(observed_from: date, observed_until: date, horizon_days: int) -> date:
    """The day `horizon_days` before the end. Raises NotEnoughData where less than as much lies before it."""
    found = cuts(observed_from, observed_until, horizon_days, 1)
    if found.horizon_days < horizon_days or not found.cut_offs:
        span = (observed_until - observed_from).days + 1
        raise NotEnoughData(
            f"The data span {span} days. To see how right a look {horizon_days} days ahead has been takes as much "
            f"past as future: at least {max(2 * horizon_days, horizon_days + 28):,} days.",
            f"Choose {span // 2} days or fewer, or load a longer history.",
        )
    return found.cut_offs[0]


def check(days: PurchaseDays, day: date, observed_from: date, model: str, asked: Question) -> Check:
    """Fit `model` to what was known on `day` and compare with the horizon after it.

    Raises NotEnoughData and NotConverged where nothing can be fitted that early.
    """
    rfm = days.summary(day)
    fitted = shelf.purchase_model(model).fit(rfm)
    if fitted.status is Status.NOT_CONVERGED:
        raise NotConverged(f"The purchase model found no optimum on the data up to {day}.", "Choose a shorter horizon.")
    probability = p_lost(fitted, rfm, asked.horizon_days)
    lost = days.outcome(day, asked.horizon_days).purchases == 0
    pair = Pair.of(1.0 - probability, np.where(lost, 0.0, 1.0))
    return Check(
        cut_off=day,
        customers=len(rfm),
        expected_lost=float(probability.sum()),
        lost=int(np.count_nonzero(lost)),
        churners=Called.of(probability > asked.threshold, lost),
        lapsed=Called.of(lapsed(days, day, (day - observed_from).days), lost),
        metrics=_metrics(pair),
        bins=ev.reliability(pair),
    )


def _metrics(pair: Pair) -> dict[str, float]:
    bought = float(pair.actual.values.mean())
    ranking = ev.auc(pair).value if 0.0 < bought < 1.0 else float("nan")
    return {"auc": ranking, "brier": ev.brier(pair).value, "brier_constant": bought * (1.0 - bought)}
