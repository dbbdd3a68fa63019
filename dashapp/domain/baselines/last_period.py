"""What a customer did in the last period of the same length, once more."""

from __future__ import annotations

from dashapp.domain.baseline import Baseline, History, Prediction


def predict(history: History) -> Prediction:
    purchases, value = history.last(history.horizon_days)
    return Prediction(purchases, value, purchases)


BASELINE = Baseline(
    "last_period",
    "Last period repeated",
    "Purchases and money of the days just before the cut-off, as many days as the horizon, first purchases included.",
    predict,
)
