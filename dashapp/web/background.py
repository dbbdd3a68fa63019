"""Dash background callbacks that start no process for a known answer, share one, and never end silently.

A page declares a `Computation` and registers a *plan* with it through the door:

    @door.background(*outputs, *inputs, cancel=[...], **RECOMPUTE.options(progress=[...]))
    @RECOMPUTE.planned
    def plan(*inputs) -> Plan: ...

The plan runs in the web process and only reads its inputs; the work runs in a process of its own; `show` and `failed`
turn what came of it into the callback's outputs, again in the web process. The handles Dash gives to the browser are
tickets of the reader's session: for anybody else they do not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import dash
import flask
from dash import DiskcacheManager, Output

from dashapp.errors import InputError, JobLost, NotFound, TenureError, Throttled, TooManyJobs
from dashapp.services.computations import Computations, Request
from dashapp.store.results import ResultStore

INTERVAL_MS = 400
"How often the browser asks."


class Viewer(Protocol):
    """Who asks: the part of a principal that matters here."""

    @property
    def session_hash(self) -> str: ...

    @property
    def scope(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a callback wants computed."""

    arguments: dict[str, Any]
    snapshot_id: str


@dataclass(frozen=True, slots=True)
class Computation:
    """How a background callback is computed and shown. `show` and `failed` give one value per output."""

    name: str
    "Unique; letters, digits and hyphens."
    function: str
    "`module:name` of the function the process runs: (arguments, progress, settings) -> JSON."
    show: Callable[[Any], Sequence[Any]]
    failed: Callable[[TenureError], Sequence[Any]]
    progress: Callable[[float, str], Sequence[Any]]
    "(share done, step) -> one value per progress output."

    def planned(self, plan: Callable[..., Plan]) -> Callable[..., Plan]:
        """Mark `plan` as the callback of this computation."""
        plan.computation = self  # type: ignore[attr-defined]
        return plan

    def options(self, progress: Sequence[Output]) -> dict[str, Any]:
        """The arguments of a background callback beside outputs, inputs and `cancel`."""
        return {
            "progress": list(progress),
            "interval": INTERVAL_MS,
            "on_error": self._answer,
            "prevent_initial_call": True,
        }

    def _answer(self, error: Exception) -> Any:
        """Turn what ended the start of a callback into its outputs. What is no answer is raised on."""
        if isinstance(error, _Answered):
            return error.values
        if isinstance(error, (InputError, TooManyJobs, Throttled)):
            return list(self.failed(error))
        raise error


class _Answered(Exception):
    """The answer is known; Dash needs no process and no poll."""

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__()
        self.values = list(values)


class _Key(str):
    """The key Dash hands back within the request that starts a job, with the request it stands for."""

    __slots__ = ("request",)
    request: Request


class JobManager(DiskcacheManager):
    """Dash's protocol on top of `Computations`. Nothing here waits, forks or unpickles."""

    def __init__(self, results: ResultStore, computations: Computations, viewer: Callable[[], Viewer]) -> None:
        """`viewer` names who is asking, from the request."""
        self._known: dict[str, Computation] | None = None  # Dash replays every other app's callbacks: not ours
        super().__init__(results.cache)  # type: ignore[no-untyped-call]
        self._known = {}
        self._computations = computations
        self._viewer = viewer

    def make_job_fn(self, fn: Any, progress: bool, key: str | None = None) -> Any:
        """Take note of a callback. Two apps in one process announce theirs to each other: the first, ours, counts."""
        computation = getattr(fn, "computation", None)
        if self._known is not None and computation is not None:
            self._known.setdefault(computation.name, computation)
        return fn

    def build_cache_key(self, fn: Any, args: Any, cache_args_to_ignore: Any, triggered: Any) -> str:
        """Plan the work. Raises the way out when the answer is already stored."""
        computation: Computation = fn.computation
        plan: Plan = fn(**args) if isinstance(args, dict) else fn(*args)
        request = Request(computation.function, plan.arguments, plan.snapshot_id, self._viewer().scope)
        known = self._computations.result(request)
        if known is not None:
            raise _Answered(computation.show(known))
        key = _Key(f"{computation.name}.{request.key}")
        key.request = request
        return key

    def call_job_fn(self, key: Any, job_fn: Any, args: Any, context: Any) -> str:
        """Start or join the work; the ticket is Dash's job handle."""
        return self._computations.join(key.request, self._viewer().session_hash)

    def get_progress(self, key: str) -> list[Any]:
        computation, asked = self._read(key)
        return list(computation.progress(*self._computations.progress(asked)))

    def get_result(self, key: str, job: str | None) -> Any:
        """The outputs, or UNDEFINED while the work goes on. Raises NotFound for a stranger's ticket."""
        computation, asked = self._read(key)
        look = self._computations.look(job or "", self._viewer().session_hash, asked)
        if look.state == "running":
            return self.UNDEFINED
        return list(computation.show(look.result) if look.state == "done" else computation.failed(look.error))

    def job_running(self, job: str) -> bool:
        """True for any valid handle: what became of it is `get_result`'s to say, not the state of a process."""
        return True

    def terminate_job(self, job: str | None) -> None:
        """This reader no longer waits."""
        if job is not None:
            self._computations.leave(job, self._viewer().session_hash)

    def terminate_unhealthy_job(self, job: str) -> bool:
        return False

    def get_updated_props(self, key: str | None) -> dict[str, dict[str, Any]]:
        """Nothing, unless the handle was not signed by this server for this page: then the outputs say so."""
        if key is not None:
            return {}
        app: dash.Dash = dash.get_app()  # type: ignore[no-untyped-call]
        callback = app.callback_map[flask.request.get_json()["output"]]
        outputs = callback["output"] if isinstance(callback["output"], (list, tuple)) else [callback["output"]]
        lost = JobLost("The server was restarted while this was computed.", "Load the page again, then repeat it.")
        updates: dict[str, dict[str, Any]] = {}
        for output, value in zip(outputs, callback["callback"].computation.failed(lost), strict=True):
            if value is not dash.no_update:
                updates.setdefault(output.component_id, {})[output.component_property] = value
        return updates

    def _read(self, key: str) -> tuple[Computation, str]:
        name, _, asked = key.partition(".")
        if not self._known or name not in self._known:
            raise NotFound("There is no such computation.")
        return self._known[name], asked
