"""Interrupts what takes too long. One thread for all: starting one for each question costs more than most answers.

(A thread that starts has to wait for its turn among those that draw: up to 5 ms each time, 18 times a redraw.)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

_ready = threading.Condition()
_due: dict[int, tuple[float, Callable[[], None]]] = {}
_numbers = count()


class _Watcher:
    """The thread, and when it looks again."""

    thread: threading.Thread | None = None
    looks_at = 0.0


@contextmanager
def limit(seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt` from another thread when the block takes longer than `seconds`."""
    number, until = next(_numbers), time.monotonic() + seconds
    with _ready:
        _due[number] = (until, interrupt)
        if _Watcher.thread is None or not _Watcher.thread.is_alive():  # also in a child after a fork
            _Watcher.thread = threading.Thread(target=_watch, name="query-limits", daemon=True)
            _Watcher.thread.start()
        elif until < _Watcher.looks_at:
            _ready.notify()
    try:
        yield
    finally:
        with _ready:
            _due.pop(number, None)


def _watch() -> None:
    with _ready:
        while True:
            now = time.monotonic()
            for number in [number for number, (until, _) in _due.items() if until <= now]:
                _due.pop(number)[1]()
            _Watcher.looks_at = min((until for until, _ in _due.values()), default=float("inf"))
            _ready.wait(None if _Watcher.looks_at == float("inf") else max(_Watcher.looks_at - now, 0.0))
