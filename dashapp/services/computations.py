"""Who waits for which computation: stored results are served, equal questions share a process, the dead are named.

All state lies in the result store, so any web process may start, watch or end what another one started:
`result/<key>` the answer, `error/<key>` why there is none, `progress/<key>`, `job/<key>` the process and its viewers,
`ticket/<id>` one reader's place in the queue, `running` the keys of all processes.
The process itself is dashapp/services/compute_process.py; it ends by itself when nobody has looked for a while.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
import psutil

import dashapp
from dashapp.errors import JobCancelled, JobLost, NotFound, TenureError, TooManyJobs
from dashapp.logs import get_logger
from dashapp.settings import Settings
from dashapp.store.results import ResultStore, result_key

log = get_logger(__name__)

ABANDONED_SECONDS = 90.0
"A process nobody has asked for this long ends itself. Browsers let a hidden tab ask once a minute."
SEEN_SECONDS = 5.0
"A viewer's last look is written down no more often than this."
SHORT_LIVED_SECONDS = 3600.0
"Tickets, progress and errors are forgotten after this."

_PACKAGE_PARENT = Path(dashapp.__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Request:
    """A question whose answer depends on nothing else, which makes it the key of the answer."""

    function: str
    "`module:name` of a function (arguments, progress, settings) -> JSON value."
    arguments: dict[str, Any]
    "Plain JSON."
    snapshot_id: str
    scope: str
    "What the reader may see; readers of one scope share results."

    @property
    def key(self) -> str:
        return result_key(self.function, self.arguments, self.snapshot_id, self.scope)


@dataclass(frozen=True, slots=True)
class Look:
    """What became of a computation, as one reader sees it."""

    state: Literal["running", "done", "failed"]
    fraction: float = 0.0
    step: str = ""
    result: Any = None
    error: TenureError = field(default_factory=lambda: TenureError(""))


class Computations:
    """Starts, shares, watches and ends computations."""

    def __init__(self, results: ResultStore, settings: Settings) -> None:
        self._results = results
        self._settings = settings

    def result(self, request: Request) -> Any | None:
        """The stored answer, or None."""
        stored = self._results.get(f"result/{request.key}")
        return stored["value"] if stored else None

    def join(self, request: Request, owner: str) -> str:
        """A ticket for the answer; a process is started unless one is at it. Raises TooManyJobs."""
        ticket = secrets.token_hex(16)
        with self._results.locked():
            if self.result(request) is None:
                job = self._unfinished_job(request.key) or self._start(request)
                self._keep_job(request.key, job["viewers"] | {ticket: time.monotonic()}, job)
            self._keep(f"ticket/{ticket}", {"owner": owner, "key": request.key, "cancelled": False})
        return ticket

    def look(self, ticket: str, owner: str, key: str) -> Look:
        """Raises NotFound when the ticket is not this owner's, or for something else than `key`."""
        place = self._place(ticket, owner)
        if place is None:
            return _failed(JobLost("This computation is no longer known.", "Start it again."))
        if place["cancelled"]:
            return _failed(JobCancelled("Cancelled."))
        if place["key"] != key:
            raise NotFound("There is no such computation.")
        return self._outcome(key) or self._watched(key, ticket) or self._outcome(key) or _failed(_killed())

    def leave(self, ticket: str, owner: str) -> None:
        """Stop waiting; the last to leave ends the process. A ticket of somebody else is left alone."""
        try:
            place = self._place(ticket, owner)
        except NotFound:
            return
        if place is None or self._outcome(place["key"]):
            return
        with self._results.locked():
            self._keep(f"ticket/{ticket}", place | {"cancelled": True})
            job = self._results.get(f"job/{place['key']}")
            if job and ticket in job["viewers"]:
                self._remove_viewer(place["key"], job, ticket)

    def progress(self, key: str) -> tuple[float, str]:
        """Share done (0 to 1) and the step at work."""
        known = self._results.get(f"progress/{key}") or {}
        return known.get("fraction", 0.0), known.get("step", "")

    def _place(self, ticket: str, owner: str) -> dict[str, Any] | None:
        place: dict[str, Any] | None = self._results.get(f"ticket/{ticket}")
        if place and not secrets.compare_digest(place["owner"].encode(), owner.encode()):
            raise NotFound("There is no such computation.")
        return place

    def _outcome(self, key: str) -> Look | None:
        if stored := self._results.get(f"result/{key}"):
            return Look("done", 1.0, result=stored["value"])
        if error := self._results.get(f"error/{key}"):
            return _failed(TenureError(error["message"], error["hint"]))
        return None

    def _watched(self, key: str, ticket: str) -> Look | None:
        """The running process as seen now, its viewer noted; None when there is no live process."""
        job = self._live_job(key)
        if job is None:
            return None
        if time.monotonic() - job["viewers"].get(ticket, 0.0) > SEEN_SECONDS:
            self._note_viewer(key, ticket)
        return Look("running", *self.progress(key))

    def _note_viewer(self, key: str, ticket: str) -> None:
        with self._results.locked():
            if job := self._live_job(key):
                self._keep_job(key, job["viewers"] | {ticket: time.monotonic()}, job)

    def _remove_viewer(self, key: str, job: dict[str, Any], ticket: str) -> None:
        viewers = {other: seen for other, seen in job["viewers"].items() if other != ticket}
        if viewers:
            self._keep_job(key, viewers, job)
            return
        if _is_alive(job):
            os.killpg(job["pid"], signal.SIGKILL)
        self._results.drop(f"job/{key}")

    def _start(self, request: Request) -> dict[str, Any]:
        running = [key for key in self._results.get("running") or [] if self._unfinished_job(key)]
        if len(running) >= self._settings.computations_limit:
            raise TooManyJobs("Other computations are running.", "Try again when one has finished.")
        self._results.drop(f"error/{request.key}")
        self._keep(f"progress/{request.key}", {"fraction": 0.0, "step": "Starting"})
        job = self._spawn(request)
        self._keep("running", [*running, request.key])
        return job

    def _spawn(self, request: Request) -> dict[str, Any]:
        order = {
            "function": request.function,
            "arguments": request.arguments,
            "key": request.key,
            "settings": self._settings.model_dump(mode="json"),
            "cache_key": self._results.key.hex(),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "dashapp.services.compute_process"],
            stdin=subprocess.PIPE,
            cwd=_PACKAGE_PARENT,
            start_new_session=True,  # its own group, so that cancelling ends whatever it started
        )
        job = {"pid": process.pid, "born": psutil.Process(process.pid).create_time(), "viewers": {}}
        threading.Thread(target=_accompany, args=(process, orjson.dumps(order)), daemon=True).start()
        return job

    def _live_job(self, key: str) -> dict[str, Any] | None:
        job: dict[str, Any] | None = self._results.get(f"job/{key}")
        return job if job and _is_alive(job) else None

    def _unfinished_job(self, key: str) -> dict[str, Any] | None:
        """A live process that has not said its last word; one that has is only leaving."""
        return None if self._outcome(key) else self._live_job(key)

    def _keep_job(self, key: str, viewers: dict[str, float], job: dict[str, Any]) -> None:
        self._keep(f"job/{key}", job | {"viewers": viewers})

    def _keep(self, key: str, value: Any) -> None:
        self._results.put(key, value, SHORT_LIVED_SECONDS)


def is_abandoned(job: dict[str, Any] | None) -> bool:
    """True when nobody has looked at the job for too long."""
    return job is not None and all(time.monotonic() - seen > ABANDONED_SECONDS for seen in job["viewers"].values())


def _accompany(process: subprocess.Popen[bytes], order: bytes) -> None:
    """Hand over the order and wait, so that the process never stays behind as a zombie."""
    process.communicate(order)
    if process.returncode:
        log.warning("computation ended", pid=process.pid, exit_code=process.returncode)


def _is_alive(job: dict[str, Any]) -> bool:
    try:
        process = psutil.Process(job["pid"])
        return bool(process.create_time() == job["born"] and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _failed(error: TenureError) -> Look:
    return Look("failed", error=error)


def _killed() -> JobLost:
    return JobLost(
        "The computation ended without a result: the system stopped its process.",
        "Usually memory ran out. Choose fewer customers or try again.",
    )
