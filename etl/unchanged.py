"""Steps that read what they read for the current snapshot: their tables are taken over from it and not made again.

What a step has read is told by the code version and the content of the columns it declares to read. So a delivery of
spend or customers, or of sales within the month under way, costs no new search for the stages and pairs of products.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from dashapp.domain.versions import versions
from etl.key import code_version
from etl.work import Connection

TABLE = "meta.steps"
CREATE = f"create table if not exists {TABLE} (step VARCHAR, inputs VARCHAR)"


def fingerprint(connection: Connection, inputs: Mapping[str, str]) -> str:
    """SHA-256 of the code and the rows of `inputs` (table -> columns), whatever their order.

    Rows enter by their number, and the sum and the exclusive or of their 64-bit hashes.
    """
    digest = hashlib.sha256(f"{code_version()} {versions()} {duckdb.__version__}".encode())
    for table, columns in sorted(inputs.items()):
        hashes = f"select hash({columns}) as row_hash from {table}"
        rows = connection.execute(
            f"select count(*), sum(cast(row_hash as hugeint)), bit_xor(row_hash) from ({hashes})"
        ).fetchall()
        digest.update(f"\0{table}({columns}) {rows[0]}".encode())
    return digest.hexdigest()


def taken_over(connection: Connection, earlier: Path | None, step: str, inputs: str, tables: Iterable[str]) -> bool:
    """Whether the snapshot in the file `earlier` had the same inputs for the step: then its `tables` are here now.

    In either case the inputs are noted in meta.steps, for the next refresh.
    """
    connection.execute(CREATE)
    connection.execute(f"insert into {TABLE} values (?, ?)", [step, inputs])
    if earlier is None:
        return False
    quoted = os.fspath(earlier).replace("'", "''")
    connection.execute(f"attach '{quoted}' as earlier (read_only)")
    try:
        same = _noted(connection, step) == inputs
        for table in tables if same else ():
            connection.execute(f"create table {table} as from earlier.{table}")
    finally:
        connection.execute("detach earlier")
    return same


def _noted(connection: Connection, step: str) -> str | None:
    """None also where the snapshot is of a version that noted nothing."""
    there = "from duckdb_tables() where database_name = 'earlier' and schema_name || '.' || table_name = ?"
    if not connection.execute(f"select 1 {there}", [TABLE]).fetchall():
        return None
    rows = connection.execute(f"select inputs from earlier.{TABLE} where step = ?", [step]).fetchall()
    return rows[0][0] if rows else None
