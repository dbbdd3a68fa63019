"""The validated load of order lines into the lake against DuckDB's own copy of the same file into Parquet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import yaml

from benchmarks.deliveries import COLUMNS, write
from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from dashapp.settings import Settings
from etl import load
from etl.progress import Silent

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run(n: int) -> Measured:
    with shop(n) as (folder, settings):
        seconds, results = interleaved(
            {"load": lambda: validated(folder, settings), "copy": lambda: copy(folder / "orders.csv", folder)},
            prepare=lambda: emptied(folder, settings),
        )
    return Measured(
        n,
        seconds,
        (
            Promise(
                "Validated load, times the copy of the file to Parquet", seconds["load"] / seconds["copy"], 1.3, False
            ),
        ),
        {"lines": abs(results["load"] / results["copy"] - 1)},
        tolerance=0,
    )


@contextmanager
def shop(n: int, days: int = 730) -> Iterator[tuple[Path, Settings]]:
    """A folder with `n` order lines of so many days and their mapping, and an installation without data."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        folder.mkdir()
        write(folder / "orders.csv", n, days)
        mapped = {"order_lines": {"files": "orders.csv", "columns": {column: column for column in COLUMNS}}}
        content = {"shop": {"name": "Benchmark", "currency": "EUR"}, "entities": mapped}
        (folder / "mapping.yaml").write_text(yaml.safe_dump(content))
        yield folder, Settings(data_dir=Path(name) / "data")


def emptied(folder: Path, settings: Settings) -> None:
    """Removes what an arm wrote: gigabytes take a while to go, and whoever writes first has none to remove."""
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    (folder / "floor.parquet").unlink(missing_ok=True)


def validated(folder: Path, settings: Settings) -> int:
    """Every line typed, judged, reconciled and in the lake; the number of accepted ones."""
    lake = load.load("csv_folder", folder, {}, settings, Silent(), now=NOW)
    return lake.batches[0].accepted_rows


def copy(path: Path, folder: Path) -> int:
    """The floor: types as DuckDB guesses them, nothing checked, one file."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            f"copy (from read_csv('{path}')) to '{folder / 'floor.parquet'}' (format parquet, compression zstd)"
        )
        return connection.execute(f"select count(*) from '{folder / 'floor.parquet'}'").fetchall()[0][0]


BENCHMARK = Benchmark("load", "CSV to the lake, validated, against DuckDB's copy of the same file", 1_000_000, run)
