"""Asking ahead: when it is quiet, in turns, and never in anybody's way."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from functools import partial

import pytest
import structlog

from dashapp.services import ahead, charting
from dashapp.services.ahead import Ahead
from dashapp.services.spared import spared


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "QUIET_SECONDS", 0.01)


def until(is_so: Callable[[], bool]) -> bool:
    """Whether it comes to be so within a while."""
    end = time.monotonic() + 20
    while not is_so() and time.monotonic() < end:
        time.sleep(0.005)
    return is_so()


def test_parts_of_one_view_take_turns() -> None:
    room, asked = Ahead(), list[str]()
    with room.answering():
        room.expect("view", [partial(asked.append, name) for name in ("first, 1", "second, 1")])
        room.expect("view", [partial(asked.append, name) for name in ("first, 2", "second, 2")])
        time.sleep(0.1)
        assert asked == [], "somebody is being answered"
    assert until(lambda: room.is_done)
    assert sorted(asked[:2]) == ["first, 1", "first, 2"]
    assert sorted(asked[2:]) == ["second, 1", "second, 2"]


def test_nothing_is_asked_while_somebody_waits_and_it_stops_between_two_questions() -> None:
    room, asked, is_begun = Ahead(), list[int](), threading.Event()

    def first() -> None:
        is_begun.set()
        asked.append(1)

    with room.answering():
        room.expect("view", [lambda: charting.together([first, partial(asked.append, 2)])])
        time.sleep(0.1)
        assert asked == []
    assert until(lambda: room.is_done)
    assert asked == [1, 2]
    held = threading.Event()

    def busy() -> None:
        with room.answering():
            is_begun.set()
            held.wait(20)

    is_begun.clear()
    person = threading.Thread(target=busy)
    start = person.start
    room.expect("other", [lambda: charting.together([lambda: (start(), is_begun.wait(20)), partial(asked.append, 3)])])
    assert is_begun.wait(20)
    time.sleep(0.1)
    assert asked == [1, 2], "between two questions it gives way"
    held.set()
    assert until(lambda: asked == [1, 2, 3])


def test_the_neighbours_of_a_view_that_was_left_are_dropped() -> None:
    room, asked = Ahead(), list[str]()
    with room.answering():
        room.expect("left", [partial(asked.append, "left")] * 3)
        room.expect("looked at", [partial(asked.append, "looked at")])
    assert until(lambda: room.is_done)
    assert asked == ["looked at"]


def test_a_view_left_in_the_middle_goes_no_further() -> None:
    room, asked = Ahead(), list[str]()

    def leave() -> None:
        room.expect("looked at", [partial(asked.append, "looked at")])

    room.expect("left", [lambda: charting.together([leave, partial(asked.append, "left")])])
    assert until(lambda: asked == ["looked at"] and room.is_done)


def test_what_fails_is_told_to_the_log_alone_and_ends_it() -> None:
    room, asked = Ahead(), list[str]()

    def failing() -> str:
        return spared("chart/x", lambda: str(1 // 0), lambda failure: asked.append(failure.text) or "told")

    with structlog.testing.capture_logs() as lines:
        room.expect("view", [failing, partial(asked.append, "the next")])
        assert until(lambda: room.is_done)
    assert asked == []
    assert [line["error"] for line in lines] == ["ZeroDivisionError"]


def test_work_on_one_view_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST_SECONDS", 0.02)
    room, asked = Ahead(), list[int]()

    def dear(number: int) -> None:
        end = time.thread_time() + 0.03
        while time.thread_time() < end:
            pass
        asked.append(number)

    room.expect("view", [partial(dear, 1), partial(dear, 2)])
    assert until(lambda: room.is_done)
    assert asked == [1]


def test_it_can_be_switched_off() -> None:
    room, asked = Ahead(is_on=False), list[int]()
    room.expect("view", [partial(asked.append, 1)])
    time.sleep(0.1)
    assert asked == []


def test_what_was_asked_is_let_go_of() -> None:
    class Snapshot:
        def question(self) -> None: ...

    room, snapshot = Ahead(), Snapshot()
    left = weakref.ref(snapshot)
    room.expect("view", [snapshot.question])
    del snapshot
    assert until(lambda: left() is None), "an idle thread keeps no file open"


def test_it_ends_with_the_server() -> None:
    room, asked, before = Ahead(), list[int](), set(threading.enumerate())
    room.expect("view", [partial(asked.append, 1)])
    assert until(lambda: room.is_done)
    assert set(threading.enumerate()) - before
    room.close()
    room.expect("view", [partial(asked.append, 2)])
    assert not set(threading.enumerate()) - before
    assert asked == [1]
