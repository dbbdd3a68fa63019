"""Durable jobs as rows: queued, claimed by exactly one worker, kept alive by a heartbeat, ended once."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from dashapp.store.tables import job_lines, jobs

UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of durable work."""

    id: int
    kind: str
    arguments: dict[str, Any]
    owner_id: int
    owner_name: str
    state: str
    "queued, running, done, failed, cancelled or lost."
    fraction: float
    "0 to 1."
    step: str
    message: str
    hint: str
    result: dict[str, Any] | None
    attempts: int
    worker: str
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    cancel_requested_at: datetime | None
    finished_at: datetime | None

    @property
    def over(self) -> bool:
        return self.state not in UNFINISHED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a job's log."""

    number: int
    written_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job says it is."""

    fraction: float
    step: str
    message: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended."""

    state: str
    message: str
    hint: str = ""
    result: dict[str, Any] | None = None


def add(
    connection: Connection, kind: str, arguments: dict[str, Any], owner: tuple[int, str], key: str | None, at: datetime
) -> Job:
    """A new queued job. `owner` is number and name of the account."""
    values = {
        "kind": kind,
        "arguments": json.dumps(arguments, sort_keys=True),
        "owner_id": owner[0],
        "owner_name": owner[1],
        "idempotency_key": key,
        "state": "queued",
        "fraction": 0.0,
        "attempts": 0,
        "created_at": at,
    }
    blank = dict.fromkeys(("step", "message", "hint", "worker"), "")
    return _job(connection.execute(insert(jobs).values(values | blank).returning(jobs)).mappings().one())


def find(connection: Connection, job_id: int) -> Job | None:
    """The job of that number."""
    row = connection.execute(select(jobs).where(jobs.c.job_id == job_id)).mappings().one_or_none()
    return _job(row) if row else None


def find_key(connection: Connection, kind: str, owner_id: int, key: str) -> Job | None:
    """The job this owner asked for under this idempotency key."""
    same = (jobs.c.kind == kind) & (jobs.c.owner_id == owner_id) & (jobs.c.idempotency_key == key)
    row = connection.execute(select(jobs).where(same)).mappings().one_or_none()
    return _job(row) if row else None


def recent(
    connection: Connection, limit: int, owner_id: int | None = None, shared: Collection[str] = ()
) -> tuple[Job, ...]:
    """The newest jobs first; of one owner and of the kinds in `shared`, or of all."""
    query = select(jobs).order_by(jobs.c.job_id.desc()).limit(limit)
    if owner_id is not None:
        query = query.where(or_(jobs.c.owner_id == owner_id, jobs.c.kind.in_(shared)))
    return tuple(_job(row) for row in connection.execute(query).mappings())


def unfinished(connection: Connection, owner_id: int) -> tuple[Job, ...]:
    """What this owner has queued or running."""
    query = select(jobs).where(jobs.c.owner_id == owner_id, jobs.c.state.in_(UNFINISHED))
    return tuple(_job(row) for row in connection.execute(query).mappings())


def any_queued(connection: Connection) -> bool:
    """Whether there is something to claim; asked without the write lock, several times a second."""
    return connection.execute(select(jobs.c.job_id).where(jobs.c.state == "queued").limit(1)).first() is not None


def claim(connection: Connection, worker: str, at: datetime) -> Job | None:
    """Take the oldest queued job. The transaction of `state.writing` sees to it that no other worker gets the same."""
    oldest = select(func.min(jobs.c.job_id)).where(jobs.c.state == "queued").scalar_subquery()
    values = {"state": "running", "worker": worker, "started_at": at, "heartbeat_at": at}
    query = update(jobs).where(jobs.c.job_id == oldest, jobs.c.state == "queued").values(values)
    row = connection.execute(query.values(attempts=jobs.c.attempts + 1).returning(jobs)).mappings().one_or_none()
    return _job(row) if row else None


def beat(connection: Connection, job: Job, progress: Progress, at: datetime) -> Job | None:
    """Say that the job lives and how far it is. None when it is no longer this worker's."""
    values = {"fraction": progress.fraction, "step": progress.step[:120], "message": progress.message}
    query = update(jobs).where(_held(job)).values(values | {"heartbeat_at": at}).returning(jobs)
    row = connection.execute(query).mappings().one_or_none()
    return _job(row) if row else None


def end(connection: Connection, job: Job, ending: Ending, at: datetime) -> bool:
    """End a job its worker holds. False when it is no longer this worker's."""
    done = ending.state == "done"
    values = {
        "state": ending.state,
        "message": ending.message,
        "hint": ending.hint,
        "result": json.dumps(ending.result) if ending.result is not None else None,
        "finished_at": at,
    } | ({"fraction": 1.0} if done else {})
    return connection.execute(update(jobs).where(_held(job)).values(values)).rowcount == 1


def request_cancel(connection: Connection, job_id: int, at: datetime) -> None:
    """A queued job is cancelled at once; a running one by its worker, which looks at every heartbeat."""
    queued = (jobs.c.job_id == job_id) & (jobs.c.state == "queued")
    values = {"state": "cancelled", "message": "Cancelled before it started.", "finished_at": at}
    connection.execute(update(jobs).where(queued).values(values))
    running = (jobs.c.job_id == job_id) & (jobs.c.state == "running") & jobs.c.cancel_requested_at.is_(None)
    connection.execute(update(jobs).where(running).values(cancel_requested_at=at))


def silent(connection: Connection, before: datetime) -> tuple[Job, ...]:
    """Running jobs whose last heartbeat is older than a moment."""
    query = select(jobs).where(jobs.c.state == "running", jobs.c.heartbeat_at < before)
    return tuple(_job(row) for row in connection.execute(query).mappings())


def add_lines(connection: Connection, job_id: int, first: int, texts: Sequence[str], at: datetime) -> None:
    """Add log lines, numbered from `first`."""
    rows = [{"job_id": job_id, "number": first + n, "written_at": at, "text": text} for n, text in enumerate(texts)]
    if rows:
        connection.execute(insert(job_lines), rows)


def lines(connection: Connection, job_id: int, after: int = 0) -> tuple[Line, ...]:
    """The log of a job, from the line behind `after`."""
    columns = (job_lines.c.number, job_lines.c.written_at, job_lines.c.text)
    query = select(*columns).where(job_lines.c.job_id == job_id, job_lines.c.number > after)
    return tuple(Line(**row) for row in connection.execute(query.order_by(job_lines.c.number)).mappings())


def _held(job: Job) -> Any:
    """A job runs once, in one worker; when it is no longer running, somebody gave it up for lost."""
    return (jobs.c.job_id == job.id) & (jobs.c.state == "running")


def _job(row: RowMapping) -> Job:
    values = {name: row[name] for name in row if name not in ("job_id", "arguments", "result", "idempotency_key")}
    result = json.loads(row["result"]) if row["result"] else None
    return Job(id=row["job_id"], arguments=json.loads(row["arguments"]), result=result, **values)
