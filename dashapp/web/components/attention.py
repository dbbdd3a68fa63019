"""What somebody should look at, worst first and five at most; every line leads to the place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashapp.domain.validity import Validity
from dashapp.services.access import Principal
from dashapp.store.jobs import Job
from dashapp.store.metrics import MetricValue
from dashapp.store.quality import Ticket
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof, freshness
from dashapp.web import format as fmt
from dashapp.web.components.basics import icon, link

if TYPE_CHECKING:
    from dashapp.services.services import Services

MOST = 5
LOADS = ("refresh", "import", "ingest", "replay", "undo", "rollback")
"Kinds of work that change the data."
FAILED = ("failed", "lost")


def rows(services: Services, snapshot: Snapshot, reader: Principal, risk: MetricValue) -> list[Component]:
    """The lines, or the one that says there is nothing."""
    found = list(islice(_found(services, snapshot, reader, risk), MOST))
    return found or [
        html.Li(html.Span([icon("check-circle"), "Nothing. Everything is in order."], className="row-link"))
    ]


def _found(services: Services, snapshot: Snapshot, reader: Principal, risk: MetricValue) -> Iterator[Component]:
    # What is worked on now would be of another day beside figures of the past.
    is_now, data = asof.asked() is None, "/data" if reader.may("runs:read") else ""
    if is_now:
        yield from _runs(services, reader) or _stopped(services, reader)
        if freshness.is_stale(services, snapshot):
            age = fmt.ago(snapshot.facts.built_at, services.clock())
            yield row(data, "clock-history", "The data are old", f"Refreshed {age}")
    issues = services.quality.open_issues(reader) if is_now and reader.may("quality:read") else ()
    yield from _issues(issues, snapshot) if issues else _checks(snapshot, data)
    if snapshot.facts.validity != Validity.VALID:
        words = f"Predictions: {Validity(snapshot.facts.validity).label.lower()}"
        yield row("/trust", "shield-check", words, snapshot.facts.validity_reason)
    for problem in snapshot.frame("model_problems").to_dict("records"):
        words = f"The {problem['target']} model: {problem['status']}".replace("_", " ")
        yield row(data, "cpu", words, str(problem["message"]))
    if risk.value:
        worth = fmt.value_of(risk.value, "money", snapshot.facts.currency)
        title = f"{worth} of predicted value is at risk"
        hint = "Lost if customers leave as predicted; see whose it is"
        yield row("/customers?sort=-value_at_risk", "heart-pulse", title, hint)


def _runs(services: Services, reader: Principal) -> list[Component]:
    """The newest ended run, where it failed: what came after it went well, or is still to come."""
    if not reader.may("runs:read"):
        return []
    job = last_load(services.jobs.recent(reader, 20))
    if not job or job.state not in FAILED:
        return []
    return [row(f"/data?run={job.id}", "exclamation-triangle", f"Run {job.id} failed", job.message or job.state)]


def _stopped(services: Services, reader: Principal) -> list[Component]:
    """A refresh from the command line that a rule stopped: it was no job, and left no run."""
    run = services.quality.stopped(reader)
    if run is None:
        return []
    words = f"{fmt.ago(run.ran_at, services.clock())}; everybody still sees the data before it"
    return [row("/quality", "exclamation-triangle", "A rule stopped the last refresh", words)]


def last_load(jobs: Sequence[Job]) -> Job | None:
    """The newest job that changed the data or tried to; `jobs` newest first."""
    return next((job for job in jobs if job.kind in LOADS and job.state in ("done", *FAILED)), None)


def _issues(issues: Sequence[Ticket], snapshot: Snapshot) -> Iterator[Component]:
    words = f"{len(issues)} open issue{'s' if len(issues) > 1 else ''} of the data"
    yield row("/quality", "clipboard-check", words, _heaviest(issues[0], snapshot))


def _checks(snapshot: Snapshot, place: str) -> Iterator[Component]:
    failed = int(snapshot.row("check_counts")["failed"])
    if failed:
        words = f"{failed} data check{'s' if failed > 1 else ''} failed"
        yield row(place, "exclamation-triangle", words, "See which rows, and what they are worth")


def _heaviest(ticket: Ticket, snapshot: Snapshot) -> str:
    amount = ticket.issue.amount
    touched = f", {fmt.value_of(abs(float(amount)), 'money', snapshot.facts.currency)} touched" if amount else ""
    return f"The heaviest: {ticket.rule.title}{touched}"


def row(href: str, picture: str, title: str, hint: str) -> Component:
    """One line of a list of links; without an address for who may not follow it."""
    words = [icon(picture), html.Span([html.Span(title), html.Span(hint, className="hint")])]
    return html.Li(link(words, href, className="row-link") if href else html.Span(words, className="row-link"))
