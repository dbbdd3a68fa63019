"""Runs on the data page: the form that starts one, the live line of the present one, the list, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.services.access import Principal
from dashapp.store.jobs import Job, Line
from dashapp.store.publish import Published
from dashapp.web import format as fmt
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, button, data_table, disclosure, field, icon, link
from dashapp.web.components.ids import ids
from dashapp.web.components.run_parts import badge, title, took

SOURCE, PATH, FORCE, START, CANCEL, SEQ, ROLLBACK, KNOWN = ids(
    "data", "source", "path", "force", "start", "cancel", "seq", "rollback", "known-sources"
)
LOG_LINES = 200
LOOKS = ("profile", "plan")
"Kinds of jobs that only look at a file: steps of an import, and no runs."


def active(jobs: Sequence[Job]) -> Job | None:
    """The job to watch: the running one, else the oldest that waits."""
    waiting = [job for job in reversed(jobs) if not job.over]
    return next((job for job in waiting if job.state == "running"), waiting[0] if waiting else None)


def refresh_form(reader: Principal, known_sources: Sequence[str]) -> Component:
    """The form; who may not refresh reads who can."""
    if not reader.may("refresh:run"):
        return html.P("Operators can load new data here.", className="hint")
    source = dbc.Input(id=SOURCE, type="text", placeholder="as last time", list=KNOWN, maxLength=60)
    path = dbc.Input(id=PATH, type="text", placeholder="file or folder in the inbox", maxLength=400)
    force = dbc.Checklist(id=FORCE, options=[{"value": "force", "label": "Build even if nothing changed"}], value=[])
    upload = link([icon("upload"), html.Span("Import a file")], "/import", className="btn btn-primary")
    return html.Div(
        [
            html.P(["A file from your computer: ", upload], className="import-here"),
            html.P("Or what the server reaches by itself:", className="hint"),
            html.Datalist([html.Option(value=name) for name in known_sources], id=KNOWN),
            field("Source", source, "Empty means the source that was loaded last."),
            field(
                "Path", path, "Only for sources that read files, relative to the inbox folder of the data directory."
            ),
            force,
            button("Refresh", "secondary", "arrow-clockwise", id=START),
        ],
        className="refresh-form",
    )


def progress(job: Job | None, log: Sequence[Line], now: datetime) -> Component:
    """The watched job: step, share done, what it says, its log; a sentence when nothing runs."""
    if job is None:
        return html.P("Nothing is running.", className="hint")
    share = round(job.fraction * 100)
    bar = html.Progress(
        value=str(share),
        max="100",
        className="run-bar",
        **attrs(aria_label=f"{job.kind}: {fmt.percent(job.fraction, 0)} done"),
    )
    waits = job.state == "queued"
    words = "Waiting for the worker" if waits else job.step or "Starting"
    line = html.P(
        [
            html.Strong(words),
            f" · {fmt.percent(job.fraction, 0)} · started {fmt.ago(job.started_at or job.created_at, now)} "
            f"by {job.owner_name}",
        ]
    )
    return html.Div([line, bar, html.P(job.message, className="hint"), _log(log)], className="run-live", role="status")


def _log(log: Sequence[Line]) -> Any:
    tail = "\n".join(f"{line.written_at:%H:%M:%S}  {line.text}" for line in log[-LOG_LINES:])
    return disclosure("Log", html.Pre(tail, className="run-log")) if tail else ""


def run_list(jobs: Sequence[Job], now: datetime) -> Component:
    """The latest jobs that change the data, newest first."""
    if not (jobs := [job for job in jobs if job.kind not in LOOKS]):
        return states.empty("No run has been started here.", "Runs from the command line show up as snapshots below.")
    rows = [
        {
            "Run": link(f"{job.id} {title(job)}", f"/data?run={job.id}"),
            "State": badge(job.state),
            "Started by": job.owner_name,
            "When": fmt.ago(job.started_at or job.created_at, now),
            "Took": took(job),
            **_counts(job),
            "Result": _result(job),
        }
        for job in jobs
    ]
    return data_table(pd.DataFrame(rows).astype({"Accepted": float, "Rejected": float}), "Latest runs")


def _counts(job: Job) -> dict[str, Any]:
    """Rows of all the run's snapshot stands on, where the run told them."""
    counts = (job.result or {}).get("counts") or {}
    named = {"Accepted": "accepted_lines", "Rejected": "rejected_lines"}
    return {name: counts.get(key) for name, key in named.items()}


def _result(job: Job) -> str:
    if job.state == "failed":
        return " ".join(part for part in (job.message, job.hint) if part)
    return str((job.result or {}).get("snapshot_id") or job.message)


def snapshots(history: Sequence[Published], current: int, reader: Principal) -> Component:
    """Every kept snapshot, and the way back to one for those who may."""
    rows = [
        {
            "Snapshot": entry.snapshot_id + (" (current)" if entry.seq == current else ""),
            "Published, UTC": fmt.moment(datetime.fromisoformat(entry.published_at[:16])),
            "Source": entry.source,
            "Deliveries": entry.batches,
            "Customers": entry.customers,
            "By": entry.actor,
        }
        for entry in sorted(history, key=lambda entry: -entry.seq)
    ]
    table = data_table(pd.DataFrame(rows), "Kept snapshots")
    others = {str(entry.seq): entry.snapshot_id for entry in reversed(history) if entry.seq != current}
    if not others or not reader.may("snapshots:rollback"):
        return table
    return html.Div([table, _way_back(others)])


def _way_back(others: dict[str, str]) -> Component:
    """Two steps on purpose: open, then confirm. Nothing is lost: the present snapshot stays in the list."""
    options = [{"value": seq, "label": name} for seq, name in others.items()]
    choice = dbc.Select(id=SEQ, options=options, value=next(iter(others)))
    words = html.P("Everybody sees the chosen snapshot from then on. The present one is kept and can be chosen again.")
    confirm = button("Make it current", "danger", id=ROLLBACK)
    return disclosure("Roll back", [words, field("Snapshot", choice), confirm], className="roll-back")
