"""What leaves the house, and who took it: counted against an hour's allowance and written down before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from dashapp.errors import InputError
from dashapp.services import export_files, throttle
from dashapp.services.access import Principal
from dashapp.services.export_files import Kept
from dashapp.services.exports import Request
from dashapp.services.jobs import Jobs
from dashapp.settings import Settings
from dashapp.store.jobs import Job
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot
from dashapp.store.state import Clock, now, writing

KIND = "export"
"Name of the durable job."
CARDS, FILES = "charts", "lists and pages"
"What is counted apart, in the plural."
DOWNLOADED, ORDERED = "export:downloaded", "export:ordered"
"What the journal calls an export that is sent at once, and one that is made in the background."
KEPT_LIMIT = 20
"Files that wait for one person at a time."


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is about to leave."""

    target: str
    "`customers.csv`."
    rows: int
    snapshot: str
    "Its id."
    filters: str
    "In words."
    address: str = ""
    "What was asked for, as the browser wrote it."
    kind: str = FILES
    matching: int = 0
    "Rows that were asked for, where a limit made them fewer."

    @property
    def detail(self) -> dict[str, Any]:
        """For the journal."""
        told = {"rows": self.rows, "snapshot": self.snapshot, "filters": self.filters, "address": self.address[:500]}
        told |= {"matching": self.matching} if self.matching > self.rows else {}
        return {name: value for name, value in told.items() if value != ""}


class ExportDesk:
    """The exports of one installation."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal, jobs: Jobs, clock: Clock = now) -> None:
        self._settings, self._engine, self._journal, self._jobs, self._clock = settings, engine, journal, jobs, clock

    def note(self, leaving: Leaving, reader: Principal, ip: str = "", event: str = DOWNLOADED) -> None:
        """Count and write down an export before its first byte leaves. Raises Throttled, InputError, StateUnavailable.

        `event` is DOWNLOADED or ORDERED.
        """
        if event == ORDERED and len(self.kept(reader)) >= KEPT_LIMIT:
            raise InputError(f"{KEPT_LIMIT} files are waiting for you.", "Remove one on My exports, then repeat this.")
        cards = leaving.kind == CARDS
        limit = self._settings.card_exports_per_hour if cards else self._settings.exports_per_hour
        with writing(self._engine) as connection:
            throttle.enter_export(connection, reader.user_id, leaving.kind, limit, self._clock())
            self._journal.append_in(connection, event, reader.actor, leaving.target, leaving.detail, ip)

    def order(self, asked: Request, snapshot: Snapshot, leaving: Leaving, reader: Principal, ip: str = "") -> Job:
        """Have a list of customers made as a workbook in the background. Raises Throttled, TooManyJobs."""
        self.note(leaving, reader, ip, ORDERED)
        arguments = {
            "owner": reader.user_id,
            "role": reader.role.value,
            "contact": asked.with_contact,
            "file": export_files.new_id(),
            "snapshot": snapshot.id,
            "filters": asked.filters.to_query(),
            "listing": asked.listing.to_query(),
            "asked_by": asked.asked_by,
            "asked_at": asked.asked_at.isoformat(),
        }
        return self._jobs.enqueue(KIND, arguments, reader)

    def kept(self, reader: Principal) -> list[Kept]:
        """The finished files of a reader, newest first."""
        return export_files.listed(self._settings, reader.user_id, self._clock())

    def jobs(self, reader: Principal) -> list[Job]:
        """The export jobs of a reader, newest first."""
        return [job for job in self._jobs.recent(reader) if job.kind == KIND and job.owner_id == reader.user_id]

    def fetch(self, file_id: str, reader: Principal, ip: str = "") -> Kept:
        """A file that its owner takes now. Raises NotFound for anybody else, Gone once it has expired."""
        kept = export_files.find(self._settings, reader.user_id, file_id, self._clock())
        self._journal.append("export:fetched", reader.actor, kept.name, {"file": file_id, "bytes": kept.bytes}, ip)
        return kept

    def remove(self, file_id: str, reader: Principal, ip: str = "") -> None:
        """Delete a file before its time. Raises NotFound, Gone."""
        kept = export_files.find(self._settings, reader.user_id, file_id, self._clock())
        export_files.remove(kept)
        self._journal.append("export:removed", reader.actor, kept.name, {"file": file_id}, ip)

    def cancel(self, job_id: int, reader: Principal) -> None:
        """Stop an export that is being made; nothing of it stays. Raises NotFound for another's job."""
        self._jobs.cancel(job_id, reader)
