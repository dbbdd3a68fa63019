"""The worker: takes durable jobs one at a time and runs each as a process of its own, watched from start to end.

While a job runs it writes a heartbeat every two seconds; a job without one is lost. It cannot outlive its worker
(`services.guard`). Any number of workers may run, on several machines when they share the state database.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import threading
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from dashapp.errors import NotAllowed, StateUnavailable, TenureError
from dashapp.logs import get_logger
from dashapp.services import export_files
from dashapp.services.access import Principal, Role, require
from dashapp.services.child import Child
from dashapp.services.job_kind import JobKind
from dashapp.services.job_kind import kind as kind_of
from dashapp.services.jobs import LOST
from dashapp.services.report import Report
from dashapp.services.schedules import Schedules
from dashapp.services.uploads import Uploads
from dashapp.settings import Settings
from dashapp.store import accounts, state
from dashapp.store import jobs as rows
from dashapp.store.jobs import Ending, Job
from dashapp.store.journal import Journal
from dashapp.store.state import Clock, now, reading, writing

POLL_SECONDS = 0.5
SCHEDULE_SECONDS = 5.0
"How often schedules are looked at; the finest of them is a minute."
HEARTBEAT_SECONDS = 2.0
PROGRESS_SECONDS = 0.5
"Progress is written no more often than this."
GRACE_SECONDS = 10.0
"How long a job may tidy up after SIGTERM before it is killed."
TIDY_SECONDS = 600.0
"How often uploads and exports that have expired are removed."
SAVE_SECONDS = 60.0
"How long an ending is tried to be written while the state database is unavailable."

CANCELLED = Ending("cancelled", "Cancelled.", "Nothing was published.")
WORKER_STOPPED = Ending("cancelled", "The worker was stopped in the middle of this job.", "Start the job again.")

log = get_logger(__name__)


def run(settings: Settings, stop: threading.Event, clock: Clock = now) -> None:
    """Work until `stop` is set; a running job is then ended cleanly. To be called in a main thread."""
    engine = state.open(settings)
    worker = Worker(settings, engine, Journal.open(settings, engine, clock), clock)
    log.info("worker started", worker=worker.name)
    while not stop.is_set():
        if not worker.step(stop):
            stop.wait(POLL_SECONDS)
    log.info("worker stopped", worker=worker.name)


class Worker:
    """One worker process."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._settings, self._engine, self._journal, self._clock = settings, engine, journal, clock
        self._schedules = Schedules(settings, engine, journal, clock)
        self._looked_at = float("-inf")
        self.name = f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._uploads = Uploads(settings, engine, journal, clock)
        self._tidied_at = -TIDY_SECONDS

    def step(self, stop: threading.Event) -> bool:
        """Mark lost jobs, run one if there is one. Returns whether there was."""
        try:
            self._mark_lost()
            self._tidy()
            self._ask_schedules()
            job = self._claim()
        except StateUnavailable as error:
            log.warning("worker waits for the state database", reason=error.message)
            return False
        if job is None:
            return False
        log.info("job started", job_id=job.id, kind=job.kind)
        ending = self._run(job, stop)
        if ending:
            self._save(job, ending)
        return True

    def _ask_schedules(self) -> None:
        if time.monotonic() - self._looked_at >= SCHEDULE_SECONDS:
            self._looked_at = time.monotonic()
            self._schedules.ask()

    def _claim(self) -> Job | None:
        with reading(self._engine) as connection:
            if not rows.any_queued(connection):
                return None
        with writing(self._engine) as connection:
            return rows.claim(connection, self.name, self._clock())

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied_at >= TIDY_SECONDS:
            self._tidied_at = time.monotonic()
            self._uploads.sweep()
            export_files.sweep(self._settings, self._clock())

    def _mark_lost(self) -> None:
        before = self._clock() - timedelta(seconds=self._settings.job_lost_after_seconds)
        with reading(self._engine) as connection:
            if not rows.silent(connection, before):
                return
        with writing(self._engine) as connection:
            for job in rows.silent(connection, before):
                rows.end(connection, job, LOST, self._clock())
                self._note(connection, job, LOST)

    def _run(self, job: Job, stop: threading.Event) -> Ending | None:
        """Run the job to its end. None when it is no longer ours."""
        try:
            kind = self._permitted(job)
            command = kind.command(job.arguments, self._settings)
        except TenureError as error:
            return Ending("failed", error.message, error.hint)
        told, given = environment(self._settings, f"user:{job.owner_name}"), self._settings
        child = Child(command, told, given.job_memory_mb, given.job_cpu_minutes)
        try:
            return _Watch(self._engine, self._clock, job, child, Report(kind.steps)).to_end(stop)
        finally:
            child.close()

    def _permitted(self, job: Job) -> JobKind:
        """The kind of the job, if its owner may still ask for it: rights can be lost while a job waits."""
        kind = kind_of(job.kind)
        with reading(self._engine) as connection:
            owner = accounts.by_id(connection, job.owner_id)
            if owner is None or not owner.enabled:
                raise NotAllowed("The account this job belongs to is disabled.", "Somebody else can start it.")
            principal = Principal(owner.user_id, owner.user_name, Role(owner.role), "")
            require(principal, kind.permission)
            if kind.check:
                kind.check(connection, job.arguments, principal)
        return kind

    def _save(self, job: Job, ending: Ending) -> None:
        """Write the ending, trying again while the database is unavailable: the work has been done."""
        deadline = time.monotonic() + SAVE_SECONDS
        while True:
            try:
                with writing(self._engine) as connection:
                    if rows.end(connection, job, ending, self._clock()):
                        self._note(connection, job, ending)
                log.info("job ended", job_id=job.id, state=ending.state)
                return
            except StateUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)

    def _note(self, connection: Any, job: Job, ending: Ending) -> None:
        detail = {"kind": job.kind, "state": ending.state, "message": ending.message}
        result = "ok" if ending.state == "done" else ending.state
        self._journal.append_in(connection, "job:ended", f"user:{job.owner_name}", f"job:{job.id}", detail, "", result)


