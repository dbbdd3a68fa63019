"""How time grows with the number of order lines, from lines to the value of every customer."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.e2e import pipeline
from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.rfm import prepare

STEPS = (100, 10, 1)
"Sizes are n divided by these."


def run(n: int) -> Measured:
    sizes = [n // step for step in STEPS]
    seconds: dict[str, float] = {}
    lost = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory() as name, duckdb.connect(config={"threads": 2}) as connection:
            prepare(connection, Path(name) / "lines.parquet", size)
            timed, results = interleaved({f"{size:,} lines": lambda c=connection: pipeline(c)}, {f"{size:,} lines": 3})
            seconds |= timed
            (walk,) = results.values()
            lost = max(lost, float(np.count_nonzero(~np.isfinite(walk.value))))
    exponent = float(np.polyfit(np.log(sizes), np.log(list(seconds.values())), 1)[0])
    return Measured(
        n,
        seconds,
        (Promise("exponent of time over lines", exponent, 1.15, False),),
        {"customers without a value": lost},
    )


BENCHMARK = Benchmark("growth", "from a hundredth of the lines to all of them", 10_000_000, run)
