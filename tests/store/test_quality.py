"""Runs, results and issues in the state database, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dashapp.domain import issues
from dashapp.domain.issues import State
from dashapp.errors import EditedMeanwhile
from dashapp.store import quality
from dashapp.store.quality import Outcome, Rule, Run, Ticket
from dashapp.store.state import reading, writing
from tests.people import People

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROWS = ['{"order_id": "o1"}', '{"order_id": "o2"}']


def rule(check_id: str = "no_gaps", **changes: object) -> Rule:
    given = {"title": "No gaps", "dimension": "completeness", "severity": "warn", "table_name": "marts.orders",
             "help": "Fill them.", "owner": "data operator", "sla_hours": 72, "action": "flag",
             "statement": "select 1"}  # fmt: skip
    return Rule(check_id, **(given | changes))  # type: ignore[arg-type]


def bad(check_id: str = "no_gaps", rows: int = 2, **changes: object) -> Outcome:
    return Outcome(rule(check_id, **changes), "failed", rows, 5_000_000_000, Decimal("-12345678901.23"), 7)


def good(check_id: str = "no_gaps") -> Outcome:
    return Outcome(rule(check_id), "passed", 0, 10, None, None)


def keep(people: People, *outcomes: Outcome, day: int = 0, stopped: bool = False) -> int:
    run = Run(None if stopped else f"{day:06d}-x", AT + timedelta(days=day), "cli:root", "sample", stopped)
    with writing(people.engine) as connection:
        return quality.record_run(connection, run, outcomes, {"no_gaps": ROWS})


def only(people: People) -> Ticket:
    with reading(people.engine) as connection:
        (ticket,) = quality.tickets(connection)
        assert quality.find(connection, ticket.id) == ticket
    return ticket


def told(people: People) -> list[str]:
    with reading(people.engine) as connection:
        return [event.action for event in reversed(quality.events(connection, only(people).id))]


def test_a_run_comes_back_with_its_results_to_the_cent(people_on_both: People) -> None:
    first = keep(people_on_both, bad(), good("no_doubles"))
    second = keep(people_on_both, good(), day=1, stopped=True)
    with reading(people_on_both.engine) as connection:
        newest, oldest = quality.runs(connection, 10)
        kept = quality.results(connection, [first])
        assert quality.runs(connection, 1) == (newest,)
        assert {rule.check_id for rule in quality.rules(connection)} == {"no_doubles", "no_gaps"}
    assert (oldest.id, oldest.snapshot_id, oldest.stopped) == (first, "000000-x", False)
    assert (newest.id, newest.snapshot_id, newest.stopped) == (second, None, True)
    assert (newest.ran_at, newest.actor, newest.source) == (AT + timedelta(days=1), "cli:root", "sample")
    assert [(one.check_id, one.status) for one in kept] == [("no_doubles", "passed"), ("no_gaps", "failed")]
    assert (kept[1].checked_rows, kept[1].amount, kept[1].customers) == (5_000_000_000, Decimal("-12345678901.23"), 7)


def test_one_rule_has_one_issue_through_failing_holding_and_failing_again(people_on_both: People) -> None:
    keep(people_on_both, bad())
    opened = only(people_on_both)
    assert (opened.issue.state, opened.version, opened.issue.amount) == (State.NEW, 1, Decimal("-12345678901.23"))
    keep(people_on_both, good(), day=1)
    assert only(people_on_both).issue.state is State.RESOLVED
    keep(people_on_both, bad(rows=9), day=2)
    back = only(people_on_both)
    assert (back.id, back.issue.state, back.issue.occurrences, back.version) == (opened.id, State.NEW, 2, 3)
    assert told(people_on_both) == ["opened", "verified", "reopened"]
    with reading(people_on_both.engine) as connection:
        newest = quality.events(connection, opened.id)[0]
    assert (newest.actor, newest.before, newest.after) == (quality.BY_A_RUN, State.RESOLVED, State.NEW)
    assert newest.detail == {"run": 3, "rows": 9, "snapshot": "000002-x"}


def test_a_warning_below_the_threshold_of_failure_is_an_issue_too(people_on_both: People) -> None:
    keep(people_on_both, Outcome(rule(), "warning", 1, 10, None, None))
    assert only(people_on_both).issue.amount is None


def test_rows_are_kept_only_while_no_snapshot_has_them(people_on_both: People) -> None:
    keep(people_on_both, bad(), stopped=True)
    assert only(people_on_both).sample == ({"order_id": "o1"}, {"order_id": "o2"})
    keep(people_on_both, good(), day=1, stopped=True)
    assert only(people_on_both).sample, "still what is known of it"
    keep(people_on_both, bad(), day=2)
    assert only(people_on_both).sample == ()


def test_a_rule_that_reads_differently_now_is_kept_as_it_reads_now(people_on_both: People) -> None:
    keep(people_on_both, bad())
    keep(people_on_both, bad(title="No gaps at all", severity="stop"), day=1)
    ticket = only(people_on_both)
    assert (ticket.rule.title, ticket.issue.severity) == ("No gaps at all", "stop")


def test_who_decides_on_an_old_version_changes_nothing(people_on_both: People) -> None:
    keep(people_on_both, bad())
    seen = only(people_on_both)
    step = issues.take(seen.issue, "ann")
    with writing(people_on_both.engine) as connection:
        quality.change(connection, seen, [step], "user:ann", AT)
    late = issues.take(seen.issue, "bob")
    with pytest.raises(EditedMeanwhile, match="nothing was written"), writing(people_on_both.engine) as connection:
        quality.change(connection, seen, [late], "user:bob", AT)
    assert only(people_on_both).issue.owner == "ann"
    assert told(people_on_both) == ["opened", "taken"]


def test_a_run_that_cannot_be_written_whole_leaves_nothing(people_on_both: People) -> None:
    with pytest.raises(DBAPIError):
        keep(people_on_both, bad(), bad())
    with reading(people_on_both.engine) as connection:
        assert (quality.runs(connection, 1), quality.tickets(connection)) == ((), ())


def test_the_history_of_an_issue_cannot_be_changed(people_on_both: People) -> None:
    keep(people_on_both, bad())
    row = "1, 1, '2026-01-01T00:00:00.000000Z', 'user:eve', 'resolved', 'new', 'resolved', '', '{}'"
    deeds = [
        "UPDATE quality_events SET actor = 'user:eve'", "DELETE FROM quality_events",
        *([f"INSERT OR REPLACE INTO quality_events VALUES ({row})"]
          if people_on_both.engine.dialect.name == "sqlite" else ["TRUNCATE quality_events"]),
    ]  # fmt: skip
    for deed in deeds:
        with pytest.raises(DBAPIError, match="append-only"), people_on_both.engine.begin() as connection:
            connection.execute(text(deed.replace(":", r"\:")))
    assert told(people_on_both) == ["opened"]
