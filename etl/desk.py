"""What rules compare with: small tables of the usual, built just before the rules and never published."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

from dashapp.discovery import documents
from etl.tables import SQL, read
from etl.work import Connection

READS = re.compile(r"\bdesk\.\w+\b")


def build(connection: Connection) -> None:
    """Each file of etl/sql/desk becomes the table it is named after, after those it reads."""
    tables = {table.name: table for table in (read(path, "desk") for path in documents(SQL / "desk").values())}
    reads = {name: sorted(set(READS.findall(table.select))) for name, table in tables.items()}
    connection.execute("create schema desk")
    for name in TopologicalSorter(reads).static_order():
        connection.execute(f"create table {name} as {tables[name].select}")
