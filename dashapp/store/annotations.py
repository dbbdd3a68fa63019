"""Notes on days as rows that never change: a change is a new row and an old one taken away, so it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from dashapp.store.annotation_tables import notes


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote."""

    first_day: date
    last_day: date
    "The same as the first for a single day."
    text: str
    scope: str
    "Part of the shop: `all`, `country` or `channel`."
    scope_value: str
    "Which country or channel; empty for all."
    is_private: bool
    "Seen by its author only."


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note with its author."""

    id: int
    author_id: int
    author_name: str
    created_at: datetime
    removed_at: datetime | None
    said: Text


def add(connection: Connection, said: Text, author: tuple[int, str], at: datetime) -> Annotation:
    """A new note. `author`: number and name."""
    values = {name: getattr(said, name) for name in Text.__dataclass_fields__}
    values |= {"author_id": author[0], "author_name": author[1], "created_at": at}
    return _annotation(connection.execute(insert(notes).values(values).returning(notes)).mappings().one())


def find(connection: Connection, annotation_id: int) -> Annotation | None:
    """The note of that number, also one that was taken away."""
    asked = select(notes).where(notes.c.annotation_id == annotation_id)
    row = connection.execute(asked).mappings().one_or_none()
    return _annotation(row) if row else None


def seen_by(connection: Connection, user_id: int) -> Sequence[Annotation]:
    """The notes of the team and the reader's own, by day."""
    seen = or_(notes.c.is_private.is_(False), notes.c.author_id == user_id)
    asked = select(notes).where(and_(notes.c.removed_at.is_(None), seen))
    ordered = asked.order_by(notes.c.first_day, notes.c.annotation_id)
    return [_annotation(row) for row in connection.execute(ordered).mappings()]


def removed(connection: Connection, user_id: int) -> Sequence[Annotation]:
    """Notes of the team and the reader's own that are gone, also those that were worded anew, the latest first."""
    seen = or_(notes.c.is_private.is_(False), notes.c.author_id == user_id)
    asked = select(notes).where(and_(notes.c.removed_at.is_not(None), seen)).order_by(notes.c.removed_at.desc())
    return [_annotation(row) for row in connection.execute(asked).mappings()]


def set_removed(connection: Connection, annotation_id: int, at: datetime | None) -> None:
    """Take the note away, or with None put it back."""
    mine = notes.c.annotation_id == annotation_id
    connection.execute(update(notes).where(mine).values(removed_at=at))


def _annotation(row: RowMapping) -> Annotation:
    said = Text(**{name: row[name] for name in Text.__dataclass_fields__})
    names = ("author_id", "author_name", "created_at", "removed_at")
    return Annotation(id=row["annotation_id"], said=said, **{name: row[name] for name in names})
