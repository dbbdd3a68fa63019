"""Notes on days: who may write them, who sees them, and how the last change is taken back."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine

from dashapp.charts.chart import Flag
from dashapp.domain.filters import Filters
from dashapp.errors import InputError, NotFound
from dashapp.services.access import Principal, require
from dashapp.store import annotations as rows
from dashapp.store.annotations import Annotation, Text
from dashapp.store.journal import Journal
from dashapp.store.state import Clock, now, reading, writing

WRITE = "annotations:write"
LONGEST = 200
"Characters of a note: one line under a chart."
JOINER = "\u200d"
"Of emoji; every other invisible character can turn a line of text around."
SCOPES = ("all", "country", "channel")
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change did, by the numbers of the notes; `undo` takes it back."""

    added: int | None = None
    removed: int | None = None


class Annotations:
    """The notes of one installation."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def seen_by(self, reader: Principal) -> Sequence[Annotation]:
        """The team's notes and the reader's own, by day."""
        with reading(self._engine) as connection:
            return rows.seen_by(connection, reader.user_id)

    def flags(self, reader: Principal, filters: Filters) -> tuple[Flag, ...]:
        """What to draw under these filters: a note on one country is out of place beside the sales of another."""
        return tuple(_flag_of(note) for note in self.seen_by(reader) if _concerns(note.said, filters))

    def add(self, said: Text, author: Principal) -> Change:
        """A new note. Raises InputError, NotAllowed."""
        require(author, WRITE)
        checked = _checked(said)
        with writing(self._engine) as connection:
            made = self._add(connection, checked, author)
            self._note(connection, "annotation:added", author, made)
        return Change(added=made)

    def edit(self, annotation_id: int, said: Text, author: Principal) -> Change:
        """Another wording of a note. Raises InputError, NotAllowed, NotFound."""
        require(author, WRITE)
        checked = _checked(said)
        with writing(self._engine) as connection:
            self._take(connection, annotation_id, author)
            made = self._add(connection, checked, author)
            self._note(connection, "annotation:edited", author, made)
        return Change(added=made, removed=annotation_id)

    def remove(self, annotation_id: int, author: Principal) -> Change:
        """Take a note away. Raises NotAllowed, NotFound."""
        require(author, WRITE)
        with writing(self._engine) as connection:
            self._take(connection, annotation_id, author)
            self._note(connection, "annotation:removed", author, annotation_id)
        return Change(removed=annotation_id)

    def undo(self, change: Change, author: Principal) -> None:
        """As it was before the change. Raises NotFound where somebody else has gone on from there, NotAllowed."""
        require(author, WRITE)
        with writing(self._engine) as connection:
            if change.added is not None:
                self._take(connection, change.added, author)
            if change.removed is not None:
                self._restore(connection, change.removed, author)
            self._note(connection, "annotation:undone", author, change.removed or change.added)

    def _add(self, connection: Connection, said: Text, author: Principal) -> int:
        return rows.add(connection, said, (author.user_id, author.user_name), self._clock()).id

    def _take(self, connection: Connection, annotation_id: int, author: Principal) -> None:
        found = _existing(connection, annotation_id, author)
        if found.removed_at is not None:
            raise NotFound("This note is gone.", "Somebody else has changed or removed it.")
        rows.set_removed(connection, annotation_id, self._clock())

    def _restore(self, connection: Connection, annotation_id: int, author: Principal) -> None:
        _existing(connection, annotation_id, author)
        rows.set_removed(connection, annotation_id, None)

    def _note(self, connection: Connection, event: str, author: Principal, annotation_id: int | None) -> None:
        self._journal.append_in(connection, event, author.actor, f"annotation:{annotation_id}", {})


def _existing(connection: Connection, annotation_id: int, reader: Principal) -> Annotation:
    """A note this reader may change: the team's, or their own. Another's private note does not exist for them."""
    found = rows.find(connection, annotation_id)
    if found is None or (found.said.is_private and found.author_id != reader.user_id):
        raise NotFound("There is no such note.", "Choose one from the list.")
    return found


def _checked(said: Text) -> Text:
    text = " ".join(said.text.split())
    if not text:
        raise InputError("The note says nothing.", "Write what happened in a few words.")
    if len(text) > LONGEST or any(unicodedata.category(letter)[0] == "C" for letter in text.replace(JOINER, "")):
        raise InputError(f"A note has at most {LONGEST} characters, and no control characters.", "Shorten it.")
    if not EARLIEST <= said.first_day <= said.last_day <= LATEST:
        raise InputError("The last day lies before the first.", "Swap them, or leave the last day empty.")
    if said.scope not in SCOPES or (said.scope == "all") != (not said.scope_value) or len(said.scope_value) > LONGEST:
        raise InputError("It is not clear what the note is about.", "Choose the whole shop, a country or a channel.")
    return Text(said.first_day, said.last_day, text, said.scope, said.scope_value, said.is_private)


def _concerns(said: Text, filters: Filters) -> bool:
    chosen: tuple[str, ...] = getattr(filters, said.scope) if said.scope != "all" else ()
    return not chosen or said.scope_value in chosen


def _flag_of(note: Annotation) -> Flag:
    said = note.said
    about = f"{said.scope_value}: " if said.scope_value else ""
    return Flag(said.first_day, said.last_day, f"{about}{said.text}", note.author_name)
