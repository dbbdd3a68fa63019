"""Data quality as rows: the rules, every run with its results, the issues and all that happened to them.

Snapshots are replaced at each refresh; this stays. What a row becomes is decided in `domain.issues`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from dashapp.domain import issues as decide
from dashapp.domain.issues import WHOLE, Finding, Issue, Reason, State, Step
from dashapp.errors import EditedMeanwhile
from dashapp.store.tables import quality_events, quality_issues, quality_results, quality_rules, quality_runs

BY_A_RUN = "refresh"
"The actor of what no person decided."
SAMPLE_ROWS = 20
LONGEST_ROW = 4_000
"Characters of one sample row as JSON."


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was applied last."""

    check_id: str
    title: str
    dimension: str
    severity: str
    table_name: str
    help: str
    owner: str
    sla_hours: int
    action: str
    statement: str
    "Its SQL."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one rule went in one run."""

    rule: Rule
    status: str
    "passed, warning or failed."
    offending_rows: int
    checked_rows: int
    amount: Decimal | None
    customers: int | None
    clv: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One time the rules were applied."""

    snapshot_id: str | None
    "None where a rule stopped the run: nothing was published."
    ran_at: datetime
    actor: str
    source: str
    stopped: bool
    id: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome as it is kept."""

    run_id: int
    check_id: str
    status: str
    offending_rows: int
    checked_rows: int
    amount: Decimal | None
    customers: int | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """An issue with its number, its rule and what is needed to change it."""

    id: int
    version: int
    "Grows with every change; who changes an issue says which version they saw."
    issue: Issue
    rule: Rule
    sample: tuple[dict[str, Any], ...]
    "Offending rows, where the last run that failed was stopped: no snapshot has them."


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an issue's history."""

    happened_at: datetime
    actor: str
    action: str
    before: State | None
    after: State
    comment: str
    detail: dict[str, Any]


def record_run(
    connection: Connection, run: Run, results: Sequence[Outcome], samples: Mapping[str, Sequence[str]]
) -> int:
    """Keep a run and let it open, count, verify and reopen issues, in the transaction of `state.writing`.

    `samples` holds offending rows as JSON objects by rule. They are kept only where the run was stopped: the rows of
    a published one lie in its snapshot and are forgotten with it. Returns the number of the run.
    """
    values = {field.name: getattr(run, field.name) for field in fields(Run) if field.name != "id"}
    run_id = int(connection.execute(insert(quality_runs).values(values)).inserted_primary_key[0])  # type: ignore[index]
    _keep_rules(connection, [outcome.rule for outcome in results])
    known = {(ticket.rule.check_id, ticket.issue.scope): ticket for ticket in tickets(connection)}
    for outcome in results:
        row = {name: getattr(outcome, name) for name in _RESULT} | {"run_id": run_id, "check_id": outcome.rule.check_id}
        connection.execute(insert(quality_results).values(row))
        finding, ticket = _finding(outcome), known.get((outcome.rule.check_id, WHOLE))
        steps = decide.after_run(ticket.issue if ticket else None, finding, run.ran_at, published=not run.stopped)
        if steps:
            sample = _sample(samples.get(finding.check_id, ())) if run.stopped and finding.found else ()
            about = {"run": run_id, "rows": outcome.offending_rows} | (
                {"snapshot": run.snapshot_id} if run.snapshot_id else {}
            )
            _write(connection, ticket, steps, BY_A_RUN, run.ran_at, about, sample)
    return run_id


def knows(connection: Connection, snapshot_id: str) -> bool:
    """Whether the run that led to this snapshot is kept."""
    query = select(quality_runs.c.run_id).where(quality_runs.c.snapshot_id == snapshot_id).limit(1)
    return connection.execute(query).first() is not None


def change(connection: Connection, ticket: Ticket, steps: Sequence[Step], actor: str, at: datetime) -> None:
    """Write what somebody decided on this version of an issue. Raises EditedMeanwhile when there is a newer one."""
    _write(connection, ticket, steps, actor, at, {}, ticket.sample)


def tickets(connection: Connection) -> tuple[Ticket, ...]:
    """Every issue, the oldest first."""
    rules_by_id = {rule.check_id: rule for rule in rules(connection)}
    rows = connection.execute(select(quality_issues).order_by(quality_issues.c.issue_id)).mappings()
    return tuple(_ticket(row, rules_by_id[row["check_id"]]) for row in rows)


def find(connection: Connection, issue_id: int) -> Ticket | None:
    """The issue of that number."""
    row = connection.execute(select(quality_issues).where(quality_issues.c.issue_id == issue_id)).mappings().first()
    if row is None:
        return None
    rule = connection.execute(select(quality_rules).where(quality_rules.c.check_id == row["check_id"])).mappings().one()
    return _ticket(row, Rule(**rule))


