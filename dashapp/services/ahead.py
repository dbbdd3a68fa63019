"""Views that a reader may ask for next are answered while nobody waits; the snapshot's memory keeps what they say.

A reader looks at a page for seconds and then changes one choice of the bar. Which views that can lead to is known, and
the processors are free meanwhile. One thread for all works through the views beside the newest one, a question at a
time, and stops between two questions for as long as anybody is being answered (docs/adr/0044).
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial

from dashapp.errors import TenureError
from dashapp.logs import get_logger

QUIET_SECONDS = 0.3
"Nobody has been answered for this long: the page is drawn and being read."
QUICK_SECONDS = 0.5
"A view that took longer has neighbours that may, too; those are for whoever wants to know."
MOST_SECONDS = 10.0
"Of work on the neighbours of one view."
CLOSING_SECONDS = 2.0
log = get_logger(__name__)
_pause: ContextVar[Callable[[], None] | None] = ContextVar("pause", default=None)


class Overtaken(Exception):
    """Another view is being looked at."""


def is_ahead() -> bool:
    """Whether this is worked out ahead: in turn, and what fails is for nobody to see."""
    return _pause.get() is not None


def give_way() -> None:
    """Wait until nobody else is being answered. Raises Overtaken when another view is looked at meanwhile."""
    if pause := _pause.get():
        pause()


class Ahead:
    """What is worth asking ahead, newest view only; safe to share between threads."""

    def __init__(self, is_on: bool = True) -> None:
        self._is_on = is_on
        self._ready = threading.Condition()
        self._answering = 0
        self._answered_at = 0.0
        self._view: Hashable = None
        self._due: list[tuple[int, Callable[[], float]]] = []
        self._spent = 0.0
        self._is_busy = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While somebody waits for an answer, nothing is asked ahead."""
        with self._ready:
            self._answering += 1
        try:
            yield
        finally:
            with self._ready:
                self._answering -= 1
                self._answered_at = time.monotonic()

    def expect(self, view: Hashable, neighbours: Sequence[Callable[[], object]]) -> None:
        """Ask for the neighbours of `view` when it is quiet. Parts of the same view take turns, those of others go."""
        if not self._is_on:
            return
        asked = [(place, partial(copy_context().run, _asked, self, view, one)) for place, one in enumerate(neighbours)]
        with self._ready:
            if view != self._view:
                self._view, self._due, self._spent = view, [], 0.0
            self._due = sorted([*self._due, *asked], key=lambda due: due[0])
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="ahead", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._ready.notify()

    def close(self) -> None:
        """Drop what is left, and wait for the question that is being answered: it holds the snapshot open."""
        with self._ready:
            self._view, self._due, self._is_on = self, [], False
            self._ready.notify()
        if self._thread:
            self._thread.join(CLOSING_SECONDS)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to ask."""
        with self._ready:
            return not self._due and not self._is_busy

    def wait(self, view: Hashable) -> None:
        """Until it is quiet. Raises Overtaken when `view` is not the newest any more."""
        with self._ready:
            while self._view == view:
                rest = QUIET_SECONDS if self._answering else self._answered_at + QUIET_SECONDS - time.monotonic()
                if rest <= 0:
                    return
                self._ready.wait(rest)
        raise Overtaken

    def _work(self) -> None:
        while self._ask_next():
            pass

    def _ask_next(self) -> bool:
        """Whether there was something to ask. A step of its own: what waits for the next keeps no snapshot open."""
        due = self._next()
        if due is None:
            return False
        view, question = due
        try:
            self._pay(view, question())
        except Overtaken:
            pass  # the reader has gone on; their new view is asked for next
        except TenureError:  # too dear, or not in this snapshot: whoever asks is told
            self._pay(view, MOST_SECONDS)
        except Exception as error:
            log.error("not asked ahead", error=type(error).__name__, exc_info=error)
            self._pay(view, MOST_SECONDS)
        return True

    def _next(self) -> tuple[Hashable, Callable[[], float]] | None:
        """What is to be asked next, when there is something; None when this is closed."""
        with self._ready:
            self._is_busy = False
            while not self._due and self._is_on:
                self._ready.wait()
            self._is_busy = bool(self._due)
            return (self._view, self._due.pop(0)[1]) if self._due else None

    def _pay(self, view: Hashable, seconds: float) -> None:
        with self._ready:
            if view == self._view:
                self._spent += seconds
                self._due = self._due if self._spent < MOST_SECONDS else []


def _asked(ahead: Ahead, view: Hashable, question: Callable[[], object]) -> float:
    """Seconds that the question took, in the context of the request that it follows from. Raises Overtaken."""
    _pause.set(partial(ahead.wait, view))
    ahead.wait(view)
    start = time.thread_time()
    question()
    return time.thread_time() - start
