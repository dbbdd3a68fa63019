"""What a refresh or rollback did, as a line of the journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from dashapp.errors import TenureError
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal
from dashapp.store.publish import Published
from etl.progress import Progress


def record(event: str, entry: Published, actor: str, settings: Settings, progress: Progress) -> None:
    """Append `snapshot:published` or `snapshot:rolled_back`."""
    detail: dict[str, Any] = {"source": entry.source, "customers": entry.customers, "build_key": entry.build_key}
    noted(event, entry.snapshot_id, detail, actor, settings, progress)


def noted(event: str, target: str, detail: dict[str, Any], actor: str, settings: Settings, progress: Progress) -> None:
    """Append an entry about something that has happened.

    The pointer has moved already, so a journal that cannot be written is told, not raised: the manifest names the
    actor as well.
    """
    try:
        engine = state.open(settings)
        try:
            Journal.open(settings, engine).append(event, actor, target, detail)
        finally:
            engine.dispose()
    except (TenureError, SQLAlchemyError, OSError) as error:
        progress.note(f"The journal has no entry for this {event}: {error}")
