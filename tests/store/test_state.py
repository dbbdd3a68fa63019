"""The state database: made by its migrations, private, locked by one writer, refused when it cannot be trusted."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from dashapp.errors import SettingsError, StateUnavailable
from dashapp.settings import Settings
from dashapp.store import sessions, state
from dashapp.store.tables import attempts, metadata
from tests.people import Clock


def _put(engine: Engine, clock: Clock) -> None:
    with state.writing(engine) as connection:
        connection.execute(insert(attempts).values(attempt_key="k", failures=0, window_started_at=clock()))


def test_the_migrations_build_exactly_the_tables(both: Settings) -> None:
    engine = state.open(both)
    with state.reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_opening_again_keeps_what_was_written(both: Settings, clock: Clock) -> None:
    first = state.open(both)
    _put(first, clock)
    first.dispose()
    second = state.open(both)
    with state.reading(second) as connection:
        assert connection.execute(select(attempts.c.window_started_at)).scalar_one() == clock()
    second.dispose()


def test_a_database_of_a_newer_tenure_is_left_alone(both: Settings) -> None:
    engine = state.open(both)
    with state.writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SettingsError, match="9999"):
        state.open(both)


def test_what_is_read_while_writing_stays_true(both: Settings, clock: Clock) -> None:
    engine = state.open(both)
    _put(engine, clock)

    def count() -> None:
        for _ in range(10):
            with state.writing(engine) as connection:
                seen = connection.execute(select(attempts.c.failures)).scalar_one()
                connection.execute(update(attempts).values(failures=seen + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with state.reading(engine) as connection:
        assert connection.execute(select(attempts.c.failures)).scalar_one() == 40
    engine.dispose()


def test_a_hook_runs_after_the_commit_and_not_without_one(both: Settings) -> None:
    engine = state.open(both)
    heard: list[str] = []
    with state.writing(engine) as connection:
        state.after_commit(connection, lambda: heard.append("committed"))
        assert heard == []

    def fail() -> None:
        with state.writing(engine) as connection:
            state.after_commit(connection, lambda: heard.append("rolled back"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert heard == ["committed"]
    engine.dispose()


def test_a_session_of_nobody_is_refused(both: Settings, clock: Clock) -> None:
    engine = state.open(both)
    with pytest.raises(IntegrityError), state.writing(engine) as connection:
        sessions.start(connection, "hash", 77, clock(), "", "")
    engine.dispose()


def test_nobody_else_can_read_the_file(embedded: Settings) -> None:
    before = os.umask(0)
    try:
        state.open(embedded)
    finally:
        os.umask(before)
    database = embedded.data_dir / "state" / "tenure.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    database.chmod(0o644)
    state.open(embedded)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700


def test_sqlite_keeps_a_rollback_journal_and_syncs_fully(embedded: Settings) -> None:
    with state.reading(state.open(embedded)) as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    assert found == {"journal_mode": "delete", "synchronous": 2}


def test_a_locked_database_is_unavailable_and_comes_back(embedded: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "BUSY_TIMEOUT_MS", 100)
    engine = state.open(embedded)
    holder = sqlite3.connect(embedded.data_dir / "state" / "tenure.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for use in (state.reading, state.writing):
        with pytest.raises(StateUnavailable, match="locked") as refusal, use(engine) as connection:
            connection.execute(select(attempts)).all()
        assert refusal.value.http_status == 503
    holder.close()
    with state.reading(engine) as connection:
        assert connection.execute(select(attempts)).all() == []


def test_a_damaged_file_stops_the_start(embedded: Settings) -> None:
    state.open(embedded)
    database = embedded.data_dir / "state" / "tenure.db"
    content = bytearray(database.read_bytes())
    content[4096:12288] = os.urandom(8192)
    database.write_bytes(content)
    with pytest.raises(StateUnavailable):
        state.open(embedded)


@pytest.mark.parametrize("url", ["oracle://x", "sqlite://", "sqlite:///:memory:", "nonsense", "mysql://x@y/z"])
def test_another_kind_of_database_is_refused_in_a_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="state_url"):
        state.open(Settings(data_dir=tmp_path, state_url=url))


def test_first_starts_at_the_same_moment_all_succeed(both: Settings) -> None:
    code = "from dashapp import settings; from dashapp.store import state, secret; s = settings.load();" \
           "state.open(s); print(secret.read(s).key('cookies').hex())"  # fmt: skip
    environment = os.environ | {"TENURE_DATA_DIR": str(both.data_dir), "TENURE_STATE_URL": both.state_url}
    starts = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = {start.communicate(timeout=60)[0] for start in starts}
    assert [start.returncode for start in starts] == [0, 0, 0, 0]
    assert len(answers) == 1
