"""The bootstrap of the BG/NBD parameters, two hundred refits, against one fit."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.simulated import customers
from dashapp.domain import bootstrap
from dashapp.domain.models import bg_nbd
from dashapp.domain.patterns import Patterns


def run(n: int) -> Measured:
    rfm = customers(n)
    fitted = bg_nbd.MODEL.fit(rfm)
    seconds, results = interleaved(
        {
            "one fit": lambda: bg_nbd.MODEL.fit(rfm),
            "bootstrap": lambda: bootstrap.draws(fitted, Patterns.from_frame(rfm)),
        },
        {"bootstrap": 2},
    )
    again = bootstrap.draws(fitted, Patterns.from_frame(rfm), 2)
    return Measured(
        n,
        seconds,
        (
            Promise("200 refits, times one fit", seconds["bootstrap"] / seconds["one fit"], 200, False),
            Promise("200 refits, seconds", seconds["bootstrap"], 20, False),
        ),
        {"the same seed again": float(np.max(np.abs(again.values / results["bootstrap"].values[:2] - 1.0)))},
        tolerance=0.0,
    )


BENCHMARK = Benchmark(
    "bootstrap", "two hundred refits of BG/NBD to resampled customers against one fit", 1_000_000, run
)
