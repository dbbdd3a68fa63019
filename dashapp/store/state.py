"""The state database: what people write. Opened here, brought up to date here, locked for writing here.

SQLite by default, with a rollback journal: the version Python links here has the WAL-reset bug (security.md 0, 13).
PostgreSQL by URL; the same statements run on both.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dashapp.discovery import documents
from dashapp.errors import SettingsError, StateUnavailable
from dashapp.settings import Settings

Clock = Callable[[], datetime]
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5_000
# Any number will do as long as every Tenure process asks PostgreSQL for the same one.
_WRITE_LOCK = 7_361_001


def now() -> datetime:
    """The clock on the wall, UTC; everything that needs time takes a clock, and this is the real one."""
    return datetime.now(UTC)


def open(settings: Settings) -> Engine:
    """The state database, created and migrated as needed.

    Raises SettingsError for a URL that cannot be used or a database of a newer Tenure, StateUnavailable otherwise.
    """
    engine = _engine(settings.state_database)
    if engine.dialect.name == "sqlite":
        _prepare_file(engine)
    if _outdated(engine):
        with _alone(settings.folder("state") / ".migrating"):
            _migrate(engine)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading. Raises StateUnavailable when the database cannot answer."""
    with _translated(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the one write lock from its start: what it reads stays true until it commits.

    Raises StateUnavailable when the lock is not free within BUSY_TIMEOUT_MS or the database fails.
    """
    with _translated():
        with engine.connect().execution_options(immediate=True) as connection, connection.begin():
            hooks: list[Callable[[], None]] = []
            connection.info["after_commit"] = hooks
            yield connection
        for hook in hooks:
            hook()


def after_commit(connection: Connection, hook: Callable[[], None]) -> None:
    """Run `hook` once the transaction of `writing` has been committed."""
    connection.info["after_commit"].append(hook)


def _engine(url: str) -> Engine:
    try:
        backend = make_url(url).get_backend_name()
        if backend == "sqlite":
            return _sqlite(url)
        if backend == "postgresql":
            return _postgresql(url)
    except (ImportError, ArgumentError, NoSuchModuleError, ValueError) as error:
        raise SettingsError(f"state_url cannot be used: {error}.", "See docs/reference.md.") from error
    raise SettingsError(f"state_url names {backend}.", "Use SQLite (leave it empty) or PostgreSQL.")


def _sqlite(url: str) -> Engine:
    # A connection per use costs about 0.2 ms and leaves nothing open across a fork.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; Python's own comes too late for DDL and locks
    for pragma in ("journal_mode=DELETE", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgresql(url: str) -> Engine:
    options = {"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}"}
    engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, connect_args=options)
    event.listen(engine, "begin", _begin_postgresql)
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


def _prepare_file(engine: Engine) -> None:
    if not engine.url.database or engine.url.database == ":memory:":
        raise SettingsError("state_url names no file.", "Give a path, or leave it empty.")
    path = Path(engine.url.database)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    path.parent.chmod(0o700)
    with reading(engine) as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise _unavailable(f"The state database is damaged: {found}.")


def _outdated(engine: Engine) -> bool:
    wanted = _newest_revision()
    with reading(engine) as connection:
        current = _revision(connection)
    if current and current > wanted:
        raise SettingsError(
            f"The state database is at version {current}, this Tenure knows {wanted}.", "Install the newer Tenure."
        )
    return current != wanted


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait for other starts on this machine, however long their migrations take."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _migrate(engine: Engine) -> None:
    """Bring the tables up to date; nothing happens where another start just did."""
    from alembic import command  # half a second of imports that only a first start needs, before the database is locked
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _newest_revision() -> str:
    return max(name[1:5] for name in documents(MIGRATIONS / "versions", ".py") if name.startswith("m"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _translated() -> Iterator[None]:
    """A database that is locked, full, gone or damaged is an expected failure; a broken rule is a bug and passes."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise
    except DBAPIError as error:
        raise _unavailable(f"The state database cannot be used: {error.orig}.") from error
    except (sqlite3.DatabaseError, PoolTimeout) as error:
        raise _unavailable(f"The state database cannot be used: {error}.") from error


def _unavailable(message: str) -> StateUnavailable:
    return StateUnavailable(message, "Try again in a moment; if it stays, look at the disk and at `state_url`.")
