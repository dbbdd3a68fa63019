"""Who bought last will buy first: no amounts, only an order of customers."""

from __future__ import annotations

import numpy as np

from dashapp.domain.baseline import Baseline, History, Prediction


def predict(history: History) -> Prediction:
    rfm = history.rfm
    return Prediction(active=np.asarray(rfm["recency_days"] - rfm["T_days"], dtype=float))


BASELINE = Baseline(
    "days_since_last_order",
    "Days since the last order",
    "Customers ordered by the day of their last purchase; says who is active, not how much they buy.",
    predict,
)
