"""The journal: who did what, when, to what, from where, with what result. Append-only and hash-chained.

Triggers refuse UPDATE, DELETE and INSERT OR REPLACE. Each entry's hash is an HMAC over its fields and the hash before
it, so whoever changes the database with more rights than ours is found by `verify`. The newest entry is also noted in
a file beside the database, so a cut tail is found too; a head noted elsewhere (`expected`) proves both places.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from dashapp.settings import Settings
from dashapp.store import secret
from dashapp.store.schema import instant_text
from dashapp.store.state import Clock, after_commit, now, reading, writing
from dashapp.store.tables import journal as entries

HEAD_FILE = "journal.head"
_START = "0" * 64
_LIMITS = {"event": 64, "actor": 120, "target": 200, "ip": 64, "result": 16}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    seq: int
    happened_at: datetime
    event: str
    "`subject:action`, e.g. `account:login_failed`."
    actor: str
    "`user:<name>` or `cli:<os user>`."
    target: str
    detail: dict[str, Any]
    ip: str
    result: str
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found."""

    entries: int
    problem: str
    "Empty when the chain holds."
    head: str
    "`<seq>:<hash>` of the newest entry, to be noted in another place."

    @property
    def holds(self) -> bool:
        return not self.problem


class Journal:
    """The journal of one state database."""

    def __init__(self, engine: Engine, keys: tuple[bytes, ...], head: Path, clock: Clock = now) -> None:
        """`keys` newest first; `head` is the file that notes the newest entry."""
        self._engine, self._keys, self._head, self._clock = engine, keys, head, clock

    @classmethod
    def open(cls, settings: Settings, engine: Engine, clock: Clock = now) -> Journal:
        """The journal of this installation."""
        return cls(engine, secret.read(settings).keys("journal"), settings.folder("state") / HEAD_FILE, clock)

    def append(
        self,
        event: str,
        actor: str,
        target: str = "",
        detail: dict[str, Any] | None = None,
        ip: str = "",
        result: str = "ok",
    ) -> int:
        """Add an entry in a transaction of its own. Returns its number; raises StateUnavailable."""
        with writing(self._engine) as connection:
            return self.append_in(connection, event, actor, target, detail, ip, result)

    def append_in(
        self,
        connection: Connection,
        event: str,
        actor: str,
        target: str = "",
        detail: dict[str, Any] | None = None,
        ip: str = "",
        result: str = "ok",
    ) -> int:
        """Add an entry in the transaction of `state.writing`, so that deed and entry stand or fall together."""
        previous = _newest(connection)
        texts = {"event": event, "actor": actor, "target": target, "ip": ip, "result": result}
        seq, previous_hash = previous[0] + 1, previous[1]
        row: dict[str, Any] = {name: _clean(value)[: _LIMITS[name]] for name, value in texts.items()} | {
            "seq": seq,
            "happened_at": self._clock(),
            "detail": json.dumps(detail or {}, sort_keys=True, default=str),
            "previous_hash": previous_hash,
        }
        entry_hash = _hash(self._keys[0], row)
        connection.execute(insert(entries).values(row | {"entry_hash": entry_hash}))
        after_commit(connection, lambda: _note(self._head, seq, entry_hash))
        return seq

    def recent(
        self, limit: int = 100, *, event: str = "", actor: str = "", before: int | None = None
    ) -> tuple[Entry, ...]:
        """The newest entries first: those whose event starts with `event`, of `actor`, numbered below `before`."""
        query = select(entries).order_by(entries.c.seq.desc()).limit(limit)
        if event:
            query = query.where(entries.c.event.startswith(event, autoescape=True))
        if actor:
            query = query.where(entries.c.actor == actor)
        if before is not None:
            query = query.where(entries.c.seq < before)
        with reading(self._engine) as connection:
            return tuple(_entry(row) for row in connection.execute(query).mappings())

    def doers(self, event: str) -> dict[str, str]:
        """Every target of this event to the actor of its newest entry, however old that is."""
        newest = select(func.max(entries.c.seq)).where(entries.c.event == event).group_by(entries.c.target)
        query = select(entries.c.target, entries.c.actor).where(entries.c.seq.in_(newest))
        with reading(self._engine) as connection:
            return {row.target: row.actor for row in connection.execute(query)}

    def verify(self, expected: str = "") -> Verdict:
        """Walk the whole chain. `expected` is a head noted elsewhere, `<seq>:<hash>`."""
        with reading(self._engine) as connection:
            rows = connection.execution_options(yield_per=1000).execute(select(entries).order_by(entries.c.seq))
            walk = _Walk(self._keys)
            for row in rows.mappings():
                walk.step(row)
        noted = _noted(self._head)
        if not walk.problem and walk.seq and not noted:
            walk.problem = f"The file {self._head.name} is missing, so entries cut off the end would not be seen."
        for mark in (noted, expected):
            walk.compare(mark)
        return Verdict(walk.seq, walk.problem, f"{walk.seq}:{walk.last}")


