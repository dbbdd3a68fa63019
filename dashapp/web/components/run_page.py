"""One run, at /data?run=12: live while it runs, with the buttons that stop it, repeat it or go back behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.charts.chart import Chart, nothing
from dashapp.charts.kit.gantt import gantt
from dashapp.errors import InputError, NoSnapshot, NotFound, TooManyJobs
from dashapp.services.access import Principal
from dashapp.services.jobs import RETRIED, Jobs
from dashapp.services.run_account import RunAccount, account
from dashapp.store.jobs import Job, Line
from dashapp.store.publish import Published, Warehouse
from dashapp.web.components import facts as shown
from dashapp.web.components import run_parts as parts
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, button, disclosure, grid, link
from dashapp.web.components.card import card_outputs, card_values, file_card
from dashapp.web.components.ids import ids

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

RUN, POLL, SEEN, HEAD, STEPS, LOG, REST = ids("run", "id", "poll", "seen", "head", "steps", "log", "rest")
CANCEL, RETRY, BACK, WAY_BACK = ids("run", "cancel", "retry", "back", "way-back")
CANCELLED, RETRIED_AS, GONE_BACK = ids("run", "cancelled", "retried", "gone-back")
POLL_MILLISECONDS = 2000
LOG_LINES = 300
LARGEST = 2**31 - 1
HINTS = {
    True: "Starting the process comes on top.",
    False: "Read from the times of the log: right to about two seconds.",
}


def number(run: Any) -> int | None:
    """The number of a run in an address or store; None for anything else.

    >>> number("12"), number("0x1"), number("99999999999")
    (12, None, None)
    """
    text = str(run)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= LARGEST else None


def layout(run: int) -> Component:
    buttons = [
        button("Cancel this run", "danger", "stop-circle", id=CANCEL, hidden=True),
        button("Try again", "primary", "arrow-repeat", id=RETRY, hidden=True),
    ]
    words = html.P(
        "Everybody sees the snapshot before this run from then on. This one is kept and can be chosen again."
    )
    confirm = button("Make it current", "danger", id=BACK)
    back = disclosure("Roll back to the snapshot before", [words, confirm], className="roll-back")
    return html.Div(
        [
            dcc.Interval(id=POLL, interval=POLL_MILLISECONDS),
            dcc.Store(id=RUN, data=run),
            dcc.Store(id=SEEN),
            html.P(link("All runs", "/data"), className="back-link"),
            html.Div(id=HEAD),
            html.Div(buttons, className="run-buttons"),
            html.Div(shown.card("Roll back", back), id=WAY_BACK, hidden=True),
            *(
                html.P(id=name, className="hint run-answer", role="status")
                for name in (CANCELLED, RETRIED_AS, GONE_BACK)
            ),
            grid(file_card(STEPS, parts.steps_card(run), f"run/{run}/steps")),
            html.Div(id=REST, className="page-stack"),
            shown.card("Log", html.Pre(id=LOG, className="run-log run-tail", tabIndex=0, **attrs(aria_label="Log"))),
        ],
        className="page-stack",
    )


def show(services: Services, run: Any, seen: Any, reader: Principal) -> list[Any]:
    """Everything of the run, or nothing to change while the reader already sees it."""
    try:
        job, log = read(services.jobs, run, reader)
    except NotFound as error:
        missing = card_values(nothing(error.message))
        return [states.empty(error.message, error.hint), *missing, "", [], True, True, True, "", True]
    mark = f"{job.state} {job.fraction} {job.message} {len(log)} {job.cancel_requested_at}"
    if seen == mark and job.over:
        return [no_update] * 12
    told = account(job, log, services.clock())
    return [
        parts.head(job, told, services.clock()),
        *card_values(steps(told)),
        "\n".join(f"{line.written_at:%H:%M:%S}  {line.text}" for line in log[-LOG_LINES:]) or "Nothing yet.",
        parts.details(job, told, _currency(services)) if seen != mark else no_update,
        *hidden(job, told, _kept(services, told), reader),
        mark,
        job.over,
    ]


def read(jobs: Jobs, run: Any, reader: Principal) -> tuple[Job, tuple[Line, ...]]:
    """The job and its log. Raises NotFound."""
    wanted = number(run)
    if wanted is None:
        raise NotFound("There is no such run.", "The list of runs shows all there are.")
    return jobs.get(wanted, reader), jobs.log(wanted, reader)


def steps(told: RunAccount) -> Chart:
    """The bars of the steps, with what their times rest on."""
    chart = gantt(told.spans)
    return replace(chart, summary=f"{chart.summary} {HINTS[told.exact]}") if chart.figure else chart


def _currency(services: Services) -> str:
    try:
        return services.snapshots.current().facts.currency
    except NoSnapshot:
        return ""


def _kept(services: Services, told: RunAccount) -> tuple[Published, ...]:
    """The history while it can be gone back behind this run: its snapshot is current. Empty otherwise."""
    warehouse = Warehouse(services.settings.data_dir / "warehouse")
    try:
        current = warehouse.current().seq
    except NoSnapshot:
        return ()
    return warehouse.history() if told.published and told.after and told.after["seq"] == current else ()


def back_to(told: RunAccount, kept: tuple[Published, ...]) -> int | None:
    """Number of the snapshot before the run, if it is kept and can be gone back to."""
    seq = told.before["seq"] if told.before else None
    return seq if seq in [entry.seq for entry in kept] else None


def hidden(job: Job, told: RunAccount, kept: tuple[Published, ...], reader: Principal) -> list[bool]:
    """Of the buttons cancel and retry, and of the card with the way back."""
    may = reader.may("refresh:run")
    cancel = may and not job.over and job.cancel_requested_at is None
    back = reader.may("snapshots:rollback") and back_to(told, kept) is not None
    return [not cancel, not (may and job.state in RETRIED), not back]


def cancelled(clicks: Any, jobs: Jobs, run: Any, reader: Principal) -> Any:
    """The answer to the cancel button."""
    wanted = number(run)
    if not clicks or wanted is None:
        return no_update
    try:
        jobs.cancel(wanted, reader)
    except NotFound as error:
        return error.sentence()
    return "The run is being cancelled. The present snapshot stays."


def retried(clicks: Any, jobs: Jobs, run: Any, reader: Principal) -> Any:
    """The answer to the retry button: where the new run is, or why there is none."""
    wanted = number(run)
    if not clicks or wanted is None:
        return no_update
    try:
        job = jobs.retry(wanted, reader)
    except (InputError, NotFound, TooManyJobs) as error:
        return error.sentence()
    return ["Asked for again as ", link(f"run {job.id}", f"/data?run={job.id}"), "."]


def gone_back(clicks: Any, services: Services, run: Any, reader: Principal) -> Any:
    """The answer to the roll back button: the snapshot is looked up here, never taken from the browser."""
    if not clicks:
        return no_update
    try:
        job, log = read(services.jobs, run, reader)
        told = account(job, log, services.clock())
        seq = back_to(told, _kept(services, told))
        if seq is None:
            raise InputError(
                "The snapshot before this run cannot be gone back to.", "The list of snapshots has others."
            )
        back = services.jobs.enqueue("rollback", {"seq": seq}, reader)
    except (InputError, NotFound, TooManyJobs) as error:
        return error.sentence()
    return ["Snapshot ", str(seq), " becomes current in ", link(f"run {back.id}", f"/data?run={back.id}"), "."]


def wire(door: Door, services: Services) -> None:
    outputs = [
        Output(HEAD, "children"), *card_outputs(STEPS), Output(LOG, "children"), Output(REST, "children"),
        Output(CANCEL, "hidden"), Output(RETRY, "hidden"), Output(WAY_BACK, "hidden"), Output(SEEN, "data"),
        Output(POLL, "disabled"),
    ]  # fmt: skip
    run = State(RUN, "data")
    pressed = [Input(name, "n_clicks") for name in (CANCEL, RETRY, BACK)]
    may_load: dict[str, Any] = {"requires": "refresh:run", "prevent_initial_call": True}
    may_go_back: dict[str, Any] = {"requires": "snapshots:rollback", "prevent_initial_call": True}

    @door.callback(*outputs, Input(POLL, "n_intervals"), run, State(SEEN, "data"), quiet=True)
    def _(_n: Any, run: Any, seen: Any) -> list[Any]:
        return show(services, run, seen, door.principal())

    @door.callback(Output(CANCELLED, "children"), pressed[0], run, **may_load)
    def _(clicks: Any, run: Any) -> Any:
        return cancelled(clicks, services.jobs, run, door.principal())

    @door.callback(Output(RETRIED_AS, "children"), pressed[1], run, **may_load)
    def _(clicks: Any, run: Any) -> Any:
        return retried(clicks, services.jobs, run, door.principal())

    @door.callback(Output(GONE_BACK, "children"), pressed[2], run, **may_go_back)
    def _(clicks: Any, run: Any) -> Any:
        return gone_back(clicks, services, run, door.principal())
