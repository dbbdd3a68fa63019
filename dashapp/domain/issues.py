"""Issues of data quality: how one opens, is counted, worked on, verified and comes back. Decisions only.

One rule in one scope has one issue for ever: what fails again reopens the issue it had, with its owner and history.
Every function takes an issue and gives the step that follows; nothing here knows a database or the present time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from dashapp.errors import InputError

WHOLE = "all"
"The scope of a rule that looks at the whole shop."
LONGEST_COMMENT = 2_000
LONGEST_IGNORE_DAYS = 366


class State(StrEnum):
    """Where an issue stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


OPEN = (State.NEW, State.ACKNOWLEDGED, State.IN_PROGRESS)


class Reason(StrEnum):
    """Why somebody calls an issue resolved."""

    FIXED_AT_SOURCE = "fixed_at_source"
    RULE_CHANGED = "rule_changed"
    FALSE_POSITIVE = "false_positive"
    DUPLICATES = "duplicates"
    MISSING_DATA = "missing_data"
    OUT_OF_BOUNDS = "out_of_bounds"
    OTHER = "other"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Finding:
    """How a rule went in one run."""

    check_id: str
    severity: str
    owner: str
    sla_hours: int
    found: bool
    "The rule does not hold."
    offending_rows: int
    checked_rows: int
    amount: Decimal | None
    "Money on the offending rows, in the shop's currency."
    customers: int | None
    scope: str = WHOLE
    clv: Decimal | None = None
    "Published value of those customers; None where none has one, or a run was stopped before anybody was scored."


@dataclass(frozen=True, slots=True)
class Issue:
    """What is known about one rule that did not hold. Figures are those of the last run in which it failed."""

    check_id: str
    scope: str
    state: State
    severity: str
    owner: str
    sla_hours: int
    due_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    offending_rows: int
    checked_rows: int
    amount: Decimal | None
    customers: int | None
    clv: Decimal | None = None
    "Predicted value of those customers, as that run published it."
    occurrences: int = 1
    "Runs in which the rule failed."
    reopened: int = 0
    "Times it came back, or was taken up again, after it had been resolved or ignored."
    reason: Reason | None = None
    "Empty while open, and where a run closed it by itself."
    ignored_until: date | None = None
    resolved_at: datetime | None = None
    verified_at: datetime | None = None
    "When a published run found the rule to hold; empty again once it fails."

    @property
    def label(self) -> str:
        """Where it stands, in words: what is open again is not new."""
        return "Reopened" if self.state is State.NEW and self.reopened else self.state.label

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def late(self, now: datetime) -> bool:
        """Open past its due date."""
        return self.is_open and self.due_at < now


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of an issue, and what its history says about it."""

    issue: Issue
    action: str
    "opened, reopened, woken, verified, taken, started, assigned, commented, resolved or ignored; empty: no line."
    before: State | None
    "None where the issue is new."
    comment: str = ""


def after_run(issue: Issue | None, finding: Finding, at: datetime, *, published: bool) -> list[Step]:
    """What a run means for the issue of its rule.

    A run that was stopped can open, count and reopen. It closes nothing: its data never reached a reader, and a
    delivery that lacks everything lets many rules hold.
    """
    if issue is None:
        return [Step(_opened(finding, at), "opened", None)] if finding.found else []
    steps = wake(issue, at)
    now = steps[-1].issue if steps else issue
    if finding.found:
        return [*steps, _seen_again(now, finding, at)]
    if published and now.verified_at is None:
        return [*steps, _verified(now, at)]
    return steps


def _opened(finding: Finding, at: datetime) -> Issue:
    return Issue(
        finding.check_id, finding.scope, State.NEW, finding.severity, finding.owner, finding.sla_hours,
        at + timedelta(hours=finding.sla_hours), at, at,
        finding.offending_rows, finding.checked_rows, finding.amount, finding.customers, finding.clv,
    )  # fmt: skip


def _seen_again(issue: Issue, finding: Finding, at: datetime) -> Step:
    seen = replace(
        issue, severity=finding.severity, sla_hours=finding.sla_hours, last_seen_at=at, verified_at=None,
        occurrences=issue.occurrences + 1, offending_rows=finding.offending_rows, checked_rows=finding.checked_rows,
        amount=finding.amount, customers=finding.customers, clv=finding.clv,
    )  # fmt: skip
    if issue.state is State.RESOLVED:
        return Step(_back(seen, at), "reopened", issue.state, "The rule fails again.")
    return Step(seen, "", issue.state)


def _verified(issue: Issue, at: datetime) -> Step:
    """An open issue is done; a resolved one was rightly resolved; an ignored one stays so until its date."""
    held = replace(issue, verified_at=at)
    if issue.is_open:
        held = replace(held, state=State.RESOLVED, resolved_at=at)
    return Step(held, "verified", issue.state, "The rule holds.")


def _back(issue: Issue, at: datetime) -> Issue:
    return replace(
        issue, state=State.NEW, due_at=at + timedelta(hours=issue.sla_hours), reopened=issue.reopened + 1,
        reason=None, resolved_at=None, ignored_until=None, verified_at=None,
    )  # fmt: skip


def wake(issue: Issue, now: datetime) -> list[Step]:
    """An ignored issue whose date has come is open again; one whose rule has held meanwhile is resolved."""
    if issue.state is not State.IGNORED or issue.ignored_until is None or now.date() < issue.ignored_until:
        return []
    began = datetime.combine(issue.ignored_until, time(), UTC)
    if issue.verified_at:
        settled = replace(issue, state=State.RESOLVED, resolved_at=began, ignored_until=None)
        return [Step(settled, "woken", issue.state, "The rule holds.")]
    due, times = began + timedelta(hours=issue.sla_hours), issue.reopened + 1
    woken = replace(issue, state=State.NEW, due_at=due, reopened=times, ignored_until=None)
    return [Step(woken, "woken", issue.state)]


def awake(issue: Issue, now: datetime) -> Issue:
    """The issue as of now: nobody writes down that a date has passed, so readers work it out."""
    steps = wake(issue, now)
    return steps[-1].issue if steps else issue


def take(issue: Issue, who: str) -> Step:
    """Make it one's own. Raises InputError unless it is open."""
    _must_be(issue, OPEN, "taken")
    state = State.ACKNOWLEDGED if issue.state is State.NEW else issue.state
    return Step(replace(issue, state=state, owner=who), "taken", issue.state)


