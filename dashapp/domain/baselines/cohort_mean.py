"""Everybody who came in the same month buys alike: the cohort's repeat rate per customer-day, carried on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.baseline import Baseline, History, Prediction

FloatArray = NDArray[np.float64]


def predict(history: History) -> Prediction:
    rfm = history.rfm
    first = np.datetime64(history.cut_off, "D") - rfm["T_days"].to_numpy().astype("timedelta64[D]")
    _, cohort = np.unique(first.astype("datetime64[M]"), return_inverse=True)
    frequency, age = rfm["frequency"].to_numpy(dtype=float), rfm["T_days"].to_numpy(dtype=float)
    exposure = np.maximum(np.bincount(cohort, age), 1.0) / history.horizon_days
    purchases = _mean(cohort, frequency, exposure)
    return Prediction(purchases, _mean(cohort, frequency * rfm["monetary_value"].to_numpy(), exposure), purchases)


def _mean(cohort: NDArray[np.intp], amounts: FloatArray, exposure: FloatArray) -> FloatArray:
    return np.asarray((np.bincount(cohort, amounts) / exposure)[cohort])


BASELINE = Baseline(
    "cohort_mean",
    "Cohort mean",
    "Repeat purchases and money per customer-day of all who first bought in the same month, times the horizon.",
    predict,
)
