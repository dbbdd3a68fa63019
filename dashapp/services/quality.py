"""The quality desk: what is wrong with the data, whose it is, and what each decision on it leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine

from dashapp.domain import issues as decide
from dashapp.domain.issues import Issue, Step
from dashapp.domain.quality_score import Checked, Score, scores
from dashapp.errors import InputError, NotFound
from dashapp.services.access import Principal, Role, require
from dashapp.store import accounts
from dashapp.store import quality as rows
from dashapp.store.accounts import Account
from dashapp.store.journal import Journal
from dashapp.store.quality import Event, Result, Rule, Run, Ticket
from dashapp.store.state import Clock, now, reading, writing

READ, WORK = "quality:read", "quality:work"
RUNS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """A rule with its results in the newest runs, the oldest first."""

    rule: Rule
    results: tuple[Result, ...]
    issue_id: int | None

    @property
    def last(self) -> Result:
        return self.results[-1]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the list of issues shows, as of one moment."""

    tickets: tuple[Ticket, ...]
    "The most money first."
    runs: tuple[Run, ...]
    "The oldest first."
    scores: tuple[dict[str, Score], ...]
    "By dimension, one for each run."
    rules: tuple[RuleHistory, ...]
    "Those the newest run applied."

    @property
    def open(self) -> tuple[Ticket, ...]:
        return tuple(ticket for ticket in self.tickets if ticket.issue.is_open)


@dataclass(frozen=True, slots=True)
class Case:
    """One issue with all that is known about it."""

    ticket: Ticket
    events: tuple[Event, ...]
    "The newest first."
    runs: tuple[Run, ...]
    "The oldest first."
    results: tuple[Result, ...]
    "Of its rule, in those runs that applied it."
    workers: tuple[Account, ...]
    "To whom it can be given."


