"""/import: a file of any shop, from choosing it to a published snapshot, in five steps that outlive a reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.errors import InputError, TenureError
from dashapp.services import earlier_imports
from dashapp.services.access import Principal
from dashapp.services.import_desk import CURRENCY_BEFORE, SAMPLE_GOES, Desk
from dashapp.store.jobs import Job
from dashapp.web import freshness
from dashapp.web.components import (
    import_actions,
    import_check,
    import_choose,
    import_end,
    import_meanings,
    import_past,
    states,
)
from dashapp.web.components import import_steps as steps
from dashapp.web.components.basics import button, link
from dashapp.web.components.ids import ids
from dashapp.web.components.import_steps import ADDRESS, BODY, GO, SAID
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

STEPPER, LIVE, POLL, CANCEL, STOPPED, RETRY, AFRESH, START = ids(
    "import", "stepper", "live", "poll", "cancel", "stopped", "retry", "afresh", "start"
)
POLL_MILLISECONDS = 1000
JOB_OF_STEP = {"profile": "profile", "check": "plan", "confirm": "import"}
TITLES = {
    "profile": "Looking at the file",
    "plan": "Checking the file",
    "import": "Importing the file",
    "undo": "Taking the import back",
}


class View(NamedTuple):
    """What a step shows."""

    stepper: Any
    body: Any
    live: Any
    "The part that changes while a job runs."
    is_over: bool = True
    "Nothing runs that would have to be watched."


def layout(upload: Any = None, step: Any = None, **_: Any) -> Component:
    where = {"upload": upload if isinstance(upload, str) else None, "step": steps.step_of(step)}
    return html.Div(
        [
            dcc.Store(id=ADDRESS, data=where),
            dcc.Store(id=GO),
            dcc.Interval(id=POLL, interval=POLL_MILLISECONDS, disabled=True),
            html.Div(id=STEPPER),
            steps.region(
                _place(where)[0],
                html.Div(id=BODY, className="page-stack"),
                html.Div(id=LIVE, className="page-stack"),
                html.Div(button("Cancel", "danger", id=CANCEL, hidden=True), className="import-cancel"),
                html.P(id=STOPPED, role="status", className="hint"),
                html.P(id=SAID, role="alert", className="import-said"),
            ),
        ],
        className="page-stack import-page",
    )


def show(services: Services, reader: Principal, address: Any) -> View:
    """The step an address names, for the file it names; what is not there is said."""
    step, upload_id = _place(address)
    if step == "choose":
        uploads, limit = services.uploads.of(reader), services.settings.upload_max_mb
        below, job = import_past.past(services, reader)
        imported = [one.id for one in uploads if Desk(services, reader, one).result("import")]
        body = import_choose.choose(uploads, imported, limit, services.clock())
        return View(steps.stepper(None, "choose"), body, below, job is None or job.over)
    try:
        desk = Desk.open(services, reader, upload_id)
        body, live, job = STEPS[step](desk)
    except TenureError as error:
        way_back = link("Choose a file", steps.PATH, className="btn btn-primary")
        return View(steps.stepper(None, "choose"), states.unavailable(error.message, error.hint, way_back), "")
    return View(steps.stepper(desk.upload, step), [steps.about(desk.upload), *body], live, job is None or job.over)


def _place(address: Any) -> tuple[str, Any]:
    """Step and file of an address; without a file only the first step is left."""
    where = address if isinstance(address, dict) else {}
    upload_id = where.get("upload")
    return ("choose" if upload_id is None else steps.step_of(where.get("step"))), upload_id


Shown = tuple[list[Any], Any, Job | None]


def _profile(desk: Desk) -> Shown:
    """The file is looked at as soon as somebody comes here; looking twice changes nothing."""
    job = desk.job("profile") or desk.look()
    return [], live(desk, "profile", job), job


def _match(desk: Desk) -> Shown:
    return import_actions.drawn(desk), "", None


def _check(desk: Desk) -> Shown:
    job = desk.job("plan")
    if job is None:
        return _unchecked("Match columns", steps.address(desk.upload, "match"))
    return [], live(desk, "plan", job), job


def _confirm(desk: Desk) -> Shown:
    job, plan = job_at(desk, "confirm"), desk.result("plan")
    if job is not None:
        return [], live(desk, job.kind, job), job
    if plan is None:
        return _unchecked("Check it", steps.address(desk.upload, "check"))
    plan_job, shop = desk.job("plan"), desk.shop()
    currency = _currency(desk, plan_job) if plan_job else shop.currency
    return import_end.before(desk.upload, plan, currency, START, shop.currency, is_sample=shop.is_sample), "", None


STEPS = {"profile": _profile, "match": _match, "check": _check, "confirm": _confirm}


def _unchecked(label: str, href: str) -> Shown:
    action = link(label, href, className="btn btn-primary")
    return [states.unavailable("This file has not been checked yet.", "", action)], "", None


def job_at(desk: Desk, step: Any) -> Job | None:
    """The job a step is about; the last one is about the import, or about the undo that came after it."""
    job = desk.job(JOB_OF_STEP.get(steps.step_of(step), ""))
    undo = desk.job("undo") if job and job.kind == "import" else None
    return undo if job and undo and undo.id > job.id else job


def live(desk: Desk, kind: str, job: Job) -> Any:
    """A job on its way, what it found, or why it did not."""
    if not job.over:
        return steps.working(TITLES[kind], job, desk.log(job), desk.services.clock())
    if job.state != "done" or job.result is None:
        return steps.failed(TITLES[kind], job, desk.log(job), *_ways_out(desk, job))
    if kind == "profile":
        return import_choose.found(desk.upload, job.result, desk.choice())
    if kind == "plan":
        mending, shop, currency = import_meanings.mending(desk, job), desk.shop(), _currency(desk, job)
        return import_check.checked(desk.upload, job.result, currency, mending, shop.currency, is_sample=shop.is_sample)
    if kind == "undo":
        return import_end.undone(desk.upload, job.result, START)
    can_undo = desk.way_back() is not None
    plan, was_sample = desk.result("plan") or {}, desk.upload.draft.get(SAMPLE_GOES) is True
    currency, before = _currency(desk, job), str(desk.upload.draft.get(CURRENCY_BEFORE) or "")
    return import_end.after(desk.upload, job.result, plan, currency, before, can_undo=can_undo, was_sample=was_sample)


def _ways_out(desk: Desk, job: Job) -> list[Component]:
    """Repeating it as it was asked for, and what may help where that fails again."""
    other = []
    if job.kind in ("plan", "import"):
        other = [steps.back("Change the matching", steps.address(desk.upload, "match"))]
    elif job.arguments.keys() > {"upload"}:
        other = [button("Look at it as if nothing was said", id=AFRESH)]
    elif job.hint and job.kind == "profile":
        # What the file lacks it lacks at the second look, too.
        return [steps.onward("Choose another file", steps.PATH), button("Try again", id=RETRY)]
    return [steps.again("Try again", RETRY), *other, steps.back("Another file", steps.PATH)]


def _currency(desk: Desk, job: Job) -> str:
    """The currency of the data as a job would have them, or has made them."""
    plan = job.result if job.kind == "plan" else desk.result("plan")
    return str((plan or {}).get("currency") or desk.shop().currency)


def watched(services: Services, reader: Principal, address: Any) -> list[Any]:
    """Live part, whether to go on watching, cancel button, and how fresh the data are once the job is over."""
    step, upload_id = _place(address)
    if step == "choose":
        below, job = import_past.past(services, reader)
    else:
        job = job_at(desk := Desk.open(services, reader, upload_id), step)
        below = live(desk, job.kind, job) if job else []
    if job is None:
        return [no_update, True, True, no_update]
    return [below, job.over, job.over, freshness.words(services) if job.over else no_update]


def again(desk: Desk, step: str) -> None:
    """Ask once more for the job of a step that failed."""
    if step == "profile":
        desk.look_again()
        return
    job = job_at(desk, step)
    if job is None:
        raise InputError("There is nothing to repeat here.", "Start this step first.")
    desk.start(job.kind, job.arguments)


def acted(services: Services, reader: Principal, address: Any, deed: Callable[[Desk], object]) -> list[Any]:
    """Do something to the import of an address, and show its step again."""
    return done(services, reader, address, lambda: deed(Desk.open(services, reader, _place(address)[1])))


def done(services: Services, reader: Principal, address: Any, deed: Callable[[], object]) -> list[Any]:
    """Do something, and show the step of an address again: all outputs of `_view`, and a sentence."""
    try:
        deed()
    except TenureError as error:
        return [*[no_update] * 5, error.sentence()]
    return [*_view(services, reader, address), ""]


def _view(services: Services, reader: Principal, address: Any) -> list[Any]:
    view = show(services, reader, address)
    return [view.stepper, view.body, view.live, view.is_over, view.is_over]


def stopped(services: Services, reader: Principal, address: Any) -> str:
    """The answer to the cancel button."""
    step, upload_id = _place(address)
    desk = None if step == "choose" else Desk.open(services, reader, upload_id)
    job = job_at(desk, step) if desk else earlier_imports.latest(services, reader)
    if job is None or job.over:
        return ""
    services.jobs.cancel(job.id, reader)
    return "It is being cancelled. What is published stays."


VIEW = [(STEPPER, "children"), (BODY, "children"), (LIVE, "children"), (POLL, "disabled"), (CANCEL, "hidden")]


def wire(door: Door, services: Services) -> None:
    def desk(address: Any) -> Desk:
        return Desk.open(services, door.principal(), (address or {}).get("upload"))

    @door.callback(*(Output(*part) for part in VIEW), Input(ADDRESS, "data"))
    def _(address: Any) -> list[Any]:
        return _view(services, door.principal(), address)

    @door.callback(
        *(Output(*part, allow_duplicate=True) for part in [*VIEW[2:], (freshness.LINE, "children")]),
        Input(POLL, "n_intervals"), State(ADDRESS, "data"), quiet=True, prevent_initial_call=True,
    )  # fmt: skip
    def _(_n: Any, address: Any) -> list[Any]:
        return watched(services, door.principal(), address)

    _wire_jobs(door, services)
    import_actions.wire(door, desk)
    door.clientside(ClientsideFunction("tenure_import", "go"), Output(GO, "modified_timestamp"), Input(GO, "data"))


def _wire_jobs(door: Door, services: Services) -> None:
    outputs = [Output(*part, allow_duplicate=True) for part in [*VIEW, (SAID, "children")]]

    @door.callback(*outputs, Input(START, "n_clicks"), State(ADDRESS, "data"), prevent_initial_call=True)
    def _(clicks: Any, address: Any) -> Any:
        return acted(services, door.principal(), address, lambda it: it.confirm()) if clicks else no_update

    @door.callback(*outputs, Input(import_end.UNDO, "n_clicks"), State(ADDRESS, "data"), prevent_initial_call=True)
    def _(clicks: Any, address: Any) -> Any:
        return acted(services, door.principal(), address, lambda it: it.undo()) if clicks else no_update

    @door.callback(*outputs, Input(RETRY, "n_clicks"), State(ADDRESS, "data"), prevent_initial_call=True)
    def _(clicks: Any, address: Any) -> Any:
        step = steps.step_of((address or {}).get("step"))
        return acted(services, door.principal(), address, lambda it: again(it, step)) if clicks else no_update

    @door.callback(*outputs, Input(AFRESH, "n_clicks"), State(ADDRESS, "data"), prevent_initial_call=True)
    def _(clicks: Any, address: Any) -> Any:
        return acted(services, door.principal(), address, lambda it: it.look()) if clicks else no_update

    import_past.wire(door, services, outputs, lambda address, deed: done(services, door.principal(), address, deed))
    import_meanings.wire(door, outputs, lambda address, deed: acted(services, door.principal(), address, deed))

    @door.callback(
        Output(STOPPED, "children"), Input(CANCEL, "n_clicks"), State(ADDRESS, "data"), prevent_initial_call=True
    )
    def _(clicks: Any, address: Any) -> Any:
        return stopped(services, door.principal(), address) if clicks else no_update


PAGE = Page(
    "/import", "Import a file", "refresh:run", layout, wire, group="OPERATE", order=62, icon="upload",
    in_navigation=False, is_now=True,
)  # fmt: skip
