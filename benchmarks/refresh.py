"""From a CSV to a published snapshot against DuckDB's copy of the file, and later deliveries against all of that.

Every round makes the world anew, appends 1 % newer lines of the same month, then spend that touches no sale, then as
many lines of the month after: at its turn the products and the backtest are made anew. At the end a full rebuild of the
same lake must give the same rows. Work is told in CPU seconds beside the wall clock, which a crowd moves; that of the
parts newer lines mend (load, staging tables and marts, the copy into the snapshot) also alone, and so is the state of
every customer: the transform steps of STATE, from the accepted lines of the lake to each customer's number of purchase
days, first and last day and repeat sales. Ages, scores, marts, checks, the load and the snapshot are not in it.
"""

from __future__ import annotations

import re
import shutil
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.deliveries import lines
from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.load import copy, shop
from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import pipeline
from etl.progress import Silent

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 2
"Of the refreshes: each takes minutes at a million lines on a busy machine."
DAYS = 740
"Up to 9 January 2025, so that 1 % more, 7 days, end within the month."
NEWER = """
    select '{prefix}' || order_id as order_id, ordered_at + interval {shift} day as ordered_at,
        * exclude (order_id, ordered_at)
    from ({lines}) limit {n}"""
STATE = (
    "staging.order_lines", "staging.orders", "staging.customer_days", "staging.customer_dates", "staging.purchase_days",
    "staging.bought",
)  # fmt: skip
"What the state of every customer is made by; the other tables are made of these."
OWN = ("meta.snapshot", "ledger.scorecard", "ledger.equity_bridge")
"Tables that tell one build from another."


def run(n: int) -> Measured:
    with shop(n, DAYS) as (folder, settings):
        full = pipeline.Request("csv_folder", folder)
        append = pipeline.Request("csv_folder", _newer(folder, n, "N", DAYS), append=True)
        alone = pipeline.Request("entity_file", _spend(folder), {"entity": "marketing_spend"})
        turn = pipeline.Request("csv_folder", _newer(folder, n, "T", DAYS + 31), append=True)
        cpu: dict[str, list[float]] = {}
        mended: dict[str, list[Parts]] = {"full": [], "1 % newer lines": []}

        def parts(name: str) -> Parts:
            mended[name].append(Parts())
            return mended[name][-1]

        seconds, _ = interleaved(
            {
                "copy": _worked("copy", cpu, lambda: copy(folder / "orders.csv", folder)),
                "full": _worked("full", cpu, lambda: _refresh(full, settings, parts("full"), anew=True)),
                "1 % newer lines": _worked(
                    "1 % newer lines", cpu, lambda: _refresh(append, settings, parts("1 % newer lines"))
                ),
                "spend alone": _worked("spend alone", cpu, lambda: _refresh(alone, settings)),
                "1 % more, the month turns": _worked(
                    "1 % more, the month turns", cpu, lambda: _refresh(turn, settings)
                ),
            },
            dict.fromkeys(("full", "1 % newer lines", "spend alone", "1 % more, the month turns"), ROUNDS),
        )
        _refresh(pipeline.Request(force=True), settings)
        differing = _differing(settings)
    cpu |= {f"{name}, load to copy": [parts.seconds for parts in found] for name, found in mended.items()}
    cpu |= {f"{name}, customer state": [parts.state for parts in found] for name, found in mended.items()}
    work = {name: statistics.median(found) for name, found in cpu.items()}
    return Measured(
        n,
        seconds | {f"{name}, CPU": found for name, found in work.items()},
        (
            Promise("CSV to published, times the copy of the file", seconds["full"] / seconds["copy"], 3, False),
            Promise("1 % newer lines, part of a full refresh", work["1 % newer lines"] / work["full"], 1 / 15, False),
            Promise(
                "1 % newer lines, load to copy, part of the same of a full refresh",
                work["1 % newer lines, load to copy"] / work["full, load to copy"],
                1 / 15,
                False,
            ),
            Promise(
                "1 % newer lines, customer state, part of making it anew",
                work["1 % newer lines, customer state"] / work["full, customer state"],
                1 / 15,
                False,
            ),
            Promise("spend alone, part of a full refresh", work["spend alone"] / work["full"], 3 / 4, False),
        ),
        {"rows that a full rebuild has otherwise": differing},
        tolerance=0,
    )


def _worked(name: str, cpu: dict[str, list[float]], arm: Callable[[], object]) -> Callable[[], None]:
    """The arm, noting the CPU seconds of this process."""

    def run() -> None:
        start = time.process_time()
        arm()
        cpu.setdefault(name, []).append(time.process_time() - start)

    return run


class Parts(Silent):
    """CPU seconds of load, transform and the copy of tables into the snapshot; `state`: of the tables of STATE."""

    def __init__(self) -> None:
        self.seconds, self.state, self.since = 0.0, 0.0, time.process_time()
        self.counts = self.is_state = False

    def step(self, name: str, fraction: float, message: str = "") -> None:
        now = time.process_time()
        self.seconds += now - self.since if self.counts else 0
        self.state += now - self.since if self.is_state else 0
        self.is_state = name == "transform" and message in STATE
        is_table = re.fullmatch(r"\w+\.\w+", message) is not None
        self.counts, self.since = name in ("load", "transform") or (name == "publish" and is_table), now


def _refresh(request: pipeline.Request, settings: Settings, progress: Silent | None = None, anew: bool = False) -> None:
    if anew:
        shutil.rmtree(settings.data_dir, ignore_errors=True)
    pipeline.refresh(request, settings, progress or Silent(), lambda: NOW)


def _newer(folder: Path, n: int, prefix: str, shift: int) -> Path:
    """One per cent of the lines once more, as orders of so many days later, under the same mapping."""
    newer = folder.parent / prefix
    newer.mkdir()
    shutil.copy(folder / "mapping.yaml", newer)
    with duckdb.connect() as connection:
        chosen = NEWER.format(lines=lines(n, DAYS), n=max(n // 100, 1), prefix=prefix, shift=shift)
        connection.execute(f"copy ({chosen}) to '{newer / 'orders.csv'}' (header)")
    return newer


def _spend(folder: Path) -> Path:
    path = folder.parent / "spend.csv"
    path.write_text("spend_date,channel,spend\n2024-03-01,Web,1000\n")
    return path


def _differing(settings: Settings) -> int:
    """Rows by which the last two snapshots differ, both ways."""
    warehouse = Warehouse(settings.folder("warehouse"))
    files = [warehouse.folder / entry.file for entry in sorted(warehouse.history(), key=lambda entry: entry.seq)[-2:]]
    with duckdb.connect() as connection:
        for name, file in zip(("one", "other"), files, strict=True):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        found = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'one'"
        ).fetchall()
        both = "(from one.{0} except all from other.{0}) union all (from other.{0} except all from one.{0})"
        queries = [f"select count(*) from ({both.format(name)})" for (name,) in found if name not in OWN]
        return sum(int(connection.execute(query).fetchall()[0][0]) for query in queries)


BENCHMARK = Benchmark(
    "refresh", "CSV to snapshot, and later deliveries, against the copy and a full refresh", 1_000_000, run
)
