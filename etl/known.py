"""Which customer ids the loaded data has, without a refresh."""

from __future__ import annotations

import os
from collections.abc import Sequence

import duckdb

from dashapp.errors import NotFound
from dashapp.settings import Settings
from etl import lake
from etl.entities import ENTITIES


def require(ids: Sequence[str], settings: Settings) -> None:
    """Raises NotFound for the first of these ids that no loaded row has."""
    loaded = lake.read(settings)
    bearing = [entity.name for entity in ENTITIES.values() if any(c.name == "customer_id" for c in entity.columns)]
    files = [os.fspath(path) for name in bearing for path in loaded.files(name)]
    found = _found(files, ids) if files else set()
    for customer in ids:
        if customer not in found:
            raise NotFound(
                f"No loaded row has the customer number {customer}.",
                "Write it as it was delivered, with its leading zeros and in its capitals.",
            )


def _found(files: list[str], ids: Sequence[str]) -> set[str]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            """select distinct customer_id from (
                   select cast(null as varchar) as customer_id where false
                   union all by name
                   from read_parquet($files, union_by_name = true, hive_partitioning = false)
               )
               where list_contains($ids, customer_id)""",
            {"files": files, "ids": list(ids)},
        ).fetchall()
    return {row[0] for row in rows}
