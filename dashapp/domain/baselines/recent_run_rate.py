"""The rate of the last 90 days carried on."""

from __future__ import annotations

from dashapp.domain.baseline import Baseline, History, Prediction

DAYS = 90


def predict(history: History) -> Prediction:
    purchases, value = history.last(DAYS)
    factor = history.horizon_days / DAYS
    expected = purchases * factor
    return Prediction(expected, value * factor, expected)


BASELINE = Baseline(
    "recent_run_rate",
    f"Run rate of the last {DAYS} days",
    f"Purchases and money of the last {DAYS} days, first purchases included, times horizon / {DAYS}.",
    predict,
)
