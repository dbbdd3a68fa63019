"""How a promise of speed is measured: side by side in one run, as a ratio of medians of interleaved repeats.

Absolute seconds move with the machine and its neighbours; the ratio inside one run is the result.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"
REPEATS = 5
PACKAGES = ("numpy", "scipy", "pandas", "duckdb", "lifetimes")


@dataclass(frozen=True)
class Promise:
    """One ratio and the goal it must meet."""

    name: str
    ratio: float
    goal: float
    at_least: bool = True
    "True: the ratio must reach the goal; False: it must not exceed it."

    @property
    def kept(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        return f"{'kept  ' if self.kept else 'MISSED'} {self.name}: {self.ratio:.3g} ({bound} {self.goal:g})"


@dataclass(frozen=True)
class Measured:
    """What one benchmark found."""

    n: int
    seconds: Mapping[str, float]
    "Median seconds per arm."
    promises: tuple[Promise, ...]
    differences: Mapping[str, float] = field(default_factory=dict)
    "Largest relative difference between arms that must agree."
    tolerance: float = 1e-6

    @property
    def equal(self) -> bool:
        return all(difference <= self.tolerance for difference in self.differences.values())


@dataclass(frozen=True)
class Benchmark:
    """A module of this package with a `BENCHMARK` is found by `python -m benchmarks`."""

    name: str
    help: str
    n: int
    "Size of the promise."
    run: Callable[[int], Measured]


def interleaved(
    arms: Mapping[str, Callable[[], Any]],
    repeats: Mapping[str, int] | None = None,
    prepare: Callable[[], object] = lambda: None,
) -> tuple[dict[str, float], dict[str, Any]]:
    """Median seconds and last result of every arm; round after round, so that a slow moment hits all of them.

    repeats: rounds of an arm where they are not five, for arms that take many seconds. prepare: what is done before
    each and is none of it, such as removing what the last one wrote.
    """
    rounds = {name: (repeats or {}).get(name, REPEATS) for name in arms}
    times: dict[str, list[float]] = {name: [] for name in arms}
    results: dict[str, Any] = {}
    for turn in range(max(rounds.values())):
        for name, arm in arms.items():
            if turn < rounds[name]:
                prepare()
                start = time.perf_counter()
                results[name] = arm()
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}, results


def report(name: str, measured: Measured, folder: Path = RESULTS) -> bool:
    """Print and store one measurement; True when every promise is kept and every pair of results agrees."""
    for arm, seconds in measured.seconds.items():
        print(f"  {arm:32} {seconds * 1000:12.2f} ms")
    for pair, difference in measured.differences.items():
        agrees = "equal " if difference <= measured.tolerance else "DIFFER"
        print(f"  {agrees} {pair}: {difference:.2g} (at most {measured.tolerance:g})")
    for promise in measured.promises:
        print(f"  {promise}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(_record(name, measured), indent=1) + "\n", encoding="utf-8")
    return measured.equal and all(promise.kept for promise in measured.promises)


def _record(name: str, measured: Measured) -> dict[str, Any]:
    return {
        "name": name,
        **asdict(measured),
        "kept": {promise.name: promise.kept for promise in measured.promises},
        "python": platform.python_version(),
        "packages": {package: version(package) for package in PACKAGES},
    }
