"""Issues: what a run and a person may make of one, whatever the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dashapp.domain import issues
from dashapp.domain.issues import OPEN, Finding, Issue, Reason, State, Step
from dashapp.errors import InputError

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BAD = Finding("no_gaps", "warn", "data operator", 72, True, 40, 1000, Decimal("132.50"), 7)
GOOD = replace(BAD, found=False, offending_rows=0, amount=None, customers=None)


def ran(issue: Issue | None, finding: Finding, at: datetime, published: bool = True) -> Issue:
    steps = issues.after_run(issue, finding, at, published=published)
    assert steps or issue is not None
    return steps[-1].issue if steps else issue  # type: ignore[return-value]


@pytest.fixture
def new() -> Issue:
    return ran(None, BAD, AT)


def test_a_failing_rule_opens_an_issue_due_when_its_sla_ends(new: Issue) -> None:
    assert (new.state, new.owner, new.occurrences, new.due_at) == (State.NEW, "data operator", 1, AT + 3 * DAY)
    assert (new.offending_rows, new.amount, new.customers) == (40, Decimal("132.50"), 7)
    assert not new.late(AT + 3 * DAY)
    assert new.late(AT + 3 * DAY + timedelta(seconds=1))


def test_a_rule_that_holds_opens_nothing() -> None:
    assert issues.after_run(None, GOOD, AT, published=True) == []


def test_failing_again_counts_and_keeps_owner_state_and_due_date(new: Issue) -> None:
    worked = issues.start(new, "ann").issue
    again = ran(worked, replace(BAD, offending_rows=60, severity="stop"), AT + DAY)
    assert (again.state, again.owner, again.due_at) == (State.IN_PROGRESS, "ann", new.due_at)
    assert (again.occurrences, again.offending_rows, again.severity) == (2, 60, "stop")
    assert (again.first_seen_at, again.last_seen_at) == (AT, AT + DAY)


def test_a_rule_that_holds_closes_its_open_issue(new: Issue) -> None:
    closed = ran(issues.take(new, "ann").issue, GOOD, AT + DAY)
    assert (closed.state, closed.verified_at, closed.resolved_at, closed.reason) == (
        State.RESOLVED, AT + DAY, AT + DAY, None,
    )  # fmt: skip
    assert closed.offending_rows == 40, "what was wrong stays readable"


def test_a_stopped_run_closes_nothing_but_opens_and_counts(new: Issue) -> None:
    assert issues.after_run(new, GOOD, AT + DAY, published=False) == []
    assert ran(new, BAD, AT + DAY, published=False).occurrences == 2
    assert ran(None, BAD, AT, published=False).state is State.NEW


def test_what_a_person_resolved_is_verified_by_the_next_run(new: Issue) -> None:
    resolved = issues.resolve(new, "fixed_at_source", "The export has ids now.", AT + DAY).issue
    assert resolved.verified_at is None
    (step,) = issues.after_run(resolved, GOOD, AT + 2 * DAY, published=True)
    assert (step.action, step.issue.verified_at, step.issue.reason) == (
        "verified",
        AT + 2 * DAY,
        Reason.FIXED_AT_SOURCE,
    )
    assert step.issue.resolved_at == AT + DAY
    assert issues.after_run(step.issue, GOOD, AT + 3 * DAY, published=True) == [], "once is enough"


def test_what_fails_again_reopens_the_same_issue_with_a_new_due_date(new: Issue) -> None:
    closed = ran(issues.take(new, "ann").issue, GOOD, AT + DAY)
    (step,) = issues.after_run(closed, BAD, AT + 9 * DAY, published=True)
    back = step.issue
    assert (step.action, step.before, back.state) == ("reopened", State.RESOLVED, State.NEW)
    assert (back.occurrences, back.reopened, back.owner, back.first_seen_at) == (2, 1, "ann", AT)
    assert (back.label, issues.take(back, "bob").issue.label) == ("Reopened", "Acknowledged")
    assert back.due_at == AT + 12 * DAY
    assert (back.verified_at, back.resolved_at, back.reason) == (None, None, None)


def test_an_ignored_issue_sleeps_through_failures_until_its_day(new: Issue) -> None:
    slept = issues.ignore(new, date(2026, 3, 5), "The tills are being replaced.", AT.date()).issue
    later = ran(slept, BAD, AT + 2 * DAY)
    assert (later.state, later.occurrences) == (State.IGNORED, 2)
    on_the_day = datetime(2026, 3, 5, tzinfo=UTC)
    assert issues.awake(later, on_the_day - timedelta(seconds=1)).state is State.IGNORED
    woken = issues.awake(later, on_the_day)
    assert (woken.state, woken.due_at, woken.ignored_until) == (State.NEW, on_the_day + 3 * DAY, None)
    assert (new.label, later.label, woken.label) == ("New", "Ignored", "Reopened")
    steps = issues.after_run(later, BAD, on_the_day, published=True)
    assert [step.action for step in steps] == ["woken", ""]


def test_an_ignored_issue_whose_rule_holds_is_resolved_on_its_day(new: Issue) -> None:
    slept = issues.ignore(new, date(2026, 3, 5), "Wait.", AT.date()).issue
    holds = ran(slept, GOOD, AT + DAY)
    assert (holds.state, holds.verified_at) == (State.IGNORED, AT + DAY)
    assert issues.awake(holds, AT + 5 * DAY).state is State.RESOLVED
    flapped = ran(holds, BAD, AT + 2 * DAY)
    assert (flapped.state, flapped.verified_at) == (State.IGNORED, None)


def test_taking_starting_and_assigning_name_the_owner(new: Issue) -> None:
    taken = issues.take(new, "ann")
    assert (taken.issue.state, taken.issue.owner, taken.before) == (State.ACKNOWLEDGED, "ann", State.NEW)
    started = issues.start(taken.issue, "ann").issue
    given = issues.assign(started, "bob")
    assert (given.issue.state, given.issue.owner, given.comment) == (State.IN_PROGRESS, "bob", "To bob.")
    with pytest.raises(InputError, match="in progress and cannot be started"):
        issues.start(started, "bob")


@pytest.mark.parametrize("reason", ["", "no_such_reason", "new"])
def test_resolving_takes_a_known_reason(new: Issue, reason: str) -> None:
    with pytest.raises(InputError, match="Why it is resolved"):
        issues.resolve(new, reason, "Done.", AT)


@pytest.mark.parametrize(("words", "says"), [("", "missing"), (" \n", "missing"), ("x" * 2001, "longer")])
def test_resolving_ignoring_and_reopening_take_a_comment(new: Issue, words: str, says: str) -> None:
    done = issues.resolve(new, "other", " One\x00two\ud800,\nthree. ", AT)
    assert done.comment == "One two ,\nthree."
    for deed in (
        lambda: issues.resolve(new, "other", words, AT),
        lambda: issues.ignore(new, AT.date() + DAY, words, AT.date()),
        lambda: issues.reopen(done.issue, words, AT),
        lambda: issues.comment(new, words),
    ):
        with pytest.raises(InputError, match=says):
            deed()


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_ignoring_takes_a_day_ahead_within_a_year(new: Issue, days: int) -> None:
    with pytest.raises(InputError, match="no date"):
        issues.ignore(new, AT.date() + days * DAY, "Wait.", AT.date())


def test_what_is_resolved_can_only_be_commented_or_reopened(new: Issue) -> None:
    done = issues.resolve(new, "other", "Done.", AT).issue
    for deed in (
        lambda: issues.take(done, "ann"),
        lambda: issues.start(done, "ann"),
        lambda: issues.assign(done, "ann"),
        lambda: issues.resolve(done, "other", "Again.", AT),
        lambda: issues.ignore(done, AT.date() + DAY, "Wait.", AT.date()),
    ):
        with pytest.raises(InputError, match="resolved and cannot be"):
            deed()
    with pytest.raises(InputError, match="new and cannot be reopened"):
        issues.reopen(new, "Why not.", AT)
    back = issues.reopen(done, "It is not.", AT + DAY).issue
    assert (back.state, back.reopened, back.occurrences, back.due_at) == (State.NEW, 1, 1, AT + 4 * DAY)


class Life(RuleBasedStateMachine):
    """Any sequence of runs, days and deeds: what can never be, and what must always be."""

    @initialize()
    def open(self) -> None:
        self.now, self.failures, self.closings = AT, 1, 0
        self.history: list[Step] = issues.after_run(None, BAD, AT, published=True)
        self.issue = self.history[-1].issue

    def _take_over(self, steps: list[Step]) -> None:
        self.history += steps
        self.issue = steps[-1].issue if steps else self.issue

    def _do(self, deed, *arguments) -> None:
        """As the service does it: first what the date has done, then the deed."""
        self._take_over(issues.wake(self.issue, self.now))
        try:
            self._take_over([deed(self.issue, *arguments)])
        except InputError:
            return

    @rule(found=st.booleans(), published=st.booleans(), hours=st.integers(1, 200))
    def run(self, found: bool, published: bool, hours: int) -> None:
        self.now += timedelta(hours=hours)
        was = issues.awake(self.issue, self.now)
        self._take_over(issues.after_run(self.issue, BAD if found else GOOD, self.now, published=published))
        self.failures += found
        if found and was.state is not State.IGNORED:
            assert self.issue.is_open
        if not found and published:
            assert not self.issue.is_open
            assert self.issue.verified_at
        if not found and not published:
            assert self.issue.is_open == was.is_open

    @rule(who=st.sampled_from(["ann", "bob"]))
    def take(self, who: str) -> None:
        self._do(issues.take, who)

    @rule(who=st.sampled_from(["ann", "bob"]))
    def start(self, who: str) -> None:
        self._do(issues.start, who)

    @rule(reason=st.sampled_from([*Reason, ""]))
    def resolve(self, reason: str) -> None:
        self._do(issues.resolve, reason, "Done.", self.now)

    @rule(days=st.integers(-1, 12))
    def ignore(self, days: int) -> None:
        self._do(issues.ignore, self.now.date() + days * DAY, "Wait.", self.now.date())

    @rule()
    def reopen(self) -> None:
        self._do(issues.reopen, "No.", self.now)

    @precondition(lambda self: self.issue.is_open)
    @rule()
    def an_open_issue_can_always_be_resolved(self) -> None:
        self._do(issues.resolve, "other", "Done.", self.now)
        assert self.issue.state is State.RESOLVED

    @invariant()
    def it_is_consistent(self) -> None:
        issue = self.issue
        if issue.state in OPEN:
            assert (issue.verified_at, issue.resolved_at, issue.reason) == (None, None, None)
        assert (issue.ignored_until is not None) == (issue.state is State.IGNORED)
        assert (issue.resolved_at is not None) == (issue.state is State.RESOLVED)
        assert (issue.first_seen_at, issue.occurrences) == (AT, self.failures)
        assert (issue.check_id, issue.scope) == (BAD.check_id, issues.WHOLE)

    @invariant()
    def its_history_has_no_gap(self) -> None:
        states = [step.issue.state for step in self.history]
        assert [step.before for step in self.history] == [None, *states[:-1]]
        assert states[-1] is self.issue.state
        told = [step for step in self.history if step.before is not step.issue.state]
        assert all(step.action for step in told), "no transition without a line"


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
