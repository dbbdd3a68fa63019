"""`python -m benchmarks [NAME] [--n N]`: every promise of speed, or one; exit code 1 when one is missed."""

from __future__ import annotations

import argparse
import sys

import benchmarks
from benchmarks.harness import Benchmark, report
from dashapp.discovery import modules


def shelf() -> dict[str, Benchmark]:
    """Every module of this package with a BENCHMARK, by name."""
    found = [getattr(module, "BENCHMARK", None) for module in modules(benchmarks)]
    return {item.name: item for item in found if item is not None}


def main(arguments: list[str] | None = None) -> int:
    known = shelf()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=list(known), help="one benchmark; without it all of them run")
    parser.add_argument(
        "--n", type=lambda text: int(float(text)), help="size, for example 1e6; default is the promise's"
    )
    chosen = parser.parse_args(arguments)
    kept = True
    for benchmark in [known[chosen.name]] if chosen.name else list(known.values()):
        n = chosen.n or benchmark.n
        print(f"{benchmark.name}, n = {n:,}: {benchmark.help}")
        kept &= report(benchmark.name, benchmark.run(n))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
