"""Twelve-month CLV of every customer against lifetimes, and against merely copying the four input columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.simulated import customers
from dashapp.domain.lifetimes_engine import contained, fitter
from dashapp.domain.models import bg_nbd, gamma_gamma
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import discount_per_period
from dashapp.domain.predictive import spend_interval

DAYS = 360
"lifetimes' twelve months are thirty days each."
MONTHLY_RATE = 0.01
COLUMNS = ["frequency", "recency_days", "T_days", "monetary_value"]


def run(n: int) -> Measured:
    rfm = customers(n)
    purchases, spend = bg_nbd.MODEL.fit(rfm), gamma_gamma.MODEL.fit(rfm)
    copied = [rfm[name].to_numpy(dtype=float) for name in COLUMNS]
    with contained():
        bg, gg = _theirs(purchases, spend)
        seconds, results = interleaved(
            {
                "clv": lambda: clv(rfm, purchases, spend),
                "interval": lambda: interval(rfm, purchases, spend),
                "copy": lambda: [column.copy() for column in copied],
                "lifetimes clv": lambda: gg.customer_lifetime_value(
                    bg, *(rfm[name] for name in COLUMNS), time=12, discount_rate=MONTHLY_RATE, freq="D"
                ),
            },
            {"lifetimes clv": 2 if n > 200_000 else 5},
        )
    return Measured(
        n,
        seconds,
        (
            Promise("CLV of all, times faster than lifetimes", seconds["lifetimes clv"] / seconds["clv"], 80),
            Promise("CLV of all, plain copies of its input", seconds["clv"] / seconds["copy"], 25, False),
        ),
        {"clv, month by month": _difference(rfm, purchases, spend, results["lifetimes clv"])},
    )


def clv(rfm, purchases, spend) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P(alive), expected purchases and discounted value of every customer."""
    forecast = purchases.forecast(Patterns.from_frame(rfm), DAYS, discount_per_period(0.10, "day"))
    value = spend.expected_order_value(rfm["frequency"], rfm["monetary_value"])
    value *= forecast.residual
    return forecast.p_alive, forecast.expected_purchases, value


def interval(rfm, purchases, spend, stretch: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    return spend_interval(purchases, spend, Patterns.from_frame(rfm), rfm["monetary_value"], DAYS, stretch=stretch)


def _theirs(purchases, spend):
    """lifetimes' fitters with our parameters, so that the values can be compared."""
    bg, gg = fitter("BetaGeoFitter"), fitter("GammaGammaFitter")
    bg.params_, gg.params_ = pd.Series(purchases.parameters), pd.Series(spend.parameters)
    bg.predict = bg.conditional_expected_number_of_purchases_up_to_time
    return bg, gg


def _difference(rfm, purchases, spend, theirs) -> float:
    """Ours discounted at the end of each of lifetimes' months, on up to 5,000 customers."""
    some = rfm.head(5000)
    history = Patterns.from_frame(some)
    totals = [purchases.expected_purchases(history, 30 * month) for month in range(13)]
    value = spend.expected_order_value(some["frequency"], some["monetary_value"])
    ours = value * ((1 + MONTHLY_RATE) ** -np.arange(1.0, 13.0) @ np.diff(totals, axis=0))
    return float(np.max(np.abs(ours / theirs.to_numpy()[:5000] - 1.0)))


BENCHMARK = Benchmark("score", "CLV of every customer against lifetimes and a plain copy", 1_000_000, run)
