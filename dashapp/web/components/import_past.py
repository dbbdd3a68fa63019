"""Earlier imports, below the choice of a file: the way back to a version, and refused rows read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.errors import TenureError
from dashapp.services import earlier_imports
from dashapp.services.access import Principal
from dashapp.services.earlier_imports import Earlier
from dashapp.store.deliveries import Delivery
from dashapp.store.jobs import Job
from dashapp.web import format as fmt
from dashapp.web.components import import_steps as steps
from dashapp.web.components import states
from dashapp.web.components.basics import button, data_table, disclosure, icon, select
from dashapp.web.components.facts import card
from dashapp.web.components.ids import ids

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

VERSION, SEEN, BACK, BATCH, MAPPING, REPLAY = ids(
    "import", "version", "version-seen", "version-back", "batch", "batch-mapping", "batch-replay"
)
TITLES = {"undo": "Going back to an earlier version", "replay": "Reading refused rows again"}
TOLD_FOR = timedelta(hours=12)
"What the last job came to is told this long."
MANNERS = {
    "world": "everything anew",
    "append": "added",
    "entity": "one kind anew",
    "entity_append": "added",
    "replay": "refused rows read again",
}


def past(services: Services, reader: Principal) -> tuple[list[Component], Job | None]:
    """The section, and the job it watches: while one runs, only that is shown."""
    job, now = earlier_imports.latest(services, reader), services.clock()
    if job and not job.over:
        return [steps.working(TITLES[job.kind], job, services.jobs.log(job.id, reader), now)], job
    try:
        earlier = earlier_imports.read(services)
    except TenureError as error:
        return [states.unavailable(error.message, error.hint)], job
    told = [_ended(job)] if job and job.finished_at and now - job.finished_at < TOLD_FOR else []
    return [*told, *_versions(earlier), *_refused(earlier)], job


def _ended(job: Job) -> Component:
    if job.state != "done" or job.result is None:
        return steps.failed(TITLES[job.kind], job, ())
    words = _replayed(job.result) if job.kind == "replay" else _gone_back(job.result)
    return html.P([icon("check-circle"), f" {words}"], className="import-good", role="status")


def _replayed(result: dict[str, Any]) -> str:
    accepted, rejected = int(result.get("accepted") or 0), int(result.get("rejected") or 0)
    return f"{steps.counted(accepted, 'refused row')} now count; {steps.counted(rejected, 'row')} are still refused."


def _gone_back(result: dict[str, Any]) -> str:
    return (
        f"Version {result.get('version')} of the data is in force; everybody sees snapshot {result.get('snapshot_id')}."
    )


def _versions(earlier: Earlier) -> list[Component]:
    if not earlier.versions:
        return []
    rows = [_version(made, earlier.current) for made in earlier.versions]
    table = data_table(pd.DataFrame(rows).astype(object), "Versions of the data that are kept")
    others = [made for made in earlier.versions if made.number != earlier.current]
    hint = "Every import makes a version of the data."
    return [card("Earlier imports", table, *([_way_back(others, earlier.current)] if others else []), hint=hint)]


def _version(made: Delivery, current: int) -> dict[str, Any]:
    return {
        "Version": f"{made.number} (in force)" if made.number == current else str(made.number),
        "When, UTC": _when(made),
        "By": made.actor.removeprefix("user:") or fmt.NOTHING,
        "What": ", ".join(made.files[:3]) + (f" and {len(made.files) - 3} more" if made.files[3:] else ""),
        "How": MANNERS.get(made.manner, made.manner),
        "Rows": made.accepted_rows,
        "Refused": made.rejected_rows,
    }


def _when(made: Delivery) -> str:
    return fmt.moment(datetime.fromisoformat(made.made_at[:16]))


def _way_back(others: Sequence[Delivery], current: int) -> Component:
    """Two steps on purpose: open, then confirm."""
    options = {str(made.number): f"{made.number}: {_version(made, current)['What']}, {_when(made)}" for made in others}
    words = html.P("The data become what they were then, and everybody sees them. The present version is kept.")
    choice = select(VERSION, "Version", options, next(iter(options)))
    parts = [words, dcc.Store(id=SEEN, data=current), choice, button("Back to this version", "danger", id=BACK)]
    return disclosure("Back to an earlier version", parts, className="roll-back")


def _refused(earlier: Earlier) -> list[Component]:
    """Refused rows of the data in force, to be read by another mapping."""
    if not earlier.refusing:
        return []
    hint = "Rows that count then are added; the others stay aside, and nothing is lost."
    batches = {
        batch.batch_id: f"{batch.file_name}, {batch.entity.replace('_', ' ')}: {steps.counted(batch.rows, 'row')}"
        for batch in earlier.refusing
    }
    if not earlier.mapping_names:
        words = "Keep a mapping under a name while you match columns; it can then read these rows again."
        return [card("Rows still refused", html.Ul([html.Li(name) for name in batches.values()]), html.P(words))]
    form = [
        select(BATCH, "Refused rows of", batches, next(iter(batches))),
        select(
            MAPPING, "Read by the mapping", {name: name for name in earlier.mapping_names}, earlier.mapping_names[0]
        ),
        button("Read the refused rows again", "secondary", "arrow-clockwise", id=REPLAY),
    ]
    return [card("Rows still refused", html.Div(form, className="import-inline"), hint=hint)]


def wire(
    door: Door, services: Services, outputs: Sequence[Output], act: Callable[[Any, Callable[[], object]], Any]
) -> None:
    """`act` does something and shows the step of an address again, in `outputs`."""
    address = State(steps.ADDRESS, "data")

    @door.callback(
        *outputs, Input(BACK, "n_clicks"), State(VERSION, "value"), State(SEEN, "data"), address,
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, to: Any, seen: Any, where: Any) -> Any:
        reader = door.principal()
        return act(where, lambda: earlier_imports.go_back(services, reader, to, seen)) if clicks else no_update

    @door.callback(
        *outputs, Input(REPLAY, "n_clicks"), State(BATCH, "value"), State(MAPPING, "value"), address,
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, batch: Any, mapping: Any, where: Any) -> Any:
        reader = door.principal()
        return act(where, lambda: earlier_imports.read_again(services, reader, batch, mapping)) if clicks else no_update
