"""Saved segments as rows: the present state of each, and a version for everything that was ever done to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from dashapp.store.segment_tables import segment_versions, segments

_OF_A_VERSION = ("version", "name", "visibility", "definition", "sentence", "snapshot_id", "customers")


@dataclass(frozen=True, slots=True)
class Definition:
    """Which customers: a value of the filter `saved`, in words, and what it held where it was saved."""

    definition: str
    sentence: str
    snapshot_id: str
    customers: int


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """A segment somebody keeps."""

    id: int
    name: str
    kind: str
    "dynamic: whoever meets the rules now; static: the customers who were in it when it was saved."
    visibility: str
    "private or team."
    definition: str
    "A value of the filter `saved`."
    sentence: str
    snapshot_id: str
    "What was shown when it was saved."
    customers: int
    "In it on that snapshot."
    owner_id: int
    owner_name: str
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """What a segment was from one change to the next."""

    version: int
    action: str
    "saved, changed, renamed, shared, removed or restored."
    name: str
    visibility: str
    definition: str
    sentence: str
    snapshot_id: str
    customers: int
    happened_at: datetime
    actor: str


def add(
    connection: Connection, name: str, kind: str, visibility: str, what: Definition, owner: tuple[int, str],
    actor: str, at: datetime,
) -> SavedSegment:  # fmt: skip
    """A new segment with its first version. `owner`: number and name."""
    values = {
        "name": name, "kind": kind, "visibility": visibility, **_columns(what), "owner_id": owner[0],
        "owner_name": owner[1], "version": 1, "created_at": at, "changed_at": at, "changed_by": actor,
    }  # fmt: skip
    made = _segment(connection.execute(insert(segments).values(values).returning(segments)).mappings().one())
    _keep(connection, made, "saved")
    return made


def change(connection: Connection, segment: SavedSegment, action: str, actor: str, at: datetime, **new: Any) -> None:
    """Set the columns `new` and keep the version that begins with it."""
    if isinstance(what := new.pop("what", None), Definition):
        new |= _columns(what)
    values = new | {"version": segment.version + 1, "changed_at": at, "changed_by": actor}
    same = segments.c.segment_id == segment.id
    row = connection.execute(update(segments).where(same).values(values).returning(segments)).mappings().one()
    _keep(connection, _segment(row), action)


def find(connection: Connection, segment_id: int) -> SavedSegment | None:
    """The segment of that number, removed or not."""
    row = connection.execute(select(segments).where(segments.c.segment_id == segment_id)).mappings().one_or_none()
    return _segment(row) if row else None


def named(connection: Connection, name: str, owner_id: int) -> SavedSegment | None:
    """A segment of that name, in any spelling, that everybody sees or that is the owner's own."""
    same = (func.lower(segments.c.name) == name.lower()) & segments.c.removed_at.is_(None)
    seen = or_(segments.c.visibility == "team", segments.c.owner_id == owner_id)
    row = connection.execute(select(segments).where(same, seen).limit(1)).mappings().one_or_none()
    return _segment(row) if row else None


def every(connection: Connection, owner_id: int) -> tuple[SavedSegment, ...]:
    """What is not removed: the owner's own and the team's, by name."""
    seen = or_(segments.c.visibility == "team", segments.c.owner_id == owner_id)
    wanted = select(segments).where(segments.c.removed_at.is_(None), seen)
    rows = connection.execute(wanted.order_by(func.lower(segments.c.name), segments.c.segment_id)).mappings()
    return tuple(_segment(row) for row in rows)


def removed(connection: Connection, owner_id: int) -> tuple[SavedSegment, ...]:
    """What was taken away: the owner's own and the team's, the latest first."""
    seen = or_(segments.c.visibility == "team", segments.c.owner_id == owner_id)
    wanted = select(segments).where(segments.c.removed_at.is_not(None), seen)
    rows = connection.execute(wanted.order_by(segments.c.removed_at.desc())).mappings()
    return tuple(_segment(row) for row in rows)


def versions(connection: Connection, segment_id: int) -> tuple[Version, ...]:
    """Everything the segment ever was, the newest first."""
    wanted = select(segment_versions).where(segment_versions.c.segment_id == segment_id)
    rows = connection.execute(wanted.order_by(segment_versions.c.version.desc())).mappings()
    return tuple(Version(**{name: row[name] for name in row if name != "segment_id"}) for row in rows)


def _keep(connection: Connection, segment: SavedSegment, action: str) -> None:
    values = {name: getattr(segment, name) for name in _OF_A_VERSION}
    made = {"segment_id": segment.id, "action": action, "happened_at": segment.changed_at, "actor": segment.changed_by}
    connection.execute(insert(segment_versions).values(values | made))


def _columns(what: Definition) -> dict[str, Any]:
    return {"definition": what.definition, "sentence": what.sentence, "snapshot_id": what.snapshot_id,
            "customers": what.customers}  # fmt: skip


def _segment(row: RowMapping) -> SavedSegment:
    return SavedSegment(id=row["segment_id"], **{name: row[name] for name in row if name != "segment_id"})
