"""What takes too long is interrupted, what ended in time is left alone."""

from __future__ import annotations

import threading

from dashapp.store import watch

PATIENCE_SECONDS = 30


def test_what_is_late_is_interrupted_and_what_ended_is_not():
    late, early = threading.Event(), threading.Event()
    with watch.limit(0.05, early.set):
        pass
    with watch.limit(PATIENCE_SECONDS * 2, lambda: None), watch.limit(0.05, late.set):
        assert late.wait(PATIENCE_SECONDS)
    assert not early.is_set()


def test_one_thread_watches_all():
    before = {thread.name for thread in threading.enumerate()}
    with watch.limit(60, lambda: None), watch.limit(60, lambda: None):
        watching = [thread for thread in threading.enumerate() if thread.name == "query-limits"]
        assert len(watching) == 1
        assert {thread.name for thread in threading.enumerate()} - before <= {"query-limits"}
