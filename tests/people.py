"""Fixtures about people and what they write: the state database on both engines, a clock to turn, accounts.

PostgreSQL is a real server on a socket of its own, started once per test process; it needs the binaries, the driver
(`requirements-postgres.txt`) and, for root, a user `postgres` to run as. Where one is missing the test skips and says
so.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from dashapp.services.access import Principal, Role
from dashapp.services.accounts import Accounts
from dashapp.services.jobs import Jobs
from dashapp.services.login import Login
from dashapp.services.quality import Quality
from dashapp.settings import Settings
from dashapp.store import accounts, state
from dashapp.store.journal import Journal

GOOD_PASSWORD = "kestrel-valve-umbra-otter"


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.at = datetime(2026, 2, 27, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **distance: float) -> None:
        self.at += timedelta(**distance)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Empties the database and returns its URL."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("no PostgreSQL binaries under /usr/lib/postgresql")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed; requirements-postgres.txt has it")
    if os.geteuid() == 0 and not _has_user("postgres"):
        pytest.skip("PostgreSQL refuses to run as root and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="tenure-pg-"))
    try:
        yield from _server(programs[-1].parent, folder)
    finally:
        shutil.rmtree(folder)


def _server(programs: Path, folder: Path) -> Iterator[Callable[[], str]]:
    runner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if runner:
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*runner, programs / program, "-D", folder / "data", *arguments], check=True, cwd=folder,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    run("initdb", "-A", "trust", "-U", "tenure", "--no-sync", "-E", "UTF8", "--locale=C")
    run("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off")
    url = f"postgresql+psycopg://tenure@/postgres?host={folder}"
    admin = create_engine(url)

    def fresh() -> str:
        with admin.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        return url

    try:
        yield fresh
    finally:
        admin.dispose()
        run("pg_ctl", "stop", "-w", "-m", "immediate")


def _has_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty installation, once on each engine."""
    url = request.getfixturevalue("postgresql")() if request.param == "postgresql" else ""
    return Settings(data_dir=tmp_path / "data", state_url=url)


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    """Settings of an empty installation on SQLite."""
    return Settings(data_dir=tmp_path / "data")


class People:
    """An installation's engine, journal, accounts, sign-in and jobs on one clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self.engine: Engine = state.open(settings)
        self.journal = Journal.open(settings, self.engine, clock)
        self.accounts = Accounts(self.engine, self.journal, clock)
        self.login = Login(settings, self.engine, self.journal, clock)
        self.jobs = Jobs(settings, self.engine, self.journal, clock)
        self.quality = Quality(self.engine, self.journal, clock)

    def join(self, name: str, role: Role = Role.ANALYST) -> str:
        """A new account with GOOD_PASSWORD; a session token."""
        self.accounts.add(name, role, "", "cli:test")
        return self.login.redeem_link(self.login.create_link(name), GOOD_PASSWORD, "10.0.0.1", "test")

    def principal(self, name: str, role: Role) -> Principal:
        """A new account without any password, as a principal."""
        account = self.accounts.add(name, role, "", "cli:test")
        return Principal(account.user_id, account.user_name, role, "")

    def account(self, name: str) -> accounts.Account:
        with state.reading(self.engine) as connection:
            found = accounts.by_name(connection, name)
        assert found is not None
        return found

    def events(self) -> list[str]:
        return [entry.event for entry in reversed(self.journal.recent(1000))]


@pytest.fixture
def people(embedded: Settings, clock: Clock) -> Iterator[People]:
    """An installation on SQLite."""
    made = People(embedded, clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def people_on_both(both: Settings, clock: Clock) -> Iterator[People]:
    """An installation, once on each engine."""
    made = People(both, clock)
    yield made
    made.engine.dispose()
