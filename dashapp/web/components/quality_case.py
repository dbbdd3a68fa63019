"""One issue in full: what it is, what it touches, its rows, its rule, its history, and the form to work on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.issues import LONGEST_COMMENT, OPEN, Issue, Reason, State
from dashapp.services.quality import Case
from dashapp.store.quality import Event, Rule
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import quality_words as words
from dashapp.web.components import states
from dashapp.web.components.basics import button, data_table, disclosure, field
from dashapp.web.components.ids import ids
from dashapp.web.components.quality_words import Shop

WORDS, REASON, UNTIL, OWNER = ids("issue", "words", "reason", "until", "owner")
TAKE, START, COMMENT, ASSIGN, RESOLVE, IGNORE, REOPEN = BUTTONS = ids(
    "issue", "take", "start", "comment", "assign", "resolve", "ignore", "reopen"
)
LEGAL: dict[str, tuple[State, ...]] = {
    TAKE: OPEN,
    START: (State.NEW, State.ACKNOWLEDGED),
    COMMENT: tuple(State),
    ASSIGN: OPEN,
    RESOLVE: (*OPEN, State.IGNORED),
    IGNORE: (*OPEN, State.IGNORED),
    REOPEN: (State.RESOLVED, State.IGNORED),
}
"States in which each button is offered; `domain.issues` refuses the rest."
WHAT = {
    "opened": "The rule failed for the first time",
    "reopened": "Reopened",
    "woken": "The date it was ignored until has come",
    "verified": "Verified: the rule holds",
    "taken": "Taken",
    "started": "Work started",
    "assigned": "Assigned",
    "commented": "Comment",
    "resolved": "Resolved",
    "ignored": "Ignored",
}


def head(case: Case, shop: Shop, now: datetime) -> Component:
    """The rule that does not hold, what that touches, and how the issue stands."""
    issue, rule = case.ticket.issue, case.ticket.rule
    title = html.H2(rule.title, className="profile-name")
    top = html.Div([title, words.severity(issue.severity), words.state(issue)], className="profile-title")
    return html.Div(
        [top, html.P(words.impact(issue, shop, rule.table_name), className="narrative"),
         html.P(rule.help, className="issue-help"),
         shown.facts("How the issue stands", _facts(issue, now))],
        className="issue-head",
    )  # fmt: skip


def _facts(issue: Issue, now: datetime) -> list[tuple[str, str, str]]:
    again = f"came back {issue.reopened} times" if issue.reopened > 1 else "came back once" if issue.reopened else ""
    due = words.due(issue, now)
    return [
        ("Owner", issue.owner, "whose it is"),
        ("Deadline", due[0].upper() + due[1:], f"{words.hours(issue.sla_hours)} to settle it"),
        ("Failed runs", fmt.number(issue.occurrences), again or "since it was first seen"),
        ("First seen", fmt.day(issue.first_seen_at), fmt.ago(issue.first_seen_at, now)),
        ("Last seen", fmt.day(issue.last_seen_at), fmt.ago(issue.last_seen_at, now)),
        _outcome(issue),
    ]


def _outcome(issue: Issue) -> tuple[str, str, str]:
    if issue.verified_at:
        return ("Verified", fmt.day(issue.verified_at), "the rule held in a published run")
    if issue.state is State.RESOLVED:
        return ("Verified", "Not yet", "the next published run will tell")
    return ("Verified", fmt.NOTHING, "the rule fails")


def form() -> Component:
    """Every control there is; `offered` says which of them this state allows."""
    reasons = [{"value": reason.value, "label": reason.label} for reason in Reason]
    comment = dbc.Textarea(id=WORDS, value="", rows=3, maxLength=LONGEST_COMMENT)
    return html.Div(
        [
            field("Comment", comment, "What was found or done. Needed to resolve, ignore or reopen."),
            html.Div(
                [
                    button("Take it", "primary", "person-plus", id=TAKE),
                    button("Start work", "secondary", "play-circle", id=START),
                    button("Comment", "secondary", "chat-left-text", id=COMMENT),
                    button("Reopen", "secondary", "arrow-counterclockwise", id=REOPEN),
                ],
                className="issue-buttons",
            ),
            _pair("Because", dbc.Select(id=REASON, options=reasons, value=Reason.FIXED_AT_SOURCE.value),
                  button("Resolve", "secondary", "check-circle", id=RESOLVE)),
            _pair("Until", dbc.Input(id=UNTIL, type="date", value=None),
                  button("Ignore", "secondary", "pause-circle", id=IGNORE)),
            _pair("To", dbc.Select(id=OWNER, options=[], value=None),
                  button("Assign", "secondary", "person", id=ASSIGN)),
        ],
        className="issue-form",
    )  # fmt: skip


def _pair(label: str, control: Component, press: Component) -> Component:
    """A control and the button that uses it."""
    return html.Div([field(label, control), press], className="issue-pair")


def offered(state: State | None) -> list[bool]:
    """`disabled` of each of BUTTONS; None allows nothing."""
    return [state not in LEGAL[name] for name in BUTTONS]


def history(events: Sequence[Event]) -> Component:
    """What happened, the newest first."""
    return shown.card("History", html.Ol([_event(event) for event in events], className="issue-events"))


def _event(event: Event) -> Component:
    change = _change(event.before, event.after) if event.before and event.before is not event.after else ""
    line = html.P([html.Strong(WHAT.get(event.action, event.action.capitalize())), change])
    by = html.P(f"{event.actor.removeprefix('user:')}, {written.moment(event.happened_at)} UTC", className="hint")
    return html.Li([line, html.P(event.comment, className="issue-comment") if event.comment else "", by])


def _change(before: State, after: State) -> str:
    """From where to where; what is open again was never new."""
    return f" · it was {before.label.lower()}" if after is State.NEW else f" · {before.label} to {after.label.lower()}"


def rows(sample: Sequence[dict[str, Any]], from_stopped: bool, offending: int) -> Component:
    """Some of the rows that do not comply."""
    if not sample:
        return shown.card("Rows", states.empty("No rows of this issue are at hand.", "The last run found none."))
    where = "the run that was stopped" if from_stopped else "the snapshot that readers see"
    hint = (
        f"{fmt.number(len(sample))} of {fmt.number(offending)}, from {where}."
        if offending > len(sample)
        else f"All of them, from {where}."
    )
    return shown.card(
        "Rows", data_table(pd.DataFrame(list(sample)).astype(object), "Rows that do not comply"), hint=hint
    )


def parsed(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a snapshot. frame: the answer of `quality_sample`."""
    return [json.loads(row) for row in frame["row_json"]]