def events(connection: Connection, issue_id: int) -> tuple[Event, ...]:
    """What happened to an issue, the newest first."""
    query = select(quality_events).where(quality_events.c.issue_id == issue_id)
    rows = connection.execute(query.order_by(quality_events.c.event_id.desc())).mappings()
    return tuple(_event(row) for row in rows)


def rules(connection: Connection) -> tuple[Rule, ...]:
    """Every rule that was ever applied, by name."""
    rows = connection.execute(select(quality_rules).order_by(quality_rules.c.check_id)).mappings()
    return tuple(Rule(**row) for row in rows)


def runs(connection: Connection, limit: int) -> tuple[Run, ...]:
    """The newest runs first."""
    rows = connection.execute(select(quality_runs).order_by(quality_runs.c.run_id.desc()).limit(limit)).mappings()
    return tuple(Run(id=row["run_id"], **{name: row[name] for name in row if name != "run_id"}) for row in rows)


def results(connection: Connection, run_ids: Iterable[int]) -> tuple[Result, ...]:
    """What the rules found in these runs, by run and rule."""
    query = select(quality_results).where(quality_results.c.run_id.in_(list(run_ids)))
    rows = connection.execute(query.order_by(quality_results.c.run_id, quality_results.c.check_id)).mappings()
    return tuple(Result(**row) for row in rows)


_RESULT = ("status", "offending_rows", "checked_rows", "amount", "customers")
_ISSUE = tuple(field.name for field in fields(Issue))


def _keep_rules(connection: Connection, applied: Sequence[Rule]) -> None:
    """The rules as they read now, whether known or new."""
    known = set(connection.execute(select(quality_rules.c.check_id)).scalars())
    for rule in applied:
        values = asdict(rule)
        if rule.check_id in known:
            connection.execute(update(quality_rules).where(quality_rules.c.check_id == rule.check_id).values(values))
        else:
            connection.execute(insert(quality_rules).values(values))


def _finding(outcome: Outcome) -> Finding:
    rule = outcome.rule
    return Finding(
        rule.check_id, rule.severity, rule.owner, rule.sla_hours, outcome.status != "passed",
        outcome.offending_rows, outcome.checked_rows, outcome.amount, outcome.customers,
        clv=outcome.clv,
    )  # fmt: skip


def _sample(rows: Sequence[str]) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(row) for row in rows[:SAMPLE_ROWS] if len(row) <= LONGEST_ROW)


def _write(
    connection: Connection,
    ticket: Ticket | None,
    steps: Sequence[Step],
    actor: str,
    at: datetime,
    detail: dict[str, Any],
    sample: tuple[dict[str, Any], ...],
) -> None:
    """The issue after the last step, and a line of history for every step worth one."""
    issue = steps[-1].issue
    row = {name: getattr(issue, name) for name in _ISSUE} | {"sample": json.dumps(sample)}
    row |= {"state": issue.state.value, "reason": issue.reason.value if issue.reason else None}
    issue_id = _put(connection, ticket, row)
    lines = [
        {
            "issue_id": issue_id, "happened_at": at, "actor": actor, "action": step.action,
            "state_before": step.before.value if step.before else None, "state_after": step.issue.state.value,
            "comment": step.comment, "detail": json.dumps(detail, sort_keys=True),
        }
        for step in steps
        if step.action
    ]  # fmt: skip
    if lines:
        connection.execute(insert(quality_events), lines)


def _put(connection: Connection, ticket: Ticket | None, row: dict[str, Any]) -> int:
    if ticket is None:
        made = connection.execute(insert(quality_issues).values(row | {"version": 1}))
        return int(made.inserted_primary_key[0])  # type: ignore[index]
    seen = (quality_issues.c.issue_id == ticket.id) & (quality_issues.c.version == ticket.version)
    done = connection.execute(update(quality_issues).where(seen).values(row | {"version": ticket.version + 1}))
    if done.rowcount != 1:
        raise EditedMeanwhile(
            "This issue has changed since you read it; nothing was written.", "Look at it again, then decide."
        )
    return ticket.id


def _ticket(row: RowMapping, rule: Rule) -> Ticket:
    values = {name: row[name] for name in _ISSUE}
    values |= {"state": State(row["state"]), "reason": Reason(row["reason"]) if row["reason"] else None}
    return Ticket(row["issue_id"], row["version"], Issue(**values), rule, tuple(json.loads(row["sample"])))


def _event(row: RowMapping) -> Event:
    before = State(row["state_before"]) if row["state_before"] else None
    return Event(
        row["happened_at"], row["actor"], row["action"], before, State(row["state_after"]), row["comment"],
        json.loads(row["detail"]),
    )  # fmt: skip
