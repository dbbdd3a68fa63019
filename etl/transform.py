"""raw -> staging -> marts: each SQL file becomes the table it is named after."""

from __future__ import annotations

from collections.abc import Iterable

from etl.mend import Change
from etl.progress import Progress
from etl.sums import add_up
from etl.tables import Table, all_tables
from etl.work import Connection

COLUMNS = """
    select schema_name || '.' || table_name, column_name, data_type
    from duckdb_columns()
    where database_name = current_database()
    order by column_index"""


def transform(connection: Connection, progress: Progress, change: Change | None = None) -> None:
    """Build every staging and mart table. Raises ValueError where a table is not what its header declares.

    change: newer lines in a working database that holds the tables of the refresh before: they are mended.
    """
    tables = all_tables()
    for number, table in enumerate(tables):
        progress.step("transform", number / len(tables), table.name)
        if change and not table.is_view and change.leaves(table):
            continue
        if change and table.sums_by:
            add_up(change, table)
        elif change and table.mends and not table.is_view:
            change.mend(table)
        else:
            kind = "view" if table.is_view else "table"
            connection.execute(f"create or replace {kind} {table.name} as {table.select}")
    _require_declared(connection, tables)
    progress.step("transform", 1.0, f"{len(tables)} tables")


def _require_declared(connection: Connection, tables: Iterable[Table]) -> None:
    """All of them in one look: a question per table would be a twentieth of a small shop's refresh."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in connection.execute(COLUMNS).fetchall():
        found.setdefault(name, []).append((column, kind))
    for table in tables:
        if table.columns and tuple(found[table.name]) != table.columns:
            differing = sorted(set(found[table.name]) ^ set(table.columns))
            raise ValueError(f"{table.name} is not as declared: {differing}")