def about(rule: Rule) -> Component:
    """The rule itself."""
    said = [
        ("Dimension", rule.dimension.capitalize(), "of data quality"),
        ("Looks at", rule.table_name, "table"),
        ("When it fails", _ACTIONS.get(rule.action, rule.action), "what becomes of the rows"),
        ("Owner", rule.owner, "of the rule"),
    ]
    sql = html.Div(html.Pre(rule.statement, className="run-log", tabIndex=0), className="issue-sql")
    return shown.card("Rule", shown.facts("The rule", said), disclosure("Its SQL", sql), hint=rule.check_id)


_ACTIONS = {"block": "Nothing is published", "quarantine": "Set aside", "flag": "They count, and are shown"}


def past(case: Case) -> Component:
    """How the rule went in the last runs, the newest first."""
    runs = {run.id: run for run in case.runs}
    table = [
        {
            "Run": f"{written.moment(runs[result.run_id].ran_at)}",
            "Result": words.STATUS[result.status].capitalize(),
            "Rows": result.offending_rows,
            "Of": result.checked_rows,
            "Published": runs[result.run_id].snapshot_id or "No: the run was stopped",
            "By": runs[result.run_id].actor.removeprefix("user:"),
        }
        for result in reversed(case.results)
    ]
    if not table:
        return shown.card("Last runs", states.empty("The last runs did not apply this rule.", "It may be gone."))
    mark = words.strip(case.results, case.runs)
    return shown.card("Last runs", mark, data_table(pd.DataFrame(table), "Results of this rule"))
