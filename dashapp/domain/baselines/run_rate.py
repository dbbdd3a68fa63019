"""A customer's own repeat purchases per day since the first one, x / T, carried on."""

from __future__ import annotations

import numpy as np

from dashapp.domain.baseline import Baseline, History, Prediction


def predict(history: History) -> Prediction:
    rfm = history.rfm
    frequency, age = rfm["frequency"].to_numpy(dtype=float), rfm["T_days"].to_numpy(dtype=float)
    purchases = frequency / np.maximum(age, 1.0) * history.horizon_days
    return Prediction(purchases, purchases * rfm["monetary_value"].to_numpy(), purchases)


BASELINE = Baseline(
    "run_rate",
    "Run rate x/T",
    "Repeat purchases divided by days since the first purchase, times the horizon and the mean spend of repeats.",
    predict,
)
