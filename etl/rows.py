"""A few rows of this process as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection


def insert(connection: DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Put rows in a table, all in one statement: one each costs a hundred times as much. None is fine."""
    if rows:
        holes = f"({', '.join('?' for _ in rows[0])})"
        values = [value for row in rows for value in row]
        connection.execute(f"insert into {table} values {', '.join(holes for _ in rows)}", values)
