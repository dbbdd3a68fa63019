"""raw -> staging -> marts: each SQL file becomes the table it is named after."""

from __future__ import annotations

from etl.progress import Progress
from etl.tables import Table, all_tables
from etl.work import Connection


def transform(connection: Connection, progress: Progress) -> None:
    """Build every staging and mart table. Raises ValueError where a table is not what its header declares."""
    tables = all_tables()
    for number, table in enumerate(tables):
        progress.step("transform", number / len(tables), table.name)
        connection.execute(f"create {'view' if table.is_view else 'table'} {table.name} as {table.select}")
        _require_declared(connection, table)
    progress.step("transform", 1.0, f"{len(tables)} tables")


def _require_declared(connection: Connection, table: Table) -> None:
    found = tuple((row[0], row[1]) for row in connection.execute(f"describe {table.name}").fetchall())
    if table.columns and found != table.columns:
        differing = sorted(set(found) ^ set(table.columns))
        raise ValueError(f"{table.name} is not as declared: {differing}")
