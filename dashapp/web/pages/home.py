"""/ — what changed and what needs me; before the first data, how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashapp.errors import NoSnapshot
from dashapp.services.access import Principal
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components import attention, onboarding, today, views_menu
from dashapp.web.components.basics import grid, icon
from dashapp.web.components.ids import ids
from dashapp.web.components.states import as_known, error
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.jobs import Job
    from dashapp.web.door import Door

BODY, OPENED, LOAD, JOB, POLL, PROGRESS = ids("home", "body", "opened", "load", "job", "poll", "progress")
QUICK = (
    ("overview:read", "/overview", "graph-up", "See how the shop does", "Sales, customers, predicted value"),
    ("customers:read", "/customers", "people", "Find customers", "By search, state or any column; export the list"),
    ("quality:read", "/quality", "clipboard-check", "Work on data issues", "By the money they touch; owners, history"),
    ("runs:read", "/data", "database", "Look after the data", "Refreshes, checks, rejected lines"),
)
POLL_MS = 1000


def layout(**_: Any) -> Component:
    return html.Div(
        [
            dcc.Store(id=OPENED, data=True),
            dcc.Store(id=JOB),
            dcc.Interval(id=POLL, interval=POLL_MS, disabled=True),
            html.Div(html.P("Reading the newest data", className="hint"), id=BODY),
            html.Div(id=PROGRESS, role="status"),
        ]
    )


def show(services: Services, reader: Principal) -> list[Component]:
    """Today's view for this reader, or the way to the first data."""
    try:
        snapshot = asof.shown(services)
    except NoSnapshot:
        return [onboarding.card(services, reader, LOAD)]
    values = today.measured(snapshot)
    needs = as_known(lambda: attention.rows(services, snapshot, reader, values["value_at_risk"]))
    return [
        as_known(lambda: today.narrative(snapshot, values)),
        *([] if asof.asked() else [today.coming(services.schedules.all(), services.clock())]),
        grid(*today.figures(snapshot, values)),
        grid(_list("Needs attention", needs, 7), _list("Go on with", _quick(reader), 5)),
    ]


def _quick(reader: Principal) -> list[Component]:
    return [attention.row(href, picture, title, hint) for need, href, picture, title, hint in QUICK if reader.may(need)]


def _list(title: str, rows: Any, span: int) -> Component:
    """A card of lines, or of the panel that says why there are none."""
    body = html.Ul(rows, className="plain-list") if isinstance(rows, list) else rows
    return html.Section([html.H2(title), body], className="card-plain", style={"--span": span})


def progress(job: Job) -> tuple[Any, bool]:
    """What the running refresh says, and whether asking on is needless."""
    if job.state == "done":
        return html.P([icon("check-circle"), " Loaded. ", html.A("Show the numbers", href="/")]), True
    if job.state in ("failed", "cancelled", "lost"):
        return error(job.message or f"The refresh was {job.state}.", job.hint or ""), True
    words = f"{job.step or 'Waiting'}: {fmt.percent(job.fraction or 0, 0)}"
    bar = html.Div(style={"width": f"{100 * (job.fraction or 0):.0f}%"}, className="progress-fill")
    return html.Div([html.P(words), html.Div(bar, className="progress-track")], className="progress-card"), False


def wire(door: Door, services: Services) -> None:
    @door.callback(Output(BODY, "children"), Input(OPENED, "data"))
    def _(_opened: bool) -> list[Component]:
        reader = door.principal()
        return [*show(services, reader), *views_menu.home_card(services, reader)]

    @door.callback(
        Output(JOB, "data"),
        Output(POLL, "disabled", allow_duplicate=True),
        Output(LOAD, "disabled"),
        Input(LOAD, "n_clicks"),
        requires="refresh:run",
        prevent_initial_call=True,
    )
    def _(clicks: int | None) -> tuple[Any, bool, bool]:
        return _start(services, door.principal(), clicks)

    @door.callback(
        Output(PROGRESS, "children"),
        Output(POLL, "disabled"),
        Input(POLL, "n_intervals"),
        State(JOB, "data"),
        prevent_initial_call=True,
        quiet=True,
    )
    def _(_ticks: int, job_id: Any) -> tuple[Any, bool]:
        return progress(services.jobs.get(job_id, door.principal()))


def _start(services: Services, reader: Principal, clicks: int | None) -> tuple[Any, bool, bool]:
    """Ask for the sample; a button that merely appeared was not clicked."""
    if not clicks:
        return None, True, False
    job = services.jobs.enqueue("refresh", {"source": "sample"}, owner=reader)
    return job.id, False, True


PAGE = Page("/", "Home", "home:read", layout, wire, group="", order=0, icon="house")
