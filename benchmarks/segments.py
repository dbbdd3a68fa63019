"""A model per segment: as many fits of ten thousand customers, against lifetimes on some of the same segments.

Ours begin at the fit to everybody, as pooling does; that one fit is there before.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.simulated import customers
from dashapp.domain.lifetimes_engine import contained, fitter
from dashapp.domain.models import bg_nbd

SEGMENTS = 100
SMALLEST = 1000
"Customers of a segment: lifetimes does not always converge on fewer, so a small run has fewer segments."
FOR_LIFETIMES = 5
"Segments it fits; its time is multiplied."


def run(n: int) -> Measured:
    segments = min(SEGMENTS, max(1, n // SMALLEST))
    parts = [customers(n // segments, seed=seed) for seed in range(segments)]
    everybody = bg_nbd.MODEL.fit(pd.concat(parts))
    every = max(1, segments // FOR_LIFETIMES)
    some = parts[::every]
    with contained():
        fitter("BetaGeoFitter")  # its import takes seconds and is not what is measured
        seconds, results = interleaved(
            {
                "segments": lambda: [bg_nbd.MODEL.fit(part, near=everybody) for part in parts],
                "lifetimes on some": lambda: [_theirs(part) for part in some],
            },
            {"lifetimes on some": 2},
        )
    ratio = seconds["lifetimes on some"] * len(parts) / len(some) / seconds["segments"]
    ours = results["segments"][::every]
    pairs = zip(ours, results["lifetimes on some"], strict=True)
    return Measured(
        n,
        seconds,
        (Promise("BG/NBD per segment, times faster than lifetimes", ratio, 30),),
        {"log-likelihood": max(_difference(fit, theirs) for fit, theirs in pairs)},
        tolerance=1e-5,
    )


def _theirs(part: pd.DataFrame):
    return fitter("BetaGeoFitter").fit(part["frequency"], part["recency_days"], part["T_days"])


def _difference(ours, theirs) -> float:
    """Of the likelihood that ours lacks: small segments leave parameters themselves too open to compare."""
    there = ours.facts["purchases"] * np.log(theirs._scale) - theirs._negative_log_likelihood_ * ours.n_customers
    return max(0.0, float(there - ours.log_likelihood) / abs(ours.log_likelihood))


BENCHMARK = Benchmark("segments", "a hundred fits of ten thousand customers against lifetimes", 1_000_000, run)
