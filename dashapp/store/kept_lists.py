"""Fixed lists of customers: written once under a random key, looked up by whoever reads a snapshot."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from dashapp.errors import FilterError
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.segment_tables import customer_lists


def add(connection: Connection, customer_ids: Sequence[str], at: datetime) -> str:
    """Keep these customers; the key to find them by, which nobody guesses."""
    key = secrets.token_hex(16)
    values = {"list_key": key, "customer_ids": json.dumps(list(customer_ids)), "created_at": at}
    connection.execute(insert(customer_lists).values(values))
    return key


def find(connection: Connection, key: str) -> tuple[str, ...] | None:
    """The customers of the list, or None."""
    wanted = select(customer_lists.c.customer_ids).where(customer_lists.c.list_key == key)
    text = connection.execute(wanted).scalar_one_or_none()
    return None if text is None else tuple(json.loads(text))


class KeptLists:
    """Looks lists up for the snapshots of one process. Opens the state database when first asked; keeps the last few.

    A list never changes, so what was read once stays true.
    """

    MOST = 8

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._held: dict[str, tuple[str, ...]] = {}

    def __call__(self, key: str) -> tuple[str, ...]:
        """The customer ids of a list. Raises FilterError where there is none, StateUnavailable."""
        with self._lock:
            if key not in self._held:
                self._held[key] = self._read(key)
                if len(self._held) > self.MOST:
                    del self._held[next(iter(self._held))]
            return self._held[key]

    def _read(self, key: str) -> tuple[str, ...]:
        self._engine = self._engine or state.open(self._settings)
        with state.reading(self._engine) as connection:
            found = find(connection, key)
        if found is None:
            raise FilterError("saved", "This fixed list of customers is not kept here.", "Clear the filter.")
        return found
