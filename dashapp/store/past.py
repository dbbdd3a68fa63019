"""Snapshots that are kept but current no more: a few stay open, each is proved by its hash when it is opened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import duckdb

from dashapp.errors import Gone, SnapshotDamaged
from dashapp.store.publish import Pointer, Published, Warehouse

HELD = 2
"Past snapshots that stay open: each may take duckdb_memory_limit. Running requests hold theirs until they end."
Opened = TypeVar("Opened")


class Past(Generic[Opened]):
    """The way to kept snapshots for one process; safe to share between threads."""

    def __init__(self, warehouse: Warehouse, opening: Callable[[Pointer], Opened]) -> None:
        """`opening` proves and opens the file of a pointer."""
        self._warehouse = warehouse
        self._opening = opening
        self._lock = threading.Lock()
        self._held: dict[str, Opened] = {}

    def entry(self, seq: int) -> Published:
        """The line of the history. Raises Gone where it is kept no more, SnapshotDamaged for an unreadable history."""
        history = self._warehouse.history()
        found = [one for one in history if one.seq == seq]
        if not found:
            kept = ", ".join(str(one.seq) for one in history) or "none"
            raise Gone(f"Snapshot {seq} is not kept.", f"Kept: {kept}. Go back to now.")
        return found[-1]

    def open(self, entry: Published) -> Opened:
        """The snapshot, opened at most once at a time. Raises Gone, SnapshotDamaged."""
        with self._lock:
            snapshot = self._held.pop(entry.snapshot_id, None) or self._proved(entry)
            self._held[entry.snapshot_id] = snapshot  # the last one asked for is the last one to go
            while len(self._held) > HELD:
                self._held.pop(next(iter(self._held)))
        return snapshot

    def close(self) -> None:
        """Let go of all: a file removed from the disk gives its space back only when nobody holds it."""
        with self._lock:
            self._held.clear()

    def _proved(self, entry: Published) -> Opened:
        try:
            return self._opening(entry.pointer)
        except FileNotFoundError as error:
            raise Gone(f"Snapshot {entry.seq} was removed meanwhile.", "Go back to now.") from error
        except (duckdb.Error, OSError, ValueError) as error:
            raise SnapshotDamaged(
                f"Snapshot {entry.seq} cannot be read.", "Choose another, or go back to now."
            ) from error
