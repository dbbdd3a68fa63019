"""How long one waits after how many failures, and that attempts at the same moment do not slip through together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashapp.errors import Throttled
from dashapp.services import throttle
from dashapp.store import state
from tests.people import People


def _enter(people: People, name: str = "ann", ip: str = "10.0.0.1") -> int:
    with state.writing(people.engine) as connection:
        return throttle.enter(connection, name, ip, people.clock())


def test_delays_grow_to_a_quarter_of_an_hour(people: People) -> None:
    waits = []
    for _ in range(12):
        waits.append(_enter(people))
        people.clock.turn(seconds=waits[-1])
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_four_failures_every_five_minutes_never_wait(people: People) -> None:
    for _ in range(5):
        assert [_enter(people) for _ in range(4)] == [0, 0, 0, 0]
        people.clock.turn(minutes=5)


def test_after_a_quiet_quarter_of_an_hour_counting_starts_again(people: People) -> None:
    for _ in range(5):
        _enter(people)
    people.clock.turn(seconds=30, minutes=15)
    assert [_enter(people) for _ in range(4)] == [0, 0, 0, 0]


def test_an_address_may_fail_fifty_times_in_five_minutes(people: People) -> None:
    for number in range(50):
        _enter(people, f"user{number}")
    with pytest.raises(Throttled) as refusal:
        _enter(people, "another")
    assert refusal.value.wait_seconds == 300
    assert _enter(people, "another", "10.0.0.2") == 0
    people.clock.turn(minutes=5)
    assert _enter(people, "another") == 0


def test_sign_ins_that_work_do_not_count_against_an_address(people: People) -> None:
    for number in range(60):
        _enter(people, f"user{number}")
        with state.writing(people.engine) as connection:
            throttle.forgive(connection, f"user{number}", "10.0.0.1", people.clock())


def test_a_clock_that_was_set_back_does_not_lock_anybody_out_for_a_day(people: People) -> None:
    people.clock.turn(days=1)
    for _ in range(5):
        _enter(people)
    people.clock.turn(days=-1)
    assert _enter(people) == 0


def test_attempts_at_the_same_moment_are_all_counted(people_on_both: People) -> None:
    def attempt(_: int) -> bool:
        try:
            _enter(people_on_both)
        except Throttled:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 5
