"""Questions of a page asked two at a time, and parts of a page in the order they were asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from dashapp.services import charting


@pytest.fixture(autouse=True)
def _two_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charting, "_lanes", threading.Semaphore(2))


def test_answers_come_in_the_order_of_their_questions() -> None:
    assert charting.together([partial(pow, 2, n) for n in range(9)]) == [2**n for n in range(9)]
    assert charting.together([]) == []


def test_what_one_question_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        charting.together([lambda: 1, lambda: 1 // 0, lambda: 3])
    assert charting.together([lambda: 4]) == [4], "its lanes are free again"


def _asked_while_another_part_is_counted(patience: float, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(charting, "PATIENCE_SECONDS", patience)
    order: list[str] = []
    both, go_on, waiting = threading.Barrier(3), threading.Event(), threading.Event()

    def slow() -> None:
        both.wait(10)
        go_on.wait(1)
        order.append("first")

    def quick() -> None:
        order.append("second")
        waiting.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(charting.together, [slow, slow])
        both.wait(10)
        second: Callable[[], object] = pool.submit(charting.together, [quick]).result
        waiting.wait(0.3)
        go_on.set()
        first.result()
        second()
    return order


def test_the_part_asked_for_first_is_answered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _asked_while_another_part_is_counted(10, monkeypatch)[0] == "first"


def test_a_part_that_was_passed_over_long_enough_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _asked_while_another_part_is_counted(0.01, monkeypatch)[0] == "second"
