"""How sure every customer's CLV and their total are, and what each may spend, against scoring them once."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.score import DAYS, clv, interval
from benchmarks.simulated import customers
from dashapp.domain.models import bg_nbd, gamma_gamma
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain, uncertain_value

RATE = 0.10
STRETCH = 0.25
"Of a widened interval, as it is published: it is looked up in two tables."


def run(n: int) -> Measured:
    rfm = customers(n)
    purchases, spend = bg_nbd.MODEL.fit(rfm), gamma_gamma.MODEL.fit(rfm)
    fits = Fits(purchases, spend)
    seconds, results = interleaved({
        "scoring": lambda: clv(rfm, purchases, spend),
        "standard errors and total": lambda: _everything(uncertain_value(fits, rfm, DAYS, RATE)),
        "interval": lambda: interval(rfm, purchases, spend, STRETCH),
    })  # fmt: skip
    both = seconds["standard errors and total"] + seconds["interval"]
    value = results["standard errors and total"]
    return Measured(
        n,
        seconds,
        (
            Promise("standard errors, total and intervals, times scoring once", both / seconds["scoring"], 25, False),
            Promise("the same in seconds", both, 3, False),
        ),
        {
            "mean and clv": float(np.max(np.abs(value.mean / results["scoring"][2] - 1.0))),
            "standard error of the total": _difference(fits, rfm, value),
        },
    )


def _everything(value: Uncertain) -> Uncertain:
    value.totals()
    assert len(value.standard_error)
    return value


def _difference(fits: Fits, rfm, value: Uncertain) -> float:
    """Against the gradient of the total in log-parameters and the covariance, the way it is written in books."""
    squared = 0.0
    for place, fit in enumerate((fits.purchases, fits.spend)):
        slopes = np.array([
            (_total(fits, place, step, rfm) - _total(fits, place, -step, rfm)) / 2e-4
            for step in np.eye(len(fit.parameters)) * 1e-4
        ])  # fmt: skip
        squared += slopes @ np.array(fit.covariance) @ slopes
    return float(abs(value.total_standard_error / np.sqrt(squared) - 1.0))


def _total(fits: Fits, place: int, step: np.ndarray, rfm) -> float:
    moved = [fits.purchases, fits.spend]
    moved[place] = moved[place].moved(step)
    return float(clv(rfm, *moved)[2].sum())


BENCHMARK = Benchmark("uncertainty", "delta method, totals and intervals against one scoring", 1_000_000, run)
