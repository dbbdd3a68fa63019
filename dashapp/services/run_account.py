"""What one run did, as its job tells it: steps, rows, findings, key figures before and after.

A job that ended tells it in its result. For one that is running, or was cancelled or lost, the steps are read from the
times of its log, which are right to about two seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashapp.charts.kit.gantt import Span
from dashapp.services.job_kind import kinds
from dashapp.store.jobs import Job, Line


@dataclass(frozen=True, slots=True)
class RunAccount:
    """The account of a job; empty parts where it has none."""

    spans: tuple[Span, ...]
    exact: bool
    "False: read from the times of the log."
    source: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    "`seq` and `snapshot_id` of the snapshots that were current before and after."
    rows: Sequence[dict[str, Any]] = field(default=())
    "entity, files, new, rows, accepted, rejected"
    passed: int = 0
    findings: Sequence[dict[str, Any]] = field(default=())
    "check_id, title, severity, status, offending_rows, checked_rows, amount, customers"
    headlines: Sequence[dict[str, Any]] = field(default=())
    "name, before, after; null where it is not known"

    @property
    def published(self) -> bool:
        return self.after is not None and self.after != self.before


def account(job: Job, log: Sequence[Line], now: datetime) -> RunAccount:
    """What is known of the run by now."""
    told = (job.result or {}).get("run") or {}
    steps = [Span(step["name"], step["started"], step["ended"], step["message"]) for step in told.get("steps", ())]
    if not steps:
        return RunAccount(spans_of_log(job, log, now), exact=False)
    parts = ("source", "before", "after", "rows", "passed", "findings", "headlines")
    return RunAccount(tuple(steps), exact=True, **{name: told[name] for name in parts if name in told})


def spans_of_log(job: Job, log: Sequence[Line], now: datetime) -> tuple[Span, ...]:
    """The steps as the lines of the log begin with their names; the last one reaches to the end, or to now."""
    known = kinds()[job.kind].steps if job.kind in kinds() else ()
    if job.started_at is None:
        return ()
    spans: list[Span] = []
    for line in log:
        name, sign, message = line.text.partition(": ")
        if not sign or name not in known:
            continue
        at = (line.written_at - job.started_at).total_seconds()
        if spans and spans[-1].name == name:
            spans[-1] = Span(name, spans[-1].started, at, message)
        else:
            spans[-1:] = [*(Span(last.name, last.started, at, last.message) for last in spans[-1:])]
            spans.append(Span(name, at, at, message))
    last = ((job.finished_at or job.heartbeat_at if job.over else now) or now) - job.started_at
    return tuple(spans[:-1]) + tuple(Span(s.name, s.started, last.total_seconds(), s.message) for s in spans[-1:])
