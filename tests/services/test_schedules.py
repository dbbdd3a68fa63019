"""Schedules on a clock that is turned: every time once, in the shop's own zone, and never for somebody who may not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from dashapp.errors import InputError, NotAllowed, NotFound
from dashapp.services.access import Principal, Role
from dashapp.services.schedules import Schedules, times
from dashapp.store import accounts
from dashapp.store import jobs as rows
from dashapp.store.state import reading, writing
from tests.people import People

BERLIN = "Europe/Berlin"


@pytest.fixture
def schedules(people: People) -> Schedules:
    return Schedules(people.settings, people.engine, people.journal, people.clock)


@pytest.fixture
def opal(people: People) -> Principal:
    return people.principal("opal", Role.OPERATOR)


def asked(people: People) -> list[rows.Job]:
    with reading(people.engine) as connection:
        return list(rows.recent(connection, 50))


def finish_all(people: People) -> None:
    with writing(people.engine) as connection:
        while job := rows.claim(connection, "w", people.clock()):
            rows.end(connection, job, rows.Ending("done", ""), people.clock())


def test_a_time_asks_for_its_job_once_however_many_workers_look(people: People, schedules: Schedules, opal: Principal):
    people.clock.at = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    schedules.add("daily", "refresh", {"source": "sample"}, "0 6 * * *", BERLIN, opal)
    assert schedules.ask() == 0
    people.clock.at = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # 06:00 in Berlin
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: schedules.ask(), range(4)))
    (job,) = asked(people)
    assert (job.kind, job.arguments, job.owner_name) == ("refresh", {"source": "sample"}, "opal")
    assert schedules.all()[0].last_job_id == job.id


def test_the_hour_follows_summer_time(people: People, schedules: Schedules, opal: Principal):
    winter, summer = (times("30 2 * * *", BERLIN, datetime(2026, month, 28, tzinfo=UTC), 2) for month in (2, 3))
    assert [time.astimezone(UTC).hour for time in winter] == [1, 1]
    # On 29 March there is no 02:30 in Berlin: the first minute after the gap stands for it.
    assert [f"{time:%d %H:%M}" for time in summer] == ["28 02:30", "29 03:00"]


def test_what_was_missed_is_made_up_for_once(people: People, schedules: Schedules, opal: Principal):
    people.clock.at = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    schedules.add("hourly", "refresh", {}, "0 * * * *", "UTC", opal)
    people.clock.turn(hours=30, minutes=5)
    assert (schedules.ask(), schedules.ask()) == (1, 0)
    assert len(asked(people)) == 1


def test_what_falls_into_a_pause_is_not_made_up_for(people: People, schedules: Schedules, opal: Principal):
    people.clock.at = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    schedules.add("hourly", "refresh", {}, "0 * * * *", "UTC", opal)
    schedules.pause("hourly", opal.actor)
    people.clock.turn(hours=5)
    assert schedules.ask() == 0
    schedules.resume("hourly", opal.actor)
    assert schedules.ask() == 0
    people.clock.turn(minutes=31)
    assert schedules.ask() == 1


def test_a_time_finds_the_last_two_runs_unfinished_and_says_so(people: People, schedules: Schedules, opal: Principal):
    people.clock.at = datetime(2026, 3, 2, 4, 59, tzinfo=UTC)
    schedules.add("each minute", "refresh", {}, "* * * * *", "UTC", opal)
    for _ in range(3):
        people.clock.turn(minutes=1)
        schedules.ask()
    assert len(asked(people)) == 2
    assert "not finished" in schedules.all()[0].note
    finish_all(people)
    people.clock.turn(minutes=1)
    assert schedules.ask() == 1
    assert schedules.all()[0].note == ""


def test_an_owner_who_may_not_ask_any_more_pauses_the_schedule(people: People, schedules: Schedules, opal: Principal):
    schedules.add("daily", "refresh", {}, "0 6 * * *", "UTC", opal)
    with writing(people.engine) as connection:
        accounts.change(connection, opal.user_id, role="viewer")
    people.clock.turn(days=1)
    assert schedules.ask() == 0
    (schedule,) = schedules.all()
    assert schedule.paused_at is not None
    assert "operator" in schedule.note
    assert asked(people) == []


@pytest.mark.parametrize(
    ("cron", "zone", "words"),
    [("0 6 * *", "UTC", "no schedule"), ("61 6 * * *", "UTC", "minute"), ("0 6 * * *", "Berlin", "no time zone")],
)
def test_what_cannot_be_read_is_refused(schedules: Schedules, opal: Principal, cron: str, zone: str, words: str):
    with pytest.raises(InputError, match=words):
        schedules.add("x", "refresh", {}, cron, zone, opal)
    assert schedules.all() == ()


def test_who_may_not_ask_for_the_job_may_not_schedule_it(people: People, schedules: Schedules):
    with pytest.raises(NotAllowed):
        schedules.add("x", "refresh", {}, "0 6 * * *", "UTC", people.principal("ana", Role.ANALYST))


def test_a_name_is_used_once_and_is_free_again_when_removed(people: People, schedules: Schedules, opal: Principal):
    schedules.add("daily", "refresh", {}, "0 6 * * *", "UTC", opal)
    with pytest.raises(InputError, match="already"):
        schedules.add("daily", "refresh", {}, "0 7 * * *", "UTC", opal)
    schedules.remove("daily", opal.actor)
    with pytest.raises(NotFound):
        schedules.pause("daily", opal.actor)
    assert people.journal.recent(1)[0].event == "schedule:removed"
