"""/data: what the numbers stand on: the snapshot, runs and their progress, every line accounted for, every check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain import shelf
from dashapp.errors import Busy, InputError, NoSnapshot
from dashapp.services.access import Principal
from dashapp.store.jobs import Job, Line
from dashapp.store.publish import Published, Warehouse
from dashapp.store.quality import Run
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components import accounts_of_lines as lines
from dashapp.web.components import facts as shown
from dashapp.web.components import reconciliation, run_page, runs, schedule_desk, states, stored
from dashapp.web.components.basics import button, link
from dashapp.web.components.ids import ids
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.jobs import Jobs
    from dashapp.services.services import Services
    from dashapp.web.door import Door

POLL, SEEN, WATCHED, FACTS, FORM, LIVE, RUNS, SNAPSHOTS, STORAGE, DETAILS = ids(
    "data", "poll", "seen", "watched", "facts", "form", "live", "runs", "snapshots", "storage", "details"
)
STARTED, STOPPED, ROLLED = ids("data", "started", "stopped", "rolled")
POLL_MILLISECONDS = 2000
RECENT = 15
READ_ONLY = (
    "You see every run that changes the data, and may read what each did. To start or cancel one takes the role "
    "operator; exports, and files that somebody is only looking at, are shown to whom they belong."
)


def layout(run: Any = None, **_: Any) -> Component:
    """The overview, or one run where the address names it: /data?run=12."""
    asked = run_page.number(run)
    return _overview() if asked is None else run_page.layout(asked)


def _overview() -> Component:
    cancel = button("Cancel this run", "danger", id=runs.CANCEL, hidden=True)
    return html.Div(
        [
            dcc.Interval(id=POLL, interval=POLL_MILLISECONDS),
            dcc.Store(id=SEEN),
            dcc.Store(id=WATCHED),
            html.Div(id=FACTS),
            html.Div(
                [
                    shown.card("Load data", html.Div(id=FORM), _said(STARTED)),
                    shown.card("Now running", html.Div(id=LIVE), cancel, _said(STOPPED)),
                ],
                className="two-cards",
            ),
            shown.card("Runs", html.Div(id=RUNS)),
            schedule_desk.layout(),
            shown.card("Snapshots", html.Div(id=SNAPSHOTS), _said(ROLLED)),
            reconciliation.hook(),
            html.Div(id=STORAGE),
            html.Div(id=DETAILS, className="page-stack"),
        ],
        className="page-stack",
    )


def _said(part: str) -> Component:
    """Where the answer to a button appears."""
    return html.P(id=part, className="hint", role="status")


def watch(services: Services, reader: Principal) -> list[Any]:
    """The jobs as they stand, for a reader who sees only what is theirs or all."""
    jobs, now = services.jobs, services.clock()
    recent = jobs.recent(reader, RECENT)
    job = runs.active(recent)
    *shown_now, listed = show_runs(recent, jobs.log(job.id, reader) if job else (), reader, now)
    return [*shown_now, [*_stopped(services.quality.stopped(reader), now), *listed]]


def _stopped(run: Run | None, now: datetime) -> list[Component]:
    """That the newest refresh, from here or from the command line, was stopped by a rule."""
    if run is None:
        return []
    words = f"A rule stopped the last refresh {fmt.ago(run.ran_at, now)}; everybody still sees the data before it. "
    return [html.Div(html.P([words, link("See which and why", "/quality")]), className="notice", role="status")]


def show_runs(jobs: Sequence[Job], log: Sequence[Line], reader: Principal, now: datetime) -> list[Any]:
    """Live line, cancel button, watched job, list: what changes while something runs."""
    job = runs.active(jobs)
    may_stop = job is not None and reader.may("refresh:run")
    listed = [runs.run_list(jobs, now), *([] if reader.may("refresh:run") else [html.P(READ_ONLY, className="hint")])]
    return [runs.progress(job, log, now), not may_stop, job.id if job else None, listed]


def show_data(snapshot: Snapshot, history: tuple[Published, ...], reader: Principal) -> list[Any]:
    """Facts, form, snapshots and details: what changes only with a new snapshot."""
    sources = sorted({entry.source for entry in history} | {"sample"})
    return [
        states.as_known(lambda: _facts(snapshot)),
        runs.refresh_form(reader, sources),
        runs.snapshots(history, snapshot.seq, reader),
        _details(snapshot),
    ]


def show_nothing(error: NoSnapshot, reader: Principal) -> list[Any]:
    """Before the first load."""
    return [states.unavailable(error.message, "Load data below."), runs.refresh_form(reader, ["sample"]), "", ""]


def _facts(snapshot: Snapshot) -> Component:
    facts, counts = snapshot.facts, snapshot.row("data_counts")
    net, unidentified = float(counts["net_sales"] or 0), float(counts["unidentified_sales"] or 0)
    without = fmt.percent(unidentified / net if net else None)
    rows = [
        ("Snapshot", facts.snapshot_id, f"built {written.moment(facts.built_at)} UTC"),
        ("Data", f"{fmt.day(facts.observed_from)} to {fmt.day(facts.observed_until)}", f"source {facts.source}"),
        ("Customers", fmt.number(counts["customers"]), f"{fmt.number(counts['unscored'])} without a score"),
        (
            "Orders",
            fmt.number(counts["orders"]),
            f"{fmt.number(counts['lines'])} lines, {fmt.number(counts['products'])} products",
        ),
        ("Net sales", fmt.money(net, facts.currency), f"{without} without a customer"),
        (
            "Model",
            shelf.titles().get(facts.model, facts.model),
            f"horizon {facts.horizon_days} days, {fmt.percent(facts.annual_discount_rate, 0)} a year",
        ),
    ]
    return shown.facts("Current snapshot", rows)


def _details(snapshot: Snapshot) -> list[Component]:
    currency = snapshot.facts.currency
    parts: list[Callable[[], Component]] = [
        lambda: lines.batches(snapshot.frame("data_batches"), currency),
        lambda: lines.rejects(snapshot.frame("data_reject_counts"), snapshot.frame("data_rejects"), currency),
        lambda: lines.checks(snapshot.frame("data_checks"), currency),
        lambda: lines.models(snapshot.frame("data_models"), snapshot.frame("data_unscored")),
    ]
    return [states.as_known(part) for part in parts]


def refresh_arguments(source: Any, path: Any, force: Any) -> dict[str, Any]:
    """The arguments of a refresh from the form. Raises InputError."""
    source, path = (str(value or "").strip() for value in (source, path))
    if path and not source:
        raise InputError("A path needs the name of the source that reads it.", "Fill in the source.")
    given = {"source": source, "path": path, "force": "force" in (force or [])}
    return {name: value for name, value in given.items() if value}


def wire(door: Door, services: Services) -> None:
    warehouse = Warehouse(services.settings.data_dir / "warehouse")

    @door.callback(
        Output(LIVE, "children"), Output(runs.CANCEL, "hidden"), Output(WATCHED, "data"), Output(RUNS, "children"),
        Input(POLL, "n_intervals"),
        quiet=True,
    )  # fmt: skip
    def _(_n: Any) -> list[Any]:
        return watch(services, door.principal())

    @door.callback(
        Output(FACTS, "children"), Output(FORM, "children"), Output(SNAPSHOTS, "children"), Output(DETAILS, "children"),
        Output(STORAGE, "children"), Output(SEEN, "data"), Input(POLL, "n_intervals"), State(SEEN, "data"),
        quiet=True,
    )  # fmt: skip
    def _(_n: Any, seen: Any) -> list[Any]:
        return _if_new(services, warehouse, door.principal(), seen)

    _wire_actions(door, services)
    schedule_desk.wire(door, services)
    run_page.wire(door, services)


def _if_new(services: Services, warehouse: Warehouse, reader: Principal, seen: Any) -> list[Any]:
    """The parts of a snapshot, or nothing to change while the reader already sees it."""
    try:
        snapshot = services.snapshots.current()
    except NoSnapshot as error:
        return [no_update] * 6 if seen == "" else [*show_nothing(error, reader), stored.card(services.settings), ""]
    history = warehouse.history()
    mark = f"{snapshot.id} of {len(history)}"
    if seen == mark:
        return [no_update] * 6
    return [*show_data(snapshot, history, reader), stored.card(services.settings), mark]


def started(clicks: Any, jobs: Jobs, reader: Principal, source: Any, path: Any, force: Any) -> Any:
    """The answer to the refresh button: the job is in the queue, or why not."""
    if not clicks:
        return no_update
    try:
        job = jobs.enqueue("refresh", refresh_arguments(source, path, force), reader)
    except (InputError, Busy) as error:
        return error.sentence()
    return [link(f"Run {job.id}", f"/data?run={job.id}"), " is in the queue."]


def stopped(clicks: Any, jobs: Jobs, reader: Principal, job: Any) -> Any:
    """The answer to the cancel button."""
    if not clicks or job is None:
        return no_update
    jobs.cancel(job, reader)
    return f"Run {job} is being cancelled. The present snapshot stays."


def rolled_back(clicks: Any, jobs: Jobs, reader: Principal, seq: Any) -> Any:
    """The answer to the confirmed roll back."""
    if not clicks or not str(seq).isdigit():
        return no_update
    job = jobs.enqueue("rollback", {"seq": int(seq)}, reader)
    return f"Run {job.id} makes snapshot {seq} current."


def _wire_actions(door: Door, services: Services) -> None:
    form = [State(runs.SOURCE, "value"), State(runs.PATH, "value"), State(runs.FORCE, "value")]
    start, cancel, back = (Input(name, "n_clicks") for name in (runs.START, runs.CANCEL, runs.ROLLBACK))
    may_load: dict[str, Any] = {"requires": "refresh:run", "prevent_initial_call": True}
    may_go_back: dict[str, Any] = {"requires": "snapshots:rollback", "prevent_initial_call": True}

    @door.callback(Output(STARTED, "children"), start, *form, **may_load)
    def _(clicks: Any, source: Any, path: Any, force: Any) -> Any:
        return started(clicks, services.jobs, door.principal(), source, path, force)

    @door.callback(Output(STOPPED, "children"), cancel, State(WATCHED, "data"), **may_load)
    def _(clicks: Any, job: Any) -> Any:
        return stopped(clicks, services.jobs, door.principal(), job)

    @door.callback(Output(ROLLED, "children"), back, State(runs.SEQ, "value"), **may_go_back)
    def _(clicks: Any, seq: Any) -> Any:
        return rolled_back(clicks, services.jobs, door.principal(), seq)


PAGE = Page("/data", "Data & runs", "runs:read", layout, wire, group="OPERATE", order=60, icon="database", is_now=True)
