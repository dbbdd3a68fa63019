"""BG/NBD and Gamma-Gamma fits against lifetimes on the same rows, and against one pass over the histories."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.simulated import customers
from dashapp.domain.histories import Likelihood
from dashapp.domain.lifetimes_engine import contained, fitter
from dashapp.domain.models import bg_nbd, gamma_gamma
from dashapp.domain.patterns import Patterns


def run(n: int) -> Measured:
    rfm = customers(n)
    spenders = rfm[(rfm["frequency"] > 0) & (rfm["monetary_value"] > 0)]
    likelihood = Likelihood(Patterns.from_frame(rfm).merged(), shift=0)
    slow = 2 if n > 200_000 else 5
    with contained():
        fitter("BetaGeoFitter")  # its import takes seconds and is not what is measured
        seconds, results = interleaved(
            {
                "bg_nbd": lambda: bg_nbd.MODEL.fit(rfm),
                "one pass": lambda: likelihood(np.zeros(4)),
                "gamma_gamma": lambda: gamma_gamma.MODEL.fit(rfm),
                "lifetimes bg_nbd": lambda: fitter("BetaGeoFitter").fit(
                    rfm["frequency"], rfm["recency_days"], rfm["T_days"]
                ),
                "lifetimes gamma_gamma": lambda: fitter("GammaGammaFitter").fit(
                    spenders["frequency"], spenders["monetary_value"]
                ),
            },
            {"lifetimes bg_nbd": slow, "lifetimes gamma_gamma": slow},
        )
    return Measured(
        n,
        seconds,
        (
            Promise("BG/NBD fit, times faster than lifetimes", seconds["lifetimes bg_nbd"] / seconds["bg_nbd"], 50),
            Promise("BG/NBD fit, passes over the histories", seconds["bg_nbd"] / seconds["one pass"], 12, False),
            Promise(
                "Gamma-Gamma fit, times faster than lifetimes",
                seconds["lifetimes gamma_gamma"] / seconds["gamma_gamma"],
                15,
            ),
        ),
        {
            "bg_nbd parameters": _difference(results["bg_nbd"], results["lifetimes bg_nbd"]),
            "gamma_gamma parameters": _difference(results["gamma_gamma"], results["lifetimes gamma_gamma"]),
        },
        tolerance=2e-3,  # lifetimes stops its search at a loose tolerance
    )


def _difference(ours, theirs) -> float:
    return max(abs(ours.parameters[name] / theirs.params_[name] - 1.0) for name in ours.parameters)


BENCHMARK = Benchmark("fit", "ours against lifetimes on the same customers", 1_000_000, run)
