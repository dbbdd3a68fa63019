"""/ — what changed and what needs me; before the first data, how to get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.errors import NoSnapshot
from dashapp.services import charting
from dashapp.services.access import Principal
from dashapp.store.metrics import MetricValue, metric
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components import views_menu
from dashapp.web.components.basics import button, grid, icon, link
from dashapp.web.components.ids import ids
from dashapp.web.components.kpi import kpi_card, kpi_values
from dashapp.web.components.states import error
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.jobs import Job
    from dashapp.store.quality import Ticket
    from dashapp.web.door import Door

BODY, OPENED, LOAD, JOB, POLL, PROGRESS = ids("home", "body", "opened", "load", "job", "poll", "progress")
METRICS = ("net_sales", "active_customers", "residual_value", "value_at_risk")
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
        return [_onboarding(reader)]
    # Issues are worked on now: beside figures of the past they would be of another day.
    may_see = reader.may("quality:read") and asof.asked() is None
    issues = services.quality.open_issues(reader) if may_see else ()
    return _today(snapshot, reader, issues)


def _today(snapshot: Snapshot, reader: Principal, issues: Sequence[Ticket]) -> list[Component]:
    values = dict(zip(METRICS, charting.measure_all(METRICS, snapshot, Filters()), strict=True))
    measured = [(metric(name), values[name]) for name in METRICS]
    comparison = Filters().compare.label if Filters().comparison(snapshot.facts.observed_until) else ""
    bodies = kpi_values(measured, snapshot.facts.currency, comparison)
    cards = [kpi_card(f"home-{name}", metric(name), body=body) for name, body in zip(METRICS, bodies, strict=True)]
    return [
        html.P(narrative(snapshot, values), className="narrative"),
        grid(*cards),
        grid(_list("Needs attention", attention(snapshot, values, issues), 7), _list("Go on with", _quick(reader), 5)),
    ]


def narrative(snapshot: Snapshot, values: dict[str, MetricValue]) -> str:
    """The key figures as a sentence an executive reads aloud."""
    sold, buyers, currency = values["net_sales"], values["active_customers"], snapshot.facts.currency
    change = fmt.delta(sold.value, sold.previous)
    against = f", {change} on the year before" if change != fmt.NOTHING else ""
    return (
        f"{snapshot.facts.shop_name or 'The shop'} sold {fmt.value_of(sold.value, 'money', currency)} in the last "
        f"twelve months{against}, to {fmt.value_of(buyers.value, 'count')} customers."
    )


def attention(snapshot: Snapshot, values: dict[str, MetricValue], issues: Sequence[Ticket] = ()) -> list[Component]:
    """What somebody should look at, worst first; every line leads to the place."""
    found: list[Component] = []
    for problem in snapshot.frame("model_problems").to_dict("records"):
        words = f"The {problem['target']} model: {problem['status']}".replace("_", " ")
        found.append(_row("/data", "cpu", words, str(problem["message"])))
    failed = int(snapshot.row("check_counts")["failed"])
    if issues:
        words = f"{len(issues)} open issue{'s' if len(issues) > 1 else ''} of the data"
        found.append(_row("/quality", "clipboard-check", words, f"The heaviest: {issues[0].rule.title}"))
    elif failed:
        words = f"{failed} data check{'s' if failed > 1 else ''} failed"
        found.append(_row("/data", "exclamation-triangle", words, "See which rows, and what they are worth"))
    risk = values["value_at_risk"]
    if risk.value:
        worth = fmt.value_of(risk.value, "money", snapshot.facts.currency)
        found.append(
            _row(
                "/customers?sort=-value_at_risk",
                "heart-pulse",
                f"{worth} of predicted value is at risk",
                "Lost if customers leave as predicted; see whose it is",
            )
        )
    return found or [
        html.Li(html.Span([icon("check-circle"), "Nothing. Everything is in order."], className="row-link"))
    ]


def _quick(reader: Principal) -> list[Component]:
    return [_row(href, picture, title, hint) for need, href, picture, title, hint in QUICK if reader.may(need)]


def _row(href: str, picture: str, title: str, hint: str) -> Component:
    words = html.Span([html.Span(title), html.Span(hint, className="hint")])
    return html.Li(link([icon(picture), words], href, className="row-link"))


def _list(title: str, rows: list[Component], span: int) -> Component:
    return html.Section(
        [html.H2(title), html.Ul(rows, className="plain-list")], className="card-plain", style={"--span": span}
    )


def _onboarding(reader: Principal) -> Component:
    """An empty house is normal on the first day: say how to fill it, and offer the sample to who may load."""
    steps = html.Ol(
        [
            html.Li("Put your orders into one file, as your shop exports them: CSV, Excel or Parquet."),
            html.Li("Import it: Tenure looks at the columns, asks what it cannot know, and checks before it loads."),
            html.Li("This page fills by itself when the import is done."),
        ],
        className="steps",
    )
    load = [
        link([icon("upload"), html.Span("Import a file")], "/import", className="btn btn-primary"),
        button("Load sample data", "secondary", "database", id=LOAD),
    ]
    who = [html.P("Somebody with the operator role can load data.", className="hint")]
    offer = load if reader.may("refresh:run") else who
    return html.Section(
        [html.H2("No data yet"), steps, html.Div(offer, className="actions")], className="card-plain onboarding"
    )


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
