"""The DuckDB connection of the load: a scratch file, so that large files spill to disk instead of filling memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dashapp.settings import Settings


@contextmanager
def scratch(folder: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on a database of its own in `folder`; both are gone afterwards."""
    con = duckdb.connect(
        str(folder / "load.duckdb"),
        config={
            "memory_limit": settings.refresh_memory_limit,
            "threads": settings.duckdb_threads,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": "false",
        },
    )
    try:
        # DuckDB 2.0.0 turns TRY_CAST over read_csv into a hard cast, which raises or drops rows
        # (duckdb #23818); tests/etl/test_load_typed.py shows it.
        con.execute("SET disabled_optimizers = 'type_pushdown'")
        con.execute("SET preserve_insertion_order = true")
        yield con
    finally:
        con.close()


def literal(text: str) -> str:
    """`text` as an SQL string: paths and formats, where DuckDB takes no parameter.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
