"""Durable jobs: who may ask for what, who sees it, and what state it is in as of now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from dashapp.errors import InputError, NotFound, TooManyJobs
from dashapp.logs import get_logger
from dashapp.services.access import Principal, require
from dashapp.services.job_kind import kind as kind_of
from dashapp.services.job_kind import kinds
from dashapp.settings import Settings
from dashapp.store import jobs as rows
from dashapp.store.jobs import Ending, Job, Line
from dashapp.store.journal import Journal
from dashapp.store.state import Clock, now, reading, writing

SEES_ALL, SEES_SHARED = "refresh:run", "runs:read"
UNFINISHED_LIMIT = 2
RETRIED = ("failed", "cancelled", "lost")
"States of a job that may be asked for again."
LOST = Ending(
    "lost",
    "The worker stopped in the middle of this job.",
    "See whether its snapshot was published; if not, start it again.",
)

log = get_logger(__name__)


class Jobs:
    """The jobs of one installation, as the web and the command line see them."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._settings, self._engine, self._journal, self._clock = settings, engine, journal, clock
        self._patience = timedelta(seconds=settings.job_lost_after_seconds)

    def enqueue(
        self,
        kind: str,
        arguments: dict[str, Any],
        owner: Principal,
        idempotency_key: str | None = None,
        again: int | None = None,
    ) -> Job:
        """Ask for work. The same key of the same owner and kind is the same job, however often it is asked for.

        `again` is the number of the job this one repeats, for the journal.
        Raises NotAllowed, InputError for arguments that cannot be used, NotFound for another's upload, TooManyJobs.
        """
        wanted = kind_of(kind)
        require(owner, wanted.permission)
        if wanted.check:
            with reading(self._engine) as connection:
                wanted.check(connection, arguments, owner)
        wanted.command(arguments, self._settings)
        if idempotency_key and len(idempotency_key) > 64:
            raise InputError("The idempotency key has more than 64 characters.")
        with writing(self._engine) as connection:
            known = rows.find_key(connection, kind, owner.user_id, idempotency_key) if idempotency_key else None
            if known:
                return self._shown(known)
            waiting = [job for job in rows.unfinished(connection, owner.user_id) if not self._shown(job).over]
            if len(waiting) >= UNFINISHED_LIMIT:
                raise TooManyJobs("You have jobs that are not finished yet.", "Wait for one to end, or cancel it.")
            owned = (owner.user_id, owner.user_name)
            job = rows.add(connection, kind, arguments, owned, idempotency_key or None, self._clock())
            detail = {"kind": kind, "arguments": arguments} | ({"again": again} if again is not None else {})
            self._journal.append_in(connection, "job:queued", owner.actor, f"job:{job.id}", detail)
        log.info("job queued", job_id=job.id, kind=kind, user_id=owner.user_id)
        return job

    def get(self, job_id: int, reader: Principal) -> Job:
        """The job as it stands now. Raises NotFound, also for another's job unless the reader sees all."""
        with reading(self._engine) as connection:
            job = rows.find(connection, job_id)
        if job is None or not (self._is_in_charge(job, reader) or job.kind in _shared(reader)):
            raise NotFound("There is no such job.", "It may be somebody else's.")
        return self._shown(job)

    def _is_in_charge(self, job: Job, reader: Principal) -> bool:
        return job.owner_id == reader.user_id or reader.may(SEES_ALL)

    def recent(self, reader: Principal, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs the reader may see."""
        owner_id = None if reader.may(SEES_ALL) else reader.user_id
        with reading(self._engine) as connection:
            return tuple(self._shown(job) for job in rows.recent(connection, limit, owner_id, _shared(reader)))

    def log(self, job_id: int, reader: Principal, after: int = 0) -> tuple[Line, ...]:
        """What the job said, from the line behind `after`. Raises NotFound as `get` does."""
        self.get(job_id, reader)
        with reading(self._engine) as connection:
            return rows.lines(connection, job_id, after)

    def cancel(self, job_id: int, principal: Principal) -> Job:
        """Ask a job to stop: a queued one stops at once, a running one within a few seconds. Over is over.

        Raises NotFound as `get` does, NotAllowed for a run one may only read.
        """
        job = self.get(job_id, principal)
        if not self._is_in_charge(job, principal):
            require(principal, SEES_ALL)
        if job.over:
            return job
        with writing(self._engine) as connection:
            rows.request_cancel(connection, job_id, self._clock())
            self._journal.append_in(connection, "job:cancel_requested", principal.actor, f"job:{job_id}")
        return self.get(job_id, principal)

    def retry(self, job_id: int, owner: Principal) -> Job:
        """A new job with the kind and arguments of one that failed, was cancelled or got lost; asked twice, the same.

        Raises NotFound as `get` does, and what `enqueue` raises; InputError for a job that has nothing to retry.
        """
        job = self.get(job_id, owner)
        if job.state not in RETRIED:
            raise InputError(f"Run {job.id} is {job.state}: there is nothing to retry.", "Start a new one instead.")
        return self.enqueue(job.kind, job.arguments, owner, f"retry:{job.id}", job.id)

    def _shown(self, job: Job) -> Job:
        """The job as of now: with no worker nobody writes that it is lost, or why it waits, so readers work it out."""
        silence = self._clock() - (job.heartbeat_at or job.created_at)
        if job.state == "running" and silence > self._patience:
            return replace(job, state=LOST.state, message=LOST.message, hint=LOST.hint)
        if job.state == "queued" and silence > self._patience:
            waiting = "Still waiting: every worker is busy, or none is running."
            return replace(job, message=waiting, hint="`python -m dashapp worker` starts one.")
        return job


def _shared(reader: Principal) -> list[str]:
    """Kinds of jobs that are no secret of their owner for this reader."""
    return [name for name, kind in kinds().items() if kind.is_shared] if reader.may(SEES_SHARED) else []
