"""The quality desk: who may decide what, what is written down of it, and in which order issues are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from dashapp.domain.issues import State
from dashapp.errors import EditedMeanwhile, InputError, NotAllowed, NotFound
from dashapp.services.access import Principal, Role
from dashapp.store import quality as rows
from dashapp.store.quality import Outcome, Run, Ticket
from dashapp.store.state import reading, writing
from tests.people import People
from tests.store.test_quality import rule

READER = Principal(99, "rita", Role.ANALYST, "")


def ran(people: People, *outcomes: Outcome, snapshot: str | None = "000001-x") -> None:
    run = Run(snapshot, people.clock(), "cli:root", "sample", stopped=snapshot is None)
    with writing(people.engine) as connection:
        rows.record_run(connection, run, outcomes, {})


def outcome(check_id: str, amount: str | None = None, found: int = 2, **changes: object) -> Outcome:
    status, money = "failed" if found else "passed", Decimal(amount) if amount else None
    return Outcome(rule(check_id, **changes), status, found, 10, money, None)


@pytest.fixture
def ann(people: People) -> Principal:
    ran(people, outcome("no_gaps", "10"))
    return people.principal("ann", Role.OPERATOR)


def ticket(people: People) -> Ticket:
    return people.quality.case(1, READER).ticket


def test_issues_come_by_money_whatever_its_sign_then_by_rows(people: People) -> None:
    ran(
        people, outcome("few"), outcome("many", found=9), outcome("small", "1.00"), outcome("refunds", "-500.00"),
        outcome("big", "20.00"),
    )  # fmt: skip
    assert [one.rule.check_id for one in people.quality.desk(READER).tickets] == [
        "refunds",
        "big",
        "small",
        "many",
        "few",
    ]


def test_a_desk_without_runs_is_empty(people: People) -> None:
    desk = people.quality.desk(READER)
    assert (desk.tickets, desk.runs, desk.scores, desk.rules) == ((), (), (), ())


def test_scores_follow_the_runs_and_rules_that_are_gone_leave_the_catalogue(people: People) -> None:
    ran(people, outcome("no_gaps", found=5), outcome("old", found=0, dimension="validity"))
    ran(people, outcome("no_gaps", found=0), outcome("other", found=1), snapshot=None)
    desk = people.quality.desk(READER)
    assert [(round(each["completeness"].share, 3), each["completeness"].failed) for each in desk.scores] == [
        (0.5, 1), (0.95, 1),
    ]  # fmt: skip
    assert [run.stopped for run in desk.runs] == [False, True]
    assert [(each.rule.check_id, len(each.results), each.issue_id) for each in desk.rules] == [
        ("other", 1, 2), ("no_gaps", 2, 1),
    ]  # fmt: skip


def test_every_decision_is_in_the_history_and_in_the_journal(people: People, ann: Principal) -> None:
    people.principal("bob", Role.ADMIN)
    desk, day = people.quality, timedelta(days=1)
    desk.take(1, 1, ann)
    desk.comment(1, 2, ann, "The web shop sends no ids since May.")
    desk.start(1, 3, ann)
    desk.assign(1, 4, ann, "bob")
    desk.ignore(1, 5, ann, people.clock().date() + day, "Wait for the release.")
    desk.reopen(1, 6, ann, "It is out.")
    desk.resolve(1, 7, ann, "fixed_at_source", "Ids are back.")
    said = ["taken", "commented", "started", "assigned", "ignored", "reopened", "resolved"]
    assert [event.action for event in reversed(desk.case(1, READER).events)] == ["opened", *said]
    assert people.events()[-7:] == [f"quality:{action}" for action in said]
    newest = people.journal.recent(1)[0]
    assert (newest.actor, newest.target) == ("user:ann", "issue:1")
    assert newest.detail == {
        "check": "no_gaps", "before": "new", "after": "resolved", "owner": "bob", "reason": "fixed_at_source",
        "comment": "Ids are back.",
    }  # fmt: skip


def test_of_two_who_decide_on_what_they_saw_the_second_is_told(people: People, ann: Principal) -> None:
    bob = people.principal("bob", Role.OPERATOR)
    people.quality.take(1, 1, ann)
    with pytest.raises(EditedMeanwhile):
        people.quality.take(1, 1, bob)
    assert (ticket(people).issue.owner, ticket(people).version) == ("ann", 2)
    assert people.events()[-1] == "quality:taken"


def test_a_refused_decision_leaves_nothing_behind(people: People, ann: Principal) -> None:
    before = people.events()
    with pytest.raises(InputError, match="comment is missing"):
        people.quality.resolve(1, 1, ann, "other", " ")
    assert ticket(people).version == 1
    assert people.events() == before


WORK: list[Callable[[People, Principal], None]] = [
    lambda people, who: people.quality.take(1, 1, who),
    lambda people, who: people.quality.start(1, 1, who),
    lambda people, who: people.quality.assign(1, 1, who, "ann"),
    lambda people, who: people.quality.comment(1, 1, who, "So."),
    lambda people, who: people.quality.resolve(1, 1, who, "other", "So."),
    lambda people, who: people.quality.ignore(1, 1, who, people.clock().date() + timedelta(days=1), "So."),
    lambda people, who: people.quality.reopen(1, 1, who, "So."),
]


@pytest.mark.parametrize("deed", WORK)
def test_who_may_only_read_decides_nothing(people: People, ann: Principal, deed: Callable[..., None]) -> None:
    with pytest.raises(NotAllowed):
        deed(people, READER)
    assert ticket(people).version == 1


def test_who_may_not_read_sees_nothing(people: People, ann: Principal) -> None:
    viewer = Principal(98, "vic", Role.VIEWER, "")
    for look in (people.quality.desk, people.quality.open_issues, lambda who: people.quality.case(1, who)):
        with pytest.raises(NotAllowed):
            look(viewer)


def test_an_issue_is_given_only_to_who_may_work_on_it(people: People, ann: Principal) -> None:
    people.principal("eve", Role.ANALYST)
    people.principal("gone", Role.OPERATOR)
    people.accounts.disable("gone", "cli:test")
    assert [account.user_name for account in people.quality.case(1, READER).workers] == ["ann"]
    for name in ("eve", "gone", "nobody", ""):
        with pytest.raises(InputError, match="only to somebody who may"):
            people.quality.assign(1, 1, ann, name)


def test_an_ignored_issue_is_back_in_the_queue_on_its_day_without_any_run(people: People, ann: Principal) -> None:
    people.quality.ignore(1, 1, ann, people.clock().date() + timedelta(days=3), "Wait.")
    assert people.quality.open_issues(READER) == ()
    people.clock.turn(days=3)
    assert [one.issue.state for one in people.quality.open_issues(READER)] == [State.NEW]
    people.quality.take(1, 2, ann)
    assert [event.action for event in people.quality.case(1, READER).events] == ["taken", "woken", "ignored", "opened"]
    with reading(people.engine) as connection:
        kept = rows.find(connection, 1)
    assert kept is not None
    assert kept.issue.state is State.ACKNOWLEDGED


def test_an_unknown_issue_is_not_found(people: People, ann: Principal) -> None:
    for number in (0, 2, -1):
        with pytest.raises(NotFound):
            people.quality.case(number, READER)
        with pytest.raises(NotFound):
            people.quality.take(number, 1, ann)
