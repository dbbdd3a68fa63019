"""How fresh the numbers are, said on every page: last day of data, when it was refreshed, demo or not, checks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashapp.errors import TenureError
from dashapp.services.spared import Failure, spared
from dashapp.web import asof, identity
from dashapp.web import format as fmt
from dashapp.web.components.basics import icon, link
from dashapp.web.components.validity import badge

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.snapshot import Snapshot

LINE = "freshness"
STALE_AFTER = timedelta(days=7)
"A refresh older than this is called old: the shop has sold since."
NO_ORDERS = (
    "Customers were loaded as summaries: there are no orders, products, returns, trends and cohorts over time, and no "
    "backtest. Load orders to see them."
)


def line(services: Services) -> Component:
    """One line, always there: also when there is no data."""
    return html.Div(words(services), id=LINE, className="freshness")


def words(services: Services) -> list[Any]:
    """What the line says: a page on which the data change while it is open writes it anew."""
    try:
        return _parts(services, asof.shown(services))
    except TenureError as error:
        return [icon("database"), html.Span(error.message)]


def _parts(services: Services, snapshot: Snapshot) -> list[Any]:
    facts, now = snapshot.facts, services.clock()
    refreshed = html.Span(f"refreshed {fmt.ago(facts.built_at, now)}", title=f"{fmt.moment(facts.built_at)} UTC")
    parts: list[Any] = [html.Span([icon("calendar3"), f"Data to {fmt.day(facts.observed_until)}"]), refreshed]
    if facts.is_demo:
        parts.append(html.Span("Demo data", className="badge badge-demo", title="Generated, not a real shop"))
    if not facts.has_orders:
        parts.append(html.Span("Summaries, no orders", className="badge badge-warn", title=NO_ORDERS))
    parts += [_checks(snapshot), badge(facts)]
    if asof.asked() is None and is_stale(services, snapshot):
        words = "Not refreshed for more than a week"
        parts.append(html.Span([icon("exclamation-triangle"), words], className="badge badge-warn"))
    return parts


def is_stale(services: Services, snapshot: Snapshot) -> bool:
    """Whether the refresh is so old that a reader must be told."""
    built = snapshot.facts.built_at
    now = services.clock()
    return bool((now.replace(tzinfo=None) - built.replace(tzinfo=None)) > STALE_AFTER)


def _checks(snapshot: Snapshot) -> Component:
    """The state of the checks, leading to them for whoever may see them."""
    counts = spared("check_counts", lambda: snapshot.row("check_counts"), lambda failure: failure)
    if isinstance(counts, Failure):
        return html.Span([icon("exclamation-triangle"), f"Checks: {counts.text}"], className="badge badge-warn")
    failed = int(counts["failed"])
    words = f"{failed} check{'s' if failed > 1 else ''} failed" if failed else f"{int(counts['total'])} checks passed"
    parts: list[Any] = [icon("exclamation-triangle" if failed else "check-circle"), words]
    look = f"badge {'badge-warn' if failed else 'badge-good'}"
    if identity.principal().may("runs:read"):
        return link(parts, "/data", className=look)
    return html.Span(parts, className=look)
