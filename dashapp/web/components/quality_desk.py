"""The quality page's parts: score per dimension, the queue of issues, the catalogue of rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts.kit.formats import plural
from dashapp.domain.issues import State
from dashapp.domain.quality_score import Score
from dashapp.services.quality import Desk, RuleHistory
from dashapp.store.quality import Run, Ticket
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import quality_words as words
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, data_table, link
from dashapp.web.components.quality_words import Shop

ISSUE = "/quality/{}"
VIEWS = {"open": "Open", "ignored": "Ignored", "resolved": "Resolved", "all": "All"}
SORTS: dict[str, tuple[str, str, Callable[[Ticket], Any]]] = {
    "money": ("Money", "the most money first", lambda _: 0),
    "clv": ("Their CLV", "the customers of the most predicted value first", lambda it: -(it.issue.clv or Decimal())),
    "customers": ("Customers", "the most customers first", lambda it: -(it.issue.customers or 0)),
    "age": ("Age", "the oldest first", lambda it: it.issue.first_seen_at),
}
"Name in the address -> link, sentence, key; what is equal stays in the order of the desk, by money."
SCORE_HINT = (
    "Mean over the rules of a dimension of the share of checked rows that comply. Bars: the share of rules that did "
    "not hold, run by run, the newest on the right."
)


def headline(desk: Desk, shop: Shop, now: datetime) -> Component:
    """How things stand, in two sentences at most."""
    found = desk.open
    if not found:
        return html.P("No issue is open: every rule holds, or somebody has dealt with it.", className="narrative")
    late = sum(ticket.issue.late(now) for ticket in found)
    first = f"{plural(len(found), 'issue')} {'is' if len(found) == 1 else 'are'} open"
    first += f", {late} of them overdue." if late else "."
    worst = found[0]
    return html.P(
        [f"{first} The heaviest: ", _title(worst), f". {words.impact(worst.issue, shop, worst.rule.table_name)}"],
        className="narrative",
    )


def stopped(desk: Desk, now: datetime) -> Any:
    """A notice while the newest run is one that was stopped: why, and that readers see older data."""
    run = desk.runs[-1]
    if not run.stopped:
        return ""
    guilty = [each for each in desk.rules if each.rule.severity == "stop" and each.last.status == "failed"]
    names = [part for each in guilty for part in (_rule_name(each), ". ")]
    when = f"The last refresh was stopped {fmt.ago(run.ran_at, now)}; everybody still sees the data before it. By: "
    return html.Div(html.P([when, *names]), className="notice", role="status")


def score_cards(runs: Sequence[Run], scores: Sequence[dict[str, Score]]) -> Component:
    """A card per dimension: the score of the newest run, its change, and every run as a bar."""
    cards = [_score_card(name, runs, [each.get(name) for each in scores]) for name in scores[-1]]
    return shown.card("Score by dimension", html.Div(cards, className="score-cards"), hint=SCORE_HINT)


def _score_card(name: str, runs: Sequence[Run], history: Sequence[Score | None]) -> Component:
    newest = history[-1]
    assert newest is not None
    before = next((score for score in reversed(history[:-1]) if score), None)
    change = f"{fmt.delta(newest.share, before.share, 'share')} on the run before" if before else "first run"
    holding = f"{newest.rules - newest.failed} of {plural(newest.rules, 'rule')} hold"
    value = html.P(fmt.percent(newest.share), className="figure-value")
    return html.Div(
        [
            html.H3(name.capitalize(), className="figure-name"),
            value,
            html.P(holding, className="figure-detail"),
            html.P(change, className="figure-detail"),
            _bars(name, runs, history),
        ],
        className="score-card",
    )


def _bars(name: str, runs: Sequence[Run], history: Sequence[Score | None]) -> Component:
    bars = []
    for run, score in zip(runs, history, strict=True):
        share = score.failed / score.rules if score else 0
        told = f"{written.moment(run.ran_at)}: " + (f"{score.failed} of {score.rules} failed" if score else "no rule")
        fill = html.Span(style={"height": f"{100 * share:.0f}%"})
        bars.append(html.Span(fill, className=f"score-bar{' is-stopped' if run.stopped else ''}", title=told))
    counts = ", ".join(str(score.failed) if score else "none" for score in history)
    label = f"{name.capitalize()}: rules that did not hold, run by run: {counts}"
    return html.Div(bars, className="score-bars", role="img", **attrs(aria_label=label))


def chosen(tickets: Sequence[Ticket], view: str) -> list[Ticket]:
    """Those of one view."""
    if view == "all":
        return list(tickets)
    wanted = {"ignored": State.IGNORED, "resolved": State.RESOLVED}.get(view)
    return [each for each in tickets if (each.issue.state is wanted if wanted else each.issue.is_open)]


def queue(tickets: Sequence[Ticket], view: str, shop: Shop, now: datetime, sort: str = "money") -> Component:
    """The issues of a view in the order asked for, with the way to the other views and orders."""
    if sort == "clv" and not shop.shows_value:
        sort = "money"  # the order would tell what may not be shown
    _, order, key = SORTS[sort]
    found = [_row(ticket, shop, now) for ticket in sorted(chosen(tickets, view), key=key)]
    body = html.Ol(found, className="issue-list") if found else _none(view)
    hint = f"One issue per rule, {order}. All figures are those of the last run that failed."
    counts = {name: f"{words} {len(chosen(tickets, name))}" for name, words in VIEWS.items()}
    sorts = {name: words for name, (words, *_) in SORTS.items() if name != "clv" or shop.shows_value}
    tabs = _links("Issues by state", counts, view, lambda name: _address(name, sort))
    orders = _links("Order of the issues", sorts, sort, lambda name: _address(view, name))
    return shown.card("Issues", tabs, *([orders] if len(found) > 1 else []), body, hint=hint)


def _address(view: str, sort: str) -> str:
    return f"/quality?show={view}" + (f"&sort={sort}" if sort != "money" else "")


def _links(label: str, options: dict[str, str], current: str, address: Callable[[str], str]) -> Component:
    """Links to what else there is, what is shown among them."""
    links = [
        html.Span(text, className="view-link", **attrs(aria_current="page"))
        if name == current
        else link(text, address(name), className="view-link")
        for name, text in options.items()
    ]
    return html.Nav(links, className="view-links", **attrs(aria_label=label))


def _none(view: str) -> Component:
    if view == "open":
        return states.empty("No issue is open.", "A rule that does not hold in the next refresh opens one here.")
    return states.empty(f"No issue is {VIEWS[view].lower()}." if view != "all" else "No rule has ever failed.")


def _title(ticket: Ticket) -> Component:
    return link(ticket.rule.title, ISSUE.format(ticket.id))


def _row(ticket: Ticket, shop: Shop, now: datetime) -> Component:
    issue = ticket.issue
    late = " is-late" if issue.late(now) else ""
    what = html.Div(
        [
            html.Div(_title(ticket), className="issue-title"),
            html.Div([words.severity(issue.severity), words.state(issue)], className="issue-badges"),
            html.P(
                [f"{issue.owner} · ", html.Span(words.due(issue, now), className=f"issue-due{late}")], className="hint"
            ),
        ]
    )
    figures = (
        ("Money", fmt.money(issue.amount, shop.currency)),
        ("Rows", fmt.number(issue.offending_rows)),
        ("Customers", fmt.number(issue.customers)),
        ("Their CLV", words.value(issue, shop)),
        ("Failed runs", fmt.number(issue.occurrences)),
    )
    terms = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures])
    return html.Li([what, terms], className="issue-row")


def catalogue(desk: Desk, shop: Shop) -> Component:
    """Every rule of the newest run: what it is about, whose it is, how it went now and before."""
    rows = [_rule(history, desk.runs, shop) for history in desk.rules]
    table = data_table(pd.DataFrame(rows).astype(object), "Rules as applied in the last run")
    holding = sum(history.last.status == "passed" for history in desk.rules)
    return shown.card(
        "Rules",
        html.Div(table, className="rule-table"),
        hint=f"{holding} of {plural(len(rows), 'rule')} held in the last run.",
    )


def _rule(history: RuleHistory, runs: Sequence[Run], shop: Shop) -> dict[str, Any]:
    rule, last = history.rule, history.last
    held = last.status == "passed"
    return {
        "Rule": _rule_name(history),
        "Dimension": rule.dimension.capitalize(),
        "Severity": words.SEVERITIES.get(rule.severity, (rule.severity,))[0],
        "Owner": rule.owner,
        "To settle in": words.hours(rule.sla_hours),
        "Last result": html.Span(
            words.STATUS[last.status].capitalize(), className=f"badge badge-{'good' if held else 'warn'}"
        ),
        "Rows": fmt.number(last.offending_rows),
        "Money": fmt.money(last.amount, shop.currency),
        "Last runs": words.strip(history.results, runs),
    }


def _rule_name(history: RuleHistory) -> Any:
    """The title of a rule, as the way to its issue where it has one."""
    title = history.rule.title
    return link(title, ISSUE.format(history.issue_id)) if history.issue_id else title
