"""From a CSV to tables against DuckDB's own copy of the same file: what the promise is made of, and all published.

The promise (row 1): the validated load with its rejects and the lake, then from the lake the typed lines with their
keys, what customers did on which day, the models' summary and the cube of sales, each as the SQL files define it.
Everything: the same load, every staging and mart table, and the marts in their physical order in a file as a snapshot
has them. Neither has rules, models or products: `python -m benchmarks refresh` has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.load import NOW, copy, emptied, shop, validated
from dashapp.settings import Settings
from etl import lake
from etl.pipeline import prepare
from etl.progress import Silent
from etl.tables import Table, all_tables
from etl.work import working

PROMISED = ("staging.customer_days", "staging.rfm", "marts.sales_cube")
ROUNDS = {"promised": 3, "everything": 3}


def run(n: int) -> Measured:
    with shop(n) as (folder, settings):
        seconds, lines = interleaved(
            {
                "copy": lambda: copy(folder / "orders.csv", folder),
                "promised": lambda: _built(folder, settings, needed(PROMISED)),
                "everything": lambda: _built(folder, settings, all_tables(), settings.data_dir / "build.duckdb"),
            },
            ROUNDS,
            lambda: emptied(folder, settings),
        )
    arms = {"promised": "CSV to days, RFM and cube", "everything": "CSV to every mart, written"}
    return Measured(
        n,
        seconds,
        tuple(
            Promise(f"{what}, times the copy of the file", seconds[arm] / seconds["copy"], 3, False)
            for arm, what in arms.items()
        ),
        {f"lines of {arm}": abs(lines[arm] / lines["copy"] - 1) for arm in arms},
        tolerance=0,
    )


def needed(names: Iterable[str]) -> list[Table]:
    """The tables of these names and all that they read, in building order."""
    tables = {table.name: table for table in all_tables()}
    found, open_ones = set[str](), set(names)
    while open_ones:
        found |= open_ones
        open_ones = set[str]().union(*(tables[name].reads for name in open_ones)) - found
    return [table for table in tables.values() if table.name in found]


def _built(folder: Path, settings: Settings, tables: Sequence[Table], build: Path | None = None) -> int:
    """The number of lines that the days of customers count."""
    validated(folder, settings)
    loaded = lake.read(settings)
    policy = prepare(loaded, settings, Silent(), lambda: NOW).policy
    with working(settings.data_dir / "work.duckdb", loaded, policy, settings) as connection:
        for table in tables:
            connection.execute(f"create {'view' if table.is_view else 'table'} {table.name} as {table.select}")
        if build:
            connection.execute(f"attach '{build}' as build")
            connection.execute("create schema build.marts")
            for table in tables:
                if table.published:
                    connection.execute(f"create table build.{table.name} as from {table.name} order by {table.sort}")
            connection.execute("checkpoint build")
        return int(connection.execute("select sum(lines) from staging.customer_days").fetchall()[0][0])


BENCHMARK = Benchmark("etl", "CSV to marts against DuckDB's copy of the same file", 10_000_000, run)
