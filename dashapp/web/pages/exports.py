"""/exports: the files that were made for me, until they expire, and those that are being made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.services.export_files import Kept
from dashapp.store.jobs import Job
from dashapp.web import format as fmt
from dashapp.web import identity
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, icon
from dashapp.web.components.facts import card
from dashapp.web.components.ids import ids
from dashapp.web.components.stored import size
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

BODY, TICK, SEEN = ids("exports", "body", "tick", "seen")
TICK_MS = 2000
LISTED_JOBS = 10


def layout(**_: Any) -> Component:
    return html.Div(
        [
            html.Div(id=BODY, role="status", className="page-stack"),
            dcc.Store(id=SEEN),
            dcc.Interval(id=TICK, interval=TICK_MS),
        ],
        className="page-stack",
    )


def show(files: list[Kept], jobs: list[Job], now: datetime, keep_hours: float) -> list[Component]:
    """What is being made, what is ready, and what did not come to be."""
    making = [job for job in jobs if not job.over]
    fallen = [job for job in jobs[:LISTED_JOBS] if job.over and job.state != "done"]
    hint = f"A file is yours alone and is removed {keep_hours:g} hours after it was made."
    ready = [_table(files, now)] if files else [states.empty("No file is waiting for you.", hint)]
    parts = [card("Being made", *map(_job, making))] if making else []
    parts.append(card("Ready", *ready, hint=hint if files else ""))
    return parts + ([card("Not made", *map(_job, fallen))] if fallen else [])


def _table(files: list[Kept], now: datetime) -> Component:
    head = html.Tr([html.Th(name, scope="col") for name in ("File", "Size", "Made", "Expires", "Remove")])
    table = html.Table([html.Thead(head), html.Tbody([_row(one, now) for one in files])], className="data-table")
    named = attrs(aria_label="Files that are ready")
    return html.Div(table, className="table-scroll", role="region", tabIndex=0, **named)


def _row(one: Kept, now: datetime) -> Component:
    hours = (one.expires_at - now).total_seconds() / 3600
    left = f"in {hours:.0f} hours" if hours >= 1 else "within the hour"
    cells: list[Any] = [
        html.A([icon("download"), " ", one.name], href=f"/exports/{one.id}"),
        size(one.bytes),
        fmt.ago(one.made_at, now),
        html.Span(left, title=f"{fmt.moment(one.expires_at)} UTC"),
        _post(f"/exports/{one.id}/remove", "Remove", f"Remove {one.name}"),
    ]
    return html.Tr([html.Td(cell) for cell in cells])


def _job(job: Job) -> Component:
    waiting = "Waiting for its turn." if job.state == "queued" else "Starting."
    words = f"{job.message} {job.hint if job.over else ''}".strip() or waiting
    said = html.P([html.Strong("Customers (XLSX)"), " ", words])
    if job.over:
        return html.Div(said, className="export-job")
    share = round(job.fraction * 100)
    bar = html.Progress(
        value=str(share), max="100", className="run-bar", **attrs(aria_label=f"{fmt.percent(job.fraction, 0)} done")
    )
    cancel = _post(f"/exports/jobs/{job.id}/cancel", "Cancel", f"Cancel export {job.id}")
    return html.Div([said, bar, cancel], className="export-job")


def _post(action: str, label: str, name: str) -> Component:
    press = html.Button(label, type="submit", className="btn btn-outline btn-small", **attrs(aria_label=name))
    return html.Form(press, action=action, method="POST")


def wire(door: Door, services: Services) -> None:
    @door.callback(
        Output(BODY, "children"), Output(SEEN, "data"), Input(TICK, "n_intervals"), State(SEEN, "data"), quiet=True
    )
    def _(_tick: int | None, seen: str | None) -> tuple[Any, Any]:
        reader = identity.principal()
        files, jobs = services.exports.kept(reader), services.exports.jobs(reader)
        told = repr([*(one.id for one in files), *((job.id, job.state, job.fraction) for job in jobs)])
        if told == seen:
            return no_update, no_update
        return show(files, jobs, services.clock(), services.settings.export_keep_hours), told


PAGE = Page(
    "/exports", "My exports", "exports:run", layout, wire, group="ANALYSE", order=48, icon="download",
    in_navigation=False, is_now=True,
)  # fmt: skip
