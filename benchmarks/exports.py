"""What it costs in memory and time to send every customer as CSV: streamed piece by piece, never held whole.

Measured in a process of its own, whose peak so far is what the same list of a tenth of the customers took: what is
added depends on the number of rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.customers import database, opened
from benchmarks.harness import Benchmark, Measured, Promise
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.services.exports import CustomersFile, Request

MB = 1_000_000
GOAL_BYTES_A_ROW = 150
"Half of the text of a row. DuckDB keeps what it read of the snapshot, up to its own limit; nothing else grows."
ASKED = Request(Filters(), Listing(), True, "benchmark", datetime(2026, 1, 1, tzinfo=UTC))


def run(n: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (n // 10, n):
            database(folder / str(size), size)
        told = _in_a_process(folder, n)
    return Measured(
        n,
        {"first byte": told["first"], f"{told['bytes'] // MB} MB of CSV": told["all"]},
        (Promise("growth of memory, bytes a row", told["growth"] / n, GOAL_BYTES_A_ROW, at_least=False),),
        {"rows missing": float(n - told["rows"])},
    )


def _in_a_process(folder: Path, n: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.exports", str(folder), str(n)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _stream(folder: Path) -> dict[str, Any]:
    """Send the list nowhere. Seconds to the first piece and to the last, rows, bytes."""
    begun = time.perf_counter()
    pieces = CustomersFile(opened(folder), ASKED).csv()
    sent = rows = 0
    first = 0.0
    for piece in pieces:
        first = first or time.perf_counter() - begun
        sent, rows = sent + len(piece), rows + piece.count(b"\r\n")
    return {"first": first, "all": time.perf_counter() - begun, "rows": rows - 1, "bytes": sent}


def _peak() -> int:
    """Bytes that this process held at most; getrusage would tell those of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _main(folder: Path, n: int) -> None:
    _stream(folder / str(n // 10))
    before = _peak()
    told = _stream(folder / str(n))
    sys.stdout.write(json.dumps(told | {"growth": _peak() - before}))


BENCHMARK = Benchmark("exports", "every customer as CSV: memory does not grow with the list", 1_000_000, run)

if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