class _Watch:
    """One job while it runs."""

    def __init__(self, engine: Engine, clock: Clock, job: Job, child: Child, report: Report) -> None:
        self._engine, self._clock, self._job, self._child, self._report = engine, clock, job, child, report
        self._written_at = time.monotonic()
        self._written = report.progress
        self._stopping: Ending | None = None
        self._kill_at = float("inf")
        self._ours = True

    def to_end(self, stop: threading.Event) -> Ending | None:
        """Follow the job until it has ended; stop it when asked to. None when it is no longer ours."""
        while self._ours and not self._child.ended():
            self._report.take(self._child.read(PROGRESS_SECONDS))
            if stop.is_set():
                self._stop(WORKER_STOPPED)
            if time.monotonic() > self._kill_at:
                self._child.signal(signal.SIGKILL)
            if self._due():
                self._beat()
        if not self._ours:
            log.warning("job was given up by another worker", job_id=self._job.id)
            return None
        self._report.take(self._child.rest())
        self._beat()
        ending = self._report.ending(self._child.close())
        return self._stopping if self._stopping and ending.state != "done" else ending

    def _stop(self, ending: Ending) -> None:
        if self._stopping is None:
            self._stopping = ending
            self._kill_at = time.monotonic() + GRACE_SECONDS
            self._child.signal(signal.SIGTERM)

    def _due(self) -> bool:
        elapsed = time.monotonic() - self._written_at
        return elapsed >= HEARTBEAT_SECONDS or (elapsed >= PROGRESS_SECONDS and self._written != self._report.progress)

    def _beat(self) -> None:
        """Write heartbeat, progress and log; learn whether to stop. An unavailable database is waited out."""
        self._written_at, self._written = time.monotonic(), self._report.progress
        try:
            with writing(self._engine) as connection:
                held = rows.beat(connection, self._job, self._report.progress, self._clock())
                first, lines = self._report.fresh_lines()
                if held:
                    rows.add_lines(connection, self._job.id, first, lines, self._clock())
        except StateUnavailable as error:
            log.warning("heartbeat could not be written", job_id=self._job.id, reason=error.message)
            return
        self._report.kept(len(lines))
        self._ours = held is not None
        if held and held.cancel_requested_at:
            self._stop(CANCELLED)


def environment(settings: Settings, actor: str) -> dict[str, str]:
    """What a job's process is told: our environment, the settings as they are in force here, and for whom it works."""
    in_force = {}
    for name in settings.model_fields_set | {"data_dir"}:
        value = getattr(settings, name)
        text = json.dumps(value) if isinstance(value, tuple | bool) else str(value)
        in_force[f"TENURE_{name.upper()}"] = text
    return {**os.environ, **in_force, "TENURE_ACTOR": actor}
