"""Which rows a delivery would add, replace and remove: the active rows of two lakes, compared by content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.connection import literal
from etl.entities import ENTITIES, Entity
from etl.lake import Lake
from etl.work import Connection

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class RowChange:
    """What becomes of the rows of one entity. A row that stays as it is is none of these."""

    entity: str
    added: int
    replaced: int
    "New rows whose key (or order) had other rows before."
    removed: int
    "Rows that go and whose key has no new ones."
    rejected: int
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    "The first few of each: canonical columns as text; for rejected ones file, line and reasons."

    def sentence(self) -> str:
        """The change as a line for people."""
        return (
            f"{self.entity.replace('_', ' ')}: {self.added:,} rows to add, {self.replaced:,} to replace, "
            f"{self.removed:,} to remove, {self.rejected:,} to reject"
        )


def keep(connection: Connection, before: Lake, after: Lake, folder: Path) -> dict[str, Path]:
    """Files with the rows that are active before, of the entities that will differ; `connection` has `before` open."""
    kept = {}
    for entity in differing(before, after):
        kept[entity.name] = folder / f"before-{entity.name}.parquet"
        connection.execute(f"copy ({_rows(entity)}) to {literal(str(kept[entity.name]))} (format parquet)")
    return kept


def differing(before: Lake, after: Lake) -> Iterator[Entity]:
    """Entities whose active batches are not the same."""
    for name, entity in ENTITIES.items():
        sides = [
            sorted((batch.batch_id, batch.delivery) for batch in lake.batches if batch.entity == name)
            for lake in (before, after)
        ]
        if sides[0] != sides[1]:
            yield entity


def changes(connection: Connection, before: Lake, after: Lake, kept: dict[str, Path]) -> list[RowChange]:
    """The differences of the entities in `kept`; `connection` has `after` open."""
    known = {batch.batch_id for batch in before.batches}
    rejected = {
        name: [batch.batch_id for batch in after.batches if batch.entity == name and batch.batch_id not in known]
        for name in kept
    }
    return [_change(connection, ENTITIES[name], path, rejected[name]) for name, path in kept.items()]


def _rows(entity: Entity) -> str:
    return f"select {', '.join(column.name for column in entity.columns)} from raw.{entity.name}"


def _change(connection: Connection, entity: Entity, before: Path, batches: list[str]) -> RowChange:
    old, new = f"(from read_parquet({literal(str(before))}))", f"({_rows(entity)})"
    connection.execute(f"create or replace temp table gone as (from {old} except all from {new})")
    connection.execute(f"create or replace temp table fresh as (from {new} except all from {old})")
    names = [*entity.key, *filter(None, [entity.part])]
    same = " and ".join(f"a.{name} is not distinct from b.{name}" for name in names) or "false"
    questions = {
        "added": f"from fresh as a where not exists (from gone as b where {same})",
        "replaced": f"from fresh as a where exists (from gone as b where {same})",
        "removed": f"from gone as a where not exists (from fresh as b where {same})",
    }
    counts = {kind: _count(connection, sql, []) for kind, sql in questions.items()}
    rejects = "from raw.rejects where list_contains($1, batch_id)"
    examples = {kind: _first(connection, f"select a.* {sql}", []) for kind, sql in questions.items()}
    examples["rejected"] = _first(connection, f"select file_name, line_number, reasons {rejects}", [batches])
    return RowChange(entity.name, **counts, rejected=_count(connection, rejects, [batches]), examples=examples)


def _count(connection: Connection, sql: str, values: list[Any]) -> int:
    count: int = connection.execute(f"select count(*) {sql}", values).fetchall()[0][0]
    return count


def _first(connection: Connection, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    rows = connection.execute(f"{sql} order by all limit {EXAMPLES}", values)
    columns = [column[0] for column in rows.description or ()]
    return [
        {name: str(value) for name, value in zip(columns, row, strict=True) if value is not None}
        for row in rows.fetchall()
    ]
