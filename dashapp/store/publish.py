"""Door 1, the only writer of snapshots: a finished build becomes an immutable file, then the pointer moves.

A name is used once. `CURRENT` says which file readers take; `manifest.json` is the history that retention and rollback
follow: file names alone would keep the orphans of killed builds and delete good snapshots.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

import duckdb

from dashapp.errors import NoSnapshot, NotFound, SnapshotDamaged, TenureError, WriterBusy
from dashapp.store import fs
from dashapp.store.facts import Facts, read_facts

DRAFT = ".build-"
"Start of the names of unfinished files; whatever bears it without a living writer is a leftover."

INVARIANTS = {
    "customers have one row each": "select count(*) - count(distinct customer_key) from marts.customers",
    "days and lines hold the same money": """
        select (select coalesce(sum(net_sales), 0) from marts.customer_days)
             - (select coalesce(sum(amount), 0) from marts.order_lines)""",
    "cube and lines hold the same money": """
        select (select coalesce(sum(net_sales), 0) from marts.sales_cube)
             - (select coalesce(sum(amount), 0) from marts.order_lines)""",
    "days and lines count the same lines": """
        select (select coalesce(sum(lines), 0) from marts.customer_days) - (select count(*) from marts.order_lines)""",
    "no day of a customer lies after the last observed day": """
        select count(*) from marts.customers c, meta.snapshot s where c.last_order_date > s.observed_until""",
}
"Each must give zero on the closed and re-opened file before anybody may see it."


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content of CURRENT: the one file readers take."""

    seq: int
    snapshot_id: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the history: a snapshot that can be read or rolled back to."""

    seq: int
    snapshot_id: str
    file: str
    sha256: str
    published_at: str
    "UTC, ISO 8601."
    source: str
    batches: int
    customers: int
    build_key: str
    actor: str

    @property
    def pointer(self) -> Pointer:
        return Pointer(self.seq, self.snapshot_id, self.file, self.sha256)


class Warehouse:
    """The folder of published snapshots."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pointer_path = folder / "CURRENT"
        self.manifest_path = folder / "manifest.json"
        self.lock_path = folder / ".lock"

    def current(self) -> Pointer:
        """What readers take. Raises NoSnapshot before the first publish, SnapshotDamaged on an unreadable pointer."""
        try:
            return Pointer(**json.loads(self.pointer_path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise NoSnapshot("No data has been loaded yet.", "Run `python -m etl refresh --source sample`.") from error
        except (ValueError, TypeError) as error:
            raise SnapshotDamaged(f"{self.pointer_path} cannot be read.", "Run `python -m etl rollback`.") from error

    def history(self) -> tuple[Published, ...]:
        """Every snapshot that is kept, oldest first."""
        if not self.manifest_path.exists():
            return ()
        try:
            return tuple(Published(**entry) for entry in json.loads(self.manifest_path.read_text("utf-8"))["published"])
        except (ValueError, TypeError, KeyError) as error:
            raise SnapshotDamaged(
                f"{self.manifest_path} cannot be read.", "Restore it from a backup, or remove it and refresh."
            ) from error

    def candidates(self) -> tuple[Pointer, ...]:
        """What a reader may open, best first: the current snapshot, then earlier ones, newest first."""
        try:
            first: tuple[Pointer, ...] = (self.current(),)
        except SnapshotDamaged:
            first = ()
        newest = first[0].seq if first else None
        earlier = [entry.pointer for entry in reversed(self.history()) if newest is None or entry.seq < newest]
        return first + tuple(earlier)

    @contextmanager
    def writing(self, holder: str) -> Iterator[None]:
        """Be the only writer; leftovers of killed writers are gone inside. Raises WriterBusy with the holder's name."""
        fs.make_folder(self.folder)
        with self.lock_path.open("a+", encoding="utf-8") as lock:
            with self._door():
                self._take(lock, holder)
            self._clean()
            try:
                yield
            finally:
                with suppress(OSError, SnapshotDamaged):  # what stays now, the next writer removes
                    self._clean()
                lock.truncate(0)

    @contextmanager
    def _door(self) -> Iterator[None]:
        """For the blink in which the lock and the name in it change together: who is refused reads the right name."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _take(self, lock: TextIO, holder: str) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WriterBusy(
                f"The data is being refreshed by {self.holder()}.", "Try again when it has finished."
            ) from error
        lock.truncate(0)
        lock.write(holder)
        lock.flush()

    def holder(self) -> str:
        """Who wrote last into the lock file; meaningful while somebody holds it."""
        return self.lock_path.read_text(encoding="utf-8") or "somebody else"

    def next_seq(self) -> int:
        """A number never pointed to before. Ask for it while `writing`."""
        used = [entry.seq for entry in self.history()]
        used += [pointer.seq for pointer in self.candidates()] if self.pointer_path.exists() else []
        return max(used, default=0) + 1

    def draft(self, name: str) -> Path:
        """A path beside the snapshots for an unfinished file; the next writer removes it should this one die."""
        return self.folder / f"{DRAFT}{name}"

    def require_space(self, needed_bytes: int) -> None:
        """Raise TenureError unless the disk has room: a DuckDB file that met a full disk stays unusable."""
        free = shutil.disk_usage(self.folder).free
        if free < needed_bytes:
            raise TenureError(
                f"The disk has {free // 2**20} MB free; the refresh needs about {needed_bytes // 2**20} MB.",
                "Free some space or lower keep_snapshots; the published data is untouched.",
            )

    def publish(
        self,
        build_file: Path,
        facts: Facts,
        *,
        actor: str,
        published_at: datetime,
        reached: Callable[[str], None] = lambda step: None,
    ) -> Published:
        """Make a closed, checkpointed build the current snapshot. Only while `writing`.

        `reached` hears "before_rename", "after_rename", "after_pointer". Raises SnapshotDamaged when the file, opened
        afresh and read-only, does not hold what it should: nothing was published then.
        """
        batches, customers = prove(build_file, facts)
        name = f"tenure-{facts.seq:06d}.duckdb"
        if (self.folder / name).exists():
            raise SnapshotDamaged(f"{name} exists already.", "Snapshots are never overwritten; refresh again.")
        digest = fs.sha256(build_file)
        reached("before_rename")
        fs.close_to_others(build_file)
        fs.move(build_file, self.folder / name)
        reached("after_rename")
        entry = Published(
            facts.seq, facts.snapshot_id, name, digest, published_at.isoformat(), facts.source, batches, customers,
            facts.build_key, actor,
        )  # fmt: skip
        self._write_history((*self.history(), entry))
        self._point(entry.pointer)
        reached("after_pointer")
        return entry

    def rollback(self, seq: int | None = None) -> Published:
        """Point to an earlier snapshot (None: the one before the current). Only while `writing`.

        Raises NotFound when there is none, SnapshotDamaged when its bytes have changed.
        """
        entry = self._entry(seq)
        if fs.sha256(self.folder / entry.file) != entry.sha256:
            raise SnapshotDamaged(f"Snapshot {entry.seq} is damaged.", "Choose another: `python -m etl list`.")
        self._point(entry.pointer)
        return entry

    def collect(self, keep: int) -> tuple[str, ...]:
        """Remove all but the `keep` newest snapshots of the history and the current one. Returns the files removed."""
        history, current = self.history(), self.current()
        kept = tuple(entry for entry in history if entry in history[-keep:] or entry.seq == current.seq)
        gone = tuple(entry.file for entry in history if entry not in kept)
        self._write_history(kept)
        for name in gone:
            fs.remove(self.folder / name)
        return gone

    def _entry(self, seq: int | None) -> Published:
        if seq is None:
            earlier = [entry for entry in self.history() if entry.seq < self._newest_readable()]
        else:
            earlier = [entry for entry in self.history() if entry.seq == seq]
        if not earlier or not (self.folder / earlier[-1].file).exists():
            wanted = "an earlier snapshot" if seq is None else f"snapshot {seq}"
            raise NotFound(f"There is no {wanted} to go back to.", "See `python -m etl list`.")
        return earlier[-1]

    def _newest_readable(self) -> float:
        """The number the pointer names; a pointer that cannot be read is mended by going to the newest snapshot."""
        try:
            return self.current().seq
        except SnapshotDamaged:
            return math.inf

    def _point(self, pointer: Pointer) -> None:
        fs.write(self.pointer_path, json.dumps(asdict(pointer)))

    def _write_history(self, entries: tuple[Published, ...]) -> None:
        fs.write(self.manifest_path, json.dumps({"published": [asdict(entry) for entry in entries]}, indent=1))

    def _clean(self) -> None:
        """Remove what killed writers left: drafts, and snapshots renamed but never entered in the history."""
        known = {entry.file for entry in self.history()}
        known |= {pointer.file for pointer in self.candidates()} if self.pointer_path.exists() else set()
        for path in self.folder.iterdir():
            orphan = re.fullmatch(r"tenure-\d+\.duckdb", path.name) and path.name not in known
            draft = path.name.startswith((DRAFT, ".CURRENT.", ".manifest.json."))
            if orphan or draft:
                fs.remove(path)


def prove(build_file: Path, facts: Facts) -> tuple[int, int]:
    """Numbers of batches and customers in a closed build that holds what it should; SnapshotDamaged otherwise."""
    if build_file.with_name(build_file.name + ".wal").exists():
        raise SnapshotDamaged("The build was not checkpointed: its .wal file still exists.", "Refresh again.")
    try:
        with duckdb.connect(os.fspath(build_file), read_only=True) as connection:
            found = read_facts(connection)
            broken = [name for name, sql in INVARIANTS.items() if connection.execute(sql).fetchall() != [(0,)]]
            counts = connection.execute(
                "select (select count(*) from meta.batches), (select count(*) from marts.customers)"
            ).fetchall()
    except (duckdb.Error, ValueError) as error:
        raise SnapshotDamaged(f"The build cannot be read back: {error}", "Refresh again.") from error
    if found != facts or broken:
        raise SnapshotDamaged(
            f"The build does not hold: {'; '.join(broken) or 'its own facts'}.",
            "The old snapshot stays. Refresh again.",
        )
    return counts[0]
