"""Door 2, the only reader of snapshots: opened lazily, hardened, one cursor per call, swapped when CURRENT moves.

Open nothing before a fork: a forked child inherits the instance and hangs. The old snapshot closes by itself when the
last request, export or job lets go of it.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.errors import Gone, NoSnapshot, QueryTimeout, SnapshotDamaged, SnapshotOutdated
from dashapp.logs import get_logger
from dashapp.settings import Settings
from dashapp.store import answers, brought, fs, watch
from dashapp.store.facts import Facts, read_facts
from dashapp.store.kept_lists import KeptLists
from dashapp.store.memory import Memory
from dashapp.store.metrics import MetricValue, metric
from dashapp.store.past import Past
from dashapp.store.publish import Pointer, Published, Warehouse
from dashapp.store.query import PARAMETER, QUERIES, Query, find
from dashapp.store.where import Lists, no_lists

pd.set_option("mode.string_storage", "python")  # as Arrow, the names in a chart's few rows cost a tenth of a redraw
LOOK_EVERY_SECONDS = 1.0
VECTOR_ROWS = 2048
log = get_logger(__name__)
_opening = threading.Lock()


class Snapshot:
    """One immutable published world. Every number of one request comes from one of these."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        facts: Facts,
        timeout_seconds: float,
        lists: Lists = no_lists,
        memory: Memory | None = None,
    ) -> None:
        self.facts = facts
        self.id = facts.snapshot_id
        self.seq = facts.seq
        self.memory = memory or Memory()
        self._connection = connection
        self._timeout_seconds = timeout_seconds
        self._lists = lists
        self._parsed = Memory(512)
        self._kept = answers.places(connection)
        weakref.finalize(self, connection.close)

    def frame(self, name: str, filters: Filters | None = None, **parameters: Any) -> pd.DataFrame:
        """The answer to the question `name`.

        `sort` and `descending` fill `{order}`, frames are the tables that the question asks for, the rest are `$named`.
        Raises NotFound, FilterError, QueryTimeout.
        """
        asked = find(name, QUERIES)
        tables, bound = brought.split(asked, parameters)
        sql, values = asked.statement(filters or Filters(), self.facts, bound, lists=self._lists)
        if tables:
            return self._framed(sql, values, tables)
        kept = self.memory.answer(
            ("frame", answers.asked(sql, values)), lambda: self._framed(*self._brought(sql, values), {})
        )
        return kept.copy(deep=False)  # copied on write: whoever changes it changes only theirs

    def row(self, name: str, filters: Filters | None = None, **parameters: Any) -> dict[str, Any]:
        """The first row of an answer by column name, money as Decimal; empty when there is none."""
        sql, values = find(name, QUERIES).statement(filters or Filters(), self.facts, parameters, lists=self._lists)
        return next(iter(self._rows(*self._brought(sql, values))), {})

    def batches(
        self, name: str, filters: Filters | None = None, size: int = 10_000, **parameters: Any
    ) -> Iterator[pd.DataFrame]:
        """The answer in frames of about `size` rows, never held whole: for downloads."""
        asked = find(name, QUERIES)
        tables, bound = brought.split(asked, parameters)
        sql, values = asked.statement(filters or Filters(), self.facts, bound, lists=self._lists)
        cursor = self._connection.cursor()
        try:
            brought.register(cursor, tables)
            with self._limit(cursor):
                cursor.execute(sql, values)
            while len(frame := cursor.fetch_df_chunk(max(1, size // VECTOR_ROWS))):
                yield frame
        finally:
            cursor.close()

    def metric(self, name: str, filters: Filters | None = None) -> MetricValue:
        """A key figure, with its value in the comparison period where that was observed."""
        chosen, figure = filters or Filters(), metric(name)
        if reason := figure.missing(chosen, self.facts):
            return MetricValue(None, reason=reason)
        now = self._figure(figure.query, chosen)
        earlier = figure.comparison(chosen, self.facts)
        then = self._figure(figure.query, chosen, period=earlier) if earlier else {}
        return MetricValue(
            now.get("value"), then.get("value"), now.get("low"), now.get("high"), now.get("n"),
            "" if now.get("value") is not None else "There is nothing to count in this selection.",
            doubt=figure.doubt(earlier, self.facts),
        )  # fmt: skip

    def base(self, filters: Filters | None = None) -> pd.DataFrame:
        """Customers under the filters for scoring: customer_key, frequency, recency_days, T_days, monetary_value.

        Country, channel and segment are honoured; the period is not, because a base of recent buyers only is biased.
        """
        return self.frame("rfm_base", filters)

    def describe(self, name: str, folder: Path = QUERIES) -> tuple[tuple[str, str], ...]:
        """Names and types the question really answers with, its own parameters unset; `folder` may be METRICS."""
        query = find(name, folder)
        sql, values = query.statement(Filters(), self.facts, {})
        unset = dict.fromkeys(set(PARAMETER.findall(sql)) - set(values))
        found = self._rows(f"describe {sql}", values | unset, brought.split(query, {})[0])
        return tuple((row["column_name"], row["column_type"]) for row in found)

    def _figure(self, query: Query, filters: Filters, period: Any = None) -> dict[str, Any]:
        sql, values = query.statement(filters, self.facts, {}, period, self._lists)
        asked = "figure", answers.asked(sql, values)
        found = self.memory.answer(asked, lambda: self._rows(*self._brought(sql, values)))
        return {name: _number(value) for name, value in next(iter(found), {}).items()}

    def _brought(self, sql: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The question itself, or where the snapshot has its answer."""
        kept = self._kept.get(answers.asked(sql, values))
        return (kept, {}) if kept else (sql, values)

    def _framed(self, sql: str, values: dict[str, Any], tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
        with self._cursor(tables) as cursor:
            return cursor.execute(self._statement(cursor, sql), values).df()

    def _rows(
        self, sql: str, values: dict[str, Any], tables: dict[str, pd.DataFrame] | None = None
    ) -> list[dict[str, Any]]:
        with self._cursor(tables) as cursor:
            cursor.execute(self._statement(cursor, sql), values)
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def _statement(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
        """The parsed question: reading its text again is a seventh of the work of the questions of a page."""
        return self._parsed.answer(sql, lambda: cursor.extract_statements(sql)[0])

    @contextmanager
    def _cursor(self, tables: dict[str, pd.DataFrame] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """One cursor per call: a shared one refuses every second thread, and brought tables are of one cursor only."""
        cursor = self._connection.cursor()
        try:
            brought.register(cursor, tables or {})
            with self._limit(cursor):
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _limit(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        try:
            with watch.limit(self._timeout_seconds, cursor.interrupt):
                yield
        except duckdb.InterruptException as error:
            raise QueryTimeout(
                f"This took longer than {self._timeout_seconds:g} seconds and was stopped.",
                "Choose a shorter period or fewer values.",
            ) from error
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            log.error("snapshot_outdated", error=str(error).splitlines()[0])
            raise SnapshotOutdated(
                "The data were prepared by an earlier version, which did not know this figure yet.", "Refresh the data."
            ) from error


class Snapshots:
    """The way to the current snapshot and to those before it for one process; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lists = KeptLists(settings)
        self._warehouse = Warehouse(settings.data_dir / "warehouse")
        self._lock = threading.Lock()
        self._past = Past(self._warehouse, self._open)
        self._held: Snapshot | None = None
        self._seen: tuple[int, int] | None = None
        self._look_at = 0.0
        self.problem = ""
        "Why readers see an older snapshot than the published one; empty when all is well."

    def current(self) -> Snapshot:
        """The snapshot to answer this request from. Raises NoSnapshot, SnapshotDamaged."""
        held = self._held
        # While one thread swaps, the others go on with what they have.
        if time.monotonic() >= self._look_at and self._lock.acquire(blocking=held is None):
            try:
                self._look()
            finally:
                self._lock.release()
        if self._held is None:
            raise NoSnapshot("No data has been loaded yet.", "Run `python -m etl refresh --source sample`.")
        return self._held

    def at(self, seq: int) -> Snapshot:
        """The kept snapshot `seq`, current or not. Raises Gone, SnapshotDamaged, NoSnapshot."""
        entry, current = self._past.entry(seq), self.current()
        return current if current.id == entry.snapshot_id else self._past.open(entry)

    def named(self, snapshot_id: str) -> Snapshot:
        """The kept snapshot of this id. Raises Gone, SnapshotDamaged, NoSnapshot."""
        current = self.current()
        if current.id == snapshot_id:
            return current
        found = [entry.seq for entry in self.kept() if entry.snapshot_id == snapshot_id]
        if not found:
            raise Gone(f"Snapshot {snapshot_id} is not kept.", "Go back to now.")
        return self.at(found[0])

    def kept(self) -> tuple[Published, ...]:
        """What `at` can show, newest first. Raises SnapshotDamaged."""
        return tuple(reversed(self._warehouse.history()))

    def _look(self) -> None:
        mark = self._mark()
        if mark is None and self._held is None:
            self._warehouse.current()
        if mark is not None and mark != self._seen:
            self._held = self._open_best()
            self._seen = mark
            self._past.close()
        self._look_at = time.monotonic() + LOOK_EVERY_SECONDS

    def _mark(self) -> tuple[int, int] | None:
        """CURRENT is replaced, never edited, so its inode and time change with every publish."""
        try:
            stat = self._warehouse.pointer_path.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_ino

    def _open_best(self) -> Snapshot:
        problems: list[str] = []
        for pointer in self._warehouse.candidates():
            try:
                snapshot = self._reuse(pointer) or self._open(pointer)
            except (SnapshotDamaged, duckdb.Error, OSError, ValueError) as error:
                log.error("snapshot_damaged", file=pointer.file, error=str(error))
                problems.append(f"Snapshot {pointer.seq} cannot be read.")
            else:
                self.problem = " ".join(problems)
                return snapshot
        self.problem = " ".join(problems)
        raise SnapshotDamaged("No published snapshot can be read.", "Run `python -m etl refresh --force`.")

    def _reuse(self, pointer: Pointer) -> Snapshot | None:
        return self._held if self._held and self._held.id == pointer.snapshot_id else None

    def _open(self, pointer: Pointer) -> Snapshot:
        path = self._warehouse.folder / pointer.file
        if fs.sha256(path) != pointer.sha256:
            raise SnapshotDamaged(f"{pointer.file} does not match its hash.", "Roll back or refresh.")
        connection = connect(path, self._settings)
        return Snapshot(connection, read_facts(connection), self._settings.query_timeout_seconds, self._lists)


def connect(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open a snapshot read-only and hardened. The order matters: the temporary folder at connect, then the locks."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": os.fspath(settings.folder("cache") / "duckdb"),
        "max_temp_directory_size": "1GB",
        "memory_limit": settings.duckdb_memory_limit,
        "threads": str(settings.duckdb_threads),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
    }
    with _opening:
        connection = duckdb.connect(os.fspath(path), read_only=True, config=config)
        # A second reader in this process gets the same instance, locked already.
        locked = connection.execute("select current_setting('lock_configuration')").fetchall()[0][0]
        if not locked:
            connection.execute("SET enable_external_access=false")
            connection.execute("SET lock_configuration=true")
    return connection


def _number(value: Any) -> Any:
    return float(value) if value is not None and not isinstance(value, int) else value
