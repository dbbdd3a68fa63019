"""Pareto/NBD fit against lifetimes on the same rows, and against one pass over the histories."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.simulated import ParetoTruth, customers
from dashapp.domain.lifetimes_engine import contained, fitter
from dashapp.domain.models import pareto_nbd
from dashapp.domain.pareto_histories import Likelihood
from dashapp.domain.patterns import Patterns


def run(n: int) -> Measured:
    rfm = customers(n, ParetoTruth())
    likelihood = Likelihood(Patterns.from_frame(rfm).merged())
    with contained():
        fitter("ParetoNBDFitter")  # its import takes seconds and is not what is measured
        seconds, results = interleaved(
            {
                "pareto_nbd": lambda: pareto_nbd.MODEL.fit(rfm),
                "one pass": lambda: likelihood(np.zeros(4)),
                "lifetimes pareto_nbd": lambda: fitter("ParetoNBDFitter").fit(
                    rfm["frequency"], rfm["recency_days"], rfm["T_days"]
                ),
            },
            {"lifetimes pareto_nbd": 1},
        )
    ratio = seconds["lifetimes pareto_nbd"] / seconds["pareto_nbd"]
    return Measured(
        n,
        seconds,
        (Promise("Pareto/NBD fit, times faster than lifetimes", ratio, 100),),
        _differences(likelihood, results["pareto_nbd"], results["lifetimes pareto_nbd"]),
    )


def _differences(likelihood: Likelihood, ours, theirs) -> dict[str, float]:
    """lifetimes' search ends early and in scaled time, so log-likelihoods are compared, in days, not parameters."""
    natural = np.array([float(theirs.params_[name]) for name in ours.parameters])
    there = -likelihood.n * likelihood(np.log(natural / [1.0, likelihood.scale, 1.0, likelihood.scale]))[0]
    reported = likelihood.purchases * np.log(theirs._scale) - theirs._negative_log_likelihood_
    return {
        "log-likelihood at lifetimes' parameters": abs(there / reported - 1.0),
        "log-likelihood that ours lacks": max(0.0, (reported - ours.log_likelihood) / abs(reported)),
    }


BENCHMARK = Benchmark("pareto", "Pareto/NBD against lifetimes on the same customers", 100_000, run)
