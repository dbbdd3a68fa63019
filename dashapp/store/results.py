"""What was computed, kept on disk between processes: signed JSON in a diskcache.

Two questions are answered only here: may an entry be believed, and what happens when the cache is broken.
An entry counts only when its signature fits its key, so a changed, moved or foreign row is a miss; nothing is ever
unpickled (CVE-2025-69872). A cache that cannot be read or written is a miss too, and a damaged file is rebuilt.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import diskcache
import orjson

import dashapp
from dashapp.errors import Busy
from dashapp.logs import get_logger
from dashapp.settings import Settings
from dashapp.store import fs

log = get_logger(__name__)
T = TypeVar("T")

_READABLE = (diskcache.core.MODE_RAW, diskcache.core.MODE_BINARY)
_VALUE_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")
_BUSY_SECONDS = 5
"How long a writer waits for another before the cache counts as failing."


class BytesDisk(diskcache.Disk):  # type: ignore[misc]
    """Keys are text, values are bytes. A row of any other kind cannot be read, which diskcache takes for a miss."""

    def put(self, key: Any) -> tuple[str, bool]:
        if type(key) is not str:
            raise TypeError(f"A cache key is text, not {type(key).__name__}.")
        return key, True

    def get(self, key: Any, raw: bool) -> str:
        if not raw or type(key) is not str:
            raise OSError("a key that was not written here")
        return key

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        if read or type(value) is not bytes:
            raise TypeError(f"A cache value is bytes, not {type(value).__name__}.")
        return super().store(value, False, key)

    def _write(self, full_path: str, iterator: Iterable[bytes], mode: str, encoding: str | None = None) -> int:
        """As in diskcache, but a value that could not be written whole leaves nothing behind."""
        content = b"".join(iterator)
        fs.write_whole(Path(full_path), content)
        return len(content)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        if mode not in _READABLE or (filename is not None and not _VALUE_FILE.fullmatch(filename)):
            raise OSError("a value that was not written here")
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: str) -> None:
        if _VALUE_FILE.fullmatch(file_path):
            super().remove(file_path)


@cache
def code_version() -> str:
    """A hash of the application's source, so that results of older code are never served."""
    digest = hashlib.sha256(dashapp.__version__.encode())
    for path in sorted(Path(dashapp.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def result_key(job: str, arguments: dict[str, Any], snapshot_id: str, scope: str) -> str:
    """The name of a result: what was asked, of which data, by which code, for whose eyes."""
    asked = [job, arguments, snapshot_id, code_version(), scope]
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


class ResultStore:
    """JSON values under text keys, shared by every process of this installation."""

    def __init__(self, folder: Path, key: bytes, ttl_seconds: float) -> None:
        """`key` signs the entries: one derived for the cache alone, never the installation's secret itself."""
        self.folder = folder
        self.key = key
        self.ttl_seconds = ttl_seconds
        self._guard = threading.RLock()
        self._opened: diskcache.Cache | None = None

    @property
    def cache(self) -> diskcache.Cache:
        """The diskcache itself, opened when first asked for. Raises OSError or sqlite3.DatabaseError."""
        with self._guard:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def get(self, key: str) -> Any | None:
        """The value, or None when there is none that can be believed."""
        signed = self._attempt(lambda: self.cache.get(key), None)
        if type(signed) is not bytes or len(signed) < 32:
            return None
        if not hmac.compare_digest(signed[:32], self._signature(key, signed[32:])):
            log.warning("cache entry refused", reason="signature")
            return None
        return orjson.loads(signed[32:])

    def put(self, key: str, value: Any, ttl_seconds: float | None = None) -> bool:
        """Keep a JSON value; False when the cache would not take it."""
        body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
        signed = self._signature(key, body) + body
        return self._attempt(lambda: bool(self.cache.set(key, signed, ttl_seconds or self.ttl_seconds)), False)

    def drop(self, key: str) -> None:
        self._attempt(lambda: self.cache.delete(key), False)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Everything inside happens at once for all processes. Raises Busy when the cache cannot do that."""
        try:
            with self.cache.transact():
                yield
        except (OSError, sqlite3.DatabaseError, diskcache.Timeout) as error:
            self._repair(error)
            raise Busy(
                "The cache folder cannot be used right now.", "Try again; then check space and rights."
            ) from error

    def _signature(self, key: str, body: bytes) -> bytes:
        return hmac.digest(self.key, key.encode() + b"\0" + body, "sha256")

    def _attempt(self, action: Callable[[], T], otherwise: T) -> T:
        """The action's answer, after one repair if need be; `otherwise` when the cache fails."""
        for is_last in (False, True):
            try:
                return action()
            except (OSError, sqlite3.DatabaseError, diskcache.Timeout) as error:
                if is_last or not self._repair(error):
                    log.warning("cache failed", error=str(error))
                    return otherwise
        raise AssertionError("unreachable")

    def _repair(self, error: Exception) -> bool:
        """Open the cache anew, emptied if its file is damaged. False when that cannot help."""
        if not isinstance(error, sqlite3.DatabaseError) or "is full" in str(error) or "locked" in str(error):
            return False
        with self._guard:
            self._opened = None
            try:
                self._opened = self._open()
            except (OSError, sqlite3.DatabaseError):
                return False
        return True

    def _open(self) -> diskcache.Cache:
        fs.make_folder(self.folder)
        self.folder.chmod(0o700)
        with _exclusive(self.folder.with_name(f"{self.folder.name}.lock")):
            if not _is_sound(self.folder / diskcache.core.DBNAME):
                log.warning("cache rebuilt", reason="damaged")
                _empty(self.folder)
            return diskcache.Cache(
                str(self.folder),
                timeout=_BUSY_SECONDS,
                disk=BytesDisk,
                sqlite_journal_mode="delete",
                sqlite_mmap_size=0,
            )


def open_results(settings: Settings, key: bytes) -> ResultStore:
    """The result store of this installation; `key` as for ResultStore."""
    return ResultStore(settings.folder("cache") / "results", key, settings.computation_ttl_hours * 3600)


def _empty(folder: Path) -> None:
    """Remove what diskcache keeps in the folder, and nothing else that may lie there."""
    for path in folder.glob(f"{diskcache.core.DBNAME}*"):
        fs.remove(path)
    for path in folder.glob("[0-9a-f][0-9a-f]"):
        fs.remove(path)


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        yield


def _is_sound(database: Path) -> bool:
    """False for a file that SQLite cannot trust or that lacks the tables; a missing file is sound."""
    if not database.exists():
        return True
    try:
        with closing(sqlite3.connect(database, timeout=_BUSY_SECONDS)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return {"Cache", "Settings"} <= tables and connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError as error:
        return "locked" in str(error)
