"""Everything a page, callback or route may use, built once per process and handed down. Nothing here is global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from dashapp.services.jobs import Jobs
    from dashapp.services.login import Login
    from dashapp.settings import Settings
    from dashapp.store.journal import Journal
    from dashapp.store.results import ResultStore
    from dashapp.store.snapshot import Snapshots


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms of the house that the web may enter."""

    settings: Settings
    snapshots: Snapshots
    engine: Engine
    "The state database."
    login: Login
    journal: Journal
    jobs: Jobs
    results: ResultStore
    clock: Callable[[], datetime]
    "The present, UTC; tests bring their own."
    secret_key: str


def now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)