def start(issue: Issue, who: str) -> Step:
    """Begin to work on it. Raises InputError unless it is new or acknowledged."""
    _must_be(issue, (State.NEW, State.ACKNOWLEDGED), "started")
    return Step(replace(issue, state=State.IN_PROGRESS, owner=who), "started", issue.state)


def assign(issue: Issue, owner: str) -> Step:
    """Give it to somebody, which acknowledges it. Raises InputError unless it is open."""
    _must_be(issue, OPEN, "assigned")
    return replace(take(issue, owner), action="assigned", comment=f"To {owner}.")


def comment(issue: Issue, words: str) -> Step:
    """Say something about it. Raises InputError for an empty or endless comment."""
    return Step(issue, "commented", issue.state, _words(words))


def resolve(issue: Issue, reason: str, words: str, at: datetime) -> Step:
    """Call it done, until a run says otherwise. Raises InputError without a reason and a comment."""
    _must_be(issue, (*OPEN, State.IGNORED), "resolved")
    if reason not in tuple(Reason):
        raise InputError("Why it is resolved is missing.", f"Choose one of {', '.join(Reason)}.")
    done = replace(issue, state=State.RESOLVED, reason=Reason(reason), resolved_at=at, ignored_until=None)
    return Step(done, "resolved", issue.state, _words(words))


def ignore(issue: Issue, until: date, words: str, today: date) -> Step:
    """Leave it alone until a date, with the reason why. Raises InputError for a date past or too far, or no comment."""
    _must_be(issue, (*OPEN, State.IGNORED), "ignored")
    if not today < until <= today + timedelta(days=LONGEST_IGNORE_DAYS):
        raise InputError(
            "That is no date to ignore it until.", f"Choose one after today, at most {LONGEST_IGNORE_DAYS} days ahead."
        )
    return Step(replace(issue, state=State.IGNORED, ignored_until=until), "ignored", issue.state, _words(words))


def reopen(issue: Issue, words: str, at: datetime) -> Step:
    """Take up again what was resolved or ignored. Raises InputError for an open issue, or without a comment."""
    _must_be(issue, (State.RESOLVED, State.IGNORED), "reopened")
    return Step(_back(issue, at), "reopened", issue.state, _words(words))


def _must_be(issue: Issue, states: Collection[State], deed: str) -> None:
    if issue.state not in states:
        words = issue.label.lower()
        raise InputError(f"This issue is {words} and cannot be {deed}.", "Read it again: somebody may have changed it.")


def _words(text: str) -> str:
    words = "".join(one if one.isprintable() or one in "\n\t" else " " for one in text).strip()
    if not words:
        raise InputError("A comment is missing.", "Say in a sentence what was found or done.")
    if len(words) > LONGEST_COMMENT:
        raise InputError(f"The comment is longer than {LONGEST_COMMENT:,} characters.", "Shorten it.")
    return words
