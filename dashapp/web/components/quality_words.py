"""How the quality desk speaks: what an issue touches, whose it is and until when, how its rule went. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts.kit.formats import plural
from dashapp.domain.issues import Issue, State
from dashapp.domain.validity import Validity
from dashapp.errors import NoSnapshot
from dashapp.services.spared import spared
from dashapp.store.quality import Result, Run
from dashapp.store.snapshot import Snapshots
from dashapp.web import format as fmt
from dashapp.web.components.basics import attrs

SEVERITIES = {"stop": ("Stops a refresh", "bad"), "warn": ("Warning", "warn"), "info": ("To know", "none")}
STATES = {
    State.NEW: "warn",
    State.ACKNOWLEDGED: "none",
    State.IN_PROGRESS: "none",
    State.RESOLVED: "good",
    State.IGNORED: "none",
}
STATUS = {"passed": "held", "warning": "nearly held", "failed": "failed"}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shop:
    """What an amount of money is compared with: the snapshot that readers see."""

    currency: str = ""
    net_sales: float = 0.0
    shows_value: bool = False
    "Whether predicted money may be shown."


def shop_of(snapshots: Snapshots) -> Shop:
    """Currency and net sales of what readers see; nothing before the first snapshot."""
    try:
        snapshot = snapshots.current()
    except NoSnapshot:
        return Shop()
    counts = spared("data_counts", lambda: snapshot.row("data_counts"), lambda _: {"net_sales": None})
    shows_value = snapshot.facts.validity != Validity.NOT_VALID
    return Shop(snapshot.facts.currency, float(counts["net_sales"] or 0), shows_value)


def severity(name: str) -> Component:
    """How bad it is, as a badge."""
    words, kind = SEVERITIES.get(name, (name.capitalize(), "none"))
    return html.Span(words, className=f"badge badge-{kind}")


def state(issue: Issue) -> Component:
    """Where it stands, as a badge."""
    return html.Span(issue.label, className=f"badge badge-{STATES[issue.state]}")


def impact(issue: Issue, shop: Shop, table: str = "") -> str:
    """What the issue touches, or touched until its rule held: rows, money, customers. table: that its rule looks at."""
    rows = plural(issue.offending_rows, "row" if not table.startswith("meta.") else "delivered file")
    of = f" of {fmt.number(issue.checked_rows)}" if issue.checked_rows >= issue.offending_rows else ""
    touched = [_money(issue, shop)] if issue.amount is not None else []
    touched += [_people(issue, shop)] if issue.customers is not None else []
    does = "did" if issue.verified_at else "does" if issue.offending_rows == 1 else "do"
    when = " when the rule failed last" if issue.verified_at else ""
    return f"{rows}{of} {does} not comply{when}" + (f", with {' and '.join(touched)} on them." if touched else ".")


def _people(issue: Issue, shop: Shop) -> str:
    words = plural(issue.customers or 0, "customer")
    return f"{words} (predicted CLV {value(issue, shop)})" if fmt.known(_value(issue, shop)) else words


def value(issue: Issue, shop: Shop) -> str:
    """What its customers are predicted to bring, where that is known and may be shown."""
    return fmt.money(_value(issue, shop), shop.currency)


def _value(issue: Issue, shop: Shop) -> Decimal | None:
    return issue.clv if shop.shows_value else None


def _money(issue: Issue, shop: Shop) -> str:
    words = fmt.money(issue.amount, shop.currency)
    if not shop.net_sales:
        return words
    share = abs(float(issue.amount or 0)) / shop.net_sales
    return f"{words} (as much as {fmt.percent(share)} of net sales)"


def due(issue: Issue, now: datetime) -> str:
    """Until when, or since when not."""
    if issue.state is State.IGNORED and issue.ignored_until:
        return f"ignored until {fmt.day(issue.ignored_until)}"
    if issue.state is State.RESOLVED and issue.resolved_at:
        held = "verified" if issue.verified_at else "not verified yet"
        return f"resolved {fmt.day(issue.resolved_at)}, {held}"
    if issue.late(now):
        return f"overdue since {fmt.day(issue.due_at)}"
    return (
        "due today"
        if issue.due_at - now < DAY and issue.due_at.date() == now.date()
        else f"due {fmt.day(issue.due_at)}"
    )


def hours(sla_hours: int) -> str:
    """
    >>> hours(4), hours(72), hours(36)
    ('4 hours', '3 days', '36 hours')
    """
    return plural(sla_hours // 24, "day") if sla_hours >= 48 and sla_hours % 24 == 0 else plural(sla_hours, "hour")


def strip(results: Sequence[Result], runs: Sequence[Run]) -> Component:
    """One mark per run, the oldest left; tall where the rule failed, so that it reads without colours."""
    by_run = {result.run_id: result for result in results}
    marks = [html.Span(className=_mark(by_run.get(run.id)), title=_told(run, by_run.get(run.id))) for run in runs]
    found = sum(result.status != "passed" for result in results)
    label = f"Did not hold in {found} of the last {plural(len(results), 'run')}"
    return html.Span(marks, className="run-strip", role="img", **attrs(aria_label=label))


def _mark(result: Result | None) -> str:
    return f"run-mark is-{result.status if result else 'absent'}"


def _told(run: Run, result: Result | None) -> str:
    words = f"{STATUS[result.status]}, {plural(result.offending_rows, 'row')}" if result else "not applied"
    return f"{written.moment(run.ran_at)}: {words}" + (" (stopped)" if run.stopped else "")