class Quality:
    """The issues of one installation. Every change is in the journal, in the transaction that makes it."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def desk(self, reader: Principal) -> Desk:
        """The queue, the scores and the rules. Raises NotAllowed."""
        require(reader, READ)
        with reading(self._engine) as connection:
            runs = rows.runs(connection, RUNS_SHOWN)[::-1]
            results = rows.results(connection, [run.id for run in runs])
            found = [self._shown(ticket) for ticket in rows.tickets(connection)]
            rules = {rule.check_id: rule for rule in rows.rules(connection)}
        return Desk(
            tuple(sorted(found, key=weight)), runs, _scores(runs, results, rules), _histories(results, rules, found)
        )

    def open_issues(self, reader: Principal) -> tuple[Ticket, ...]:
        """Those that are open, the most money first. Raises NotAllowed."""
        require(reader, READ)
        with reading(self._engine) as connection:
            found = [self._shown(ticket) for ticket in rows.tickets(connection)]
        return tuple(sorted((ticket for ticket in found if ticket.issue.is_open), key=weight))

    def stopped(self, reader: Principal) -> Run | None:
        """The newest run, where a rule stopped it: readers see older data. None too for who may not see issues."""
        if not reader.may(READ):
            return None
        with reading(self._engine) as connection:
            newest = rows.runs(connection, 1)
        return newest[0] if newest and newest[0].stopped else None

    def known(self, issue_id: int) -> None:
        """Raises NotFound where there is no issue of that number."""
        with reading(self._engine) as connection:
            self._found(connection, issue_id)

    def case(self, issue_id: int, reader: Principal) -> Case:
        """One issue. Raises NotAllowed, NotFound."""
        require(reader, READ)
        with reading(self._engine) as connection:
            ticket = self._shown(self._found(connection, issue_id))
            runs = rows.runs(connection, RUNS_SHOWN)[::-1]
            results = rows.results(connection, [run.id for run in runs])
            own = tuple(result for result in results if result.check_id == ticket.rule.check_id)
            return Case(ticket, rows.events(connection, issue_id), runs, own, _workers(connection))

    def take(self, issue_id: int, version: int, who: Principal) -> None:
        """Make an issue one's own. `version` is the one that was seen.

        Like all that follows it raises NotAllowed, NotFound, InputError, EditedMeanwhile; then nothing was written.
        """
        self._decide(issue_id, version, who, lambda issue: decide.take(issue, who.user_name))

    def start(self, issue_id: int, version: int, who: Principal) -> None:
        """Begin to work on it."""
        self._decide(issue_id, version, who, lambda issue: decide.start(issue, who.user_name))

    def assign(self, issue_id: int, version: int, who: Principal, owner: str) -> None:
        """Give it to somebody who may work on it."""
        with reading(self._engine) as connection:
            names = {account.user_name for account in _workers(connection)}
        if owner not in names:
            raise InputError("It can be given only to somebody who may work on issues.", "Choose one from the list.")
        self._decide(issue_id, version, who, lambda issue: decide.assign(issue, owner))

    def comment(self, issue_id: int, version: int, who: Principal, words: str) -> None:
        """Say something about it."""
        self._decide(issue_id, version, who, lambda issue: decide.comment(issue, words))

    def resolve(self, issue_id: int, version: int, who: Principal, reason: str, words: str) -> None:
        """Call it done; the next published run verifies it, or reopens it."""
        self._decide(issue_id, version, who, lambda issue: decide.resolve(issue, reason, words, self._clock()))

    def ignore(self, issue_id: int, version: int, who: Principal, until: date, words: str) -> None:
        """Leave it alone until a date."""
        today = self._clock().date()
        self._decide(issue_id, version, who, lambda issue: decide.ignore(issue, until, words, today))

    def reopen(self, issue_id: int, version: int, who: Principal, words: str) -> None:
        """Take up again what was resolved or ignored."""
        self._decide(issue_id, version, who, lambda issue: decide.reopen(issue, words, self._clock()))

    def _decide(self, issue_id: int, version: int, who: Principal, deed: Callable[[Issue], Step]) -> None:
        """Apply a decision to the version of the issue that somebody saw; what its date has done comes first."""
        require(who, WORK)
        at = self._clock()
        with writing(self._engine) as connection:
            ticket = self._found(connection, issue_id)
            woken = decide.wake(ticket.issue, at)
            step = deed(woken[-1].issue if woken else ticket.issue)
            rows.change(connection, replace(ticket, version=version), [*woken, step], who.actor, at)
            self._journal.append_in(
                connection, f"quality:{step.action}", who.actor, f"issue:{issue_id}", _said(ticket, step)
            )

    def _found(self, connection: Connection, issue_id: int) -> Ticket:
        ticket = rows.find(connection, issue_id)
        if ticket is None:
            raise NotFound("There is no such issue.", "The list of issues shows all there are.")
        return ticket

    def _shown(self, ticket: Ticket) -> Ticket:
        return replace(ticket, issue=decide.awake(ticket.issue, self._clock()))


def weight(ticket: Ticket) -> tuple[Any, ...]:
    """Sorts by money, then rows, the most first; what has no money comes after what has."""
    issue = ticket.issue
    return (issue.amount is None, -abs(issue.amount or Decimal()), -issue.offending_rows, ticket.id)


def _said(ticket: Ticket, step: Step) -> dict[str, Any]:
    issue = step.issue
    said = {"check": ticket.rule.check_id, "before": step.before, "after": issue.state, "owner": issue.owner}
    extra = {"reason": issue.reason, "until": issue.ignored_until, "comment": step.comment}
    return said | {name: value for name, value in extra.items() if value}


def _workers(connection: Connection) -> tuple[Account, ...]:
    every = accounts.all_accounts(connection)
    return tuple(
        account
        for account in every
        if account.enabled and Principal(account.user_id, account.user_name, Role(account.role), "").may(WORK)
    )


def _scores(runs: Sequence[Run], results: Sequence[Result], rules: dict[str, Rule]) -> tuple[dict[str, Score], ...]:
    """Per run. A rule counts in the dimension it has now."""
    checked: dict[int, list[Checked]] = defaultdict(list)
    for one in results:
        dimension = rules[one.check_id].dimension
        checked[one.run_id].append(Checked(dimension, one.status == "passed", one.offending_rows, one.checked_rows))
    return tuple(scores(checked[run.id]) for run in runs)


def _histories(results: Sequence[Result], rules: dict[str, Rule], found: Sequence[Ticket]) -> tuple[RuleHistory, ...]:
    """Every rule of the newest run, the worst first."""
    by_rule: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_rule[result.check_id].append(result)
    newest = max((result.run_id for result in results), default=0)
    issue_of = {ticket.rule.check_id: ticket.id for ticket in found}
    histories = [
        RuleHistory(rules[name], tuple(own), issue_of.get(name))
        for name, own in by_rule.items()
        if own[-1].run_id == newest
    ]
    return tuple(sorted(histories, key=_by_outcome))


SEVERITIES = ("stop", "warn", "info")


def _by_outcome(history: RuleHistory) -> tuple[Any, ...]:
    severity = history.rule.severity
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return (history.last.status == "passed", rank, history.rule.check_id)