class _Walk:
    """The chain as far as it has been read; `problem` is the first thing wrong with it."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self.seq, self.last, self.problem = 0, _START, ""
        self._keys = keys
        self._hashes: dict[int, str] = {}

    def step(self, row: RowMapping) -> None:
        wanted = self.seq + 1
        if not self.problem and row["seq"] != wanted:
            self.problem = f"Entry {wanted} is missing."
        elif not self.problem and row["previous_hash"] != self.last:
            self.problem = f"Entry {row['seq']} does not follow the one before it."
        elif not self.problem and not self._signed(row):
            self.problem = f"Entry {row['seq']} was changed, or signed with another secret key."
        self.seq, self.last = row["seq"], row["entry_hash"]
        self._hashes[self.seq] = self.last

    def _signed(self, row: RowMapping) -> bool:
        """Whether a key in force signed the entry. A key that was replaced never comes back into force."""
        for age, key in enumerate(self._keys):
            if hmac.compare_digest(_hash(key, row), row["entry_hash"]):
                self._keys = self._keys[: age + 1]
                return True
        return False

    def compare(self, mark: str) -> None:
        """Check a noted head: the entry must be there, unchanged."""
        seq, _, entry_hash = mark.partition(":")
        if self.problem or not mark:
            return
        if not seq.isdecimal() or self._hashes.get(int(seq)) is None:
            self.problem = f"Entries were cut off the end: entry {seq} was written, the last one here is {self.seq}."
        elif self._hashes[int(seq)] != entry_hash:
            self.problem = f"Entry {seq} is not the one that was noted when it was written."


def _newest(connection: Connection) -> tuple[int, str]:
    row = connection.execute(
        select(entries.c.seq, entries.c.entry_hash).order_by(entries.c.seq.desc()).limit(1)
    ).one_or_none()
    return (row.seq, row.entry_hash) if row else (0, _START)


def _hash(key: bytes, row: RowMapping | dict[str, Any]) -> str:
    names = ("seq", "event", "actor", "target", "detail", "ip", "result", "previous_hash")
    content = json.dumps([instant_text(row["happened_at"]), *(row[name] for name in names)])
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _clean(value: str) -> str:
    """Text that PostgreSQL stores and a terminal shows without effect."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in value)


def _entry(row: RowMapping) -> Entry:
    names = ("seq", "happened_at", "event", "actor", "target", "ip", "result", "entry_hash")
    return Entry(detail=json.loads(row["detail"]), **{name: row[name] for name in names})


def _note(head: Path, seq: int, entry_hash: str) -> None:
    """Write the head unless another process has noted a later one."""
    with _locked(head) as descriptor:
        seen = os.pread(descriptor, 200, 0).decode().partition(":")[0]
        if not seen.isdecimal() or int(seen) < seq:
            content = f"{seq}:{entry_hash}\n".encode()
            os.pwrite(descriptor, content, 0)
            os.ftruncate(descriptor, len(content))


def _noted(head: Path) -> str:
    return head.read_text(encoding="utf-8").strip() if head.exists() else ""


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
