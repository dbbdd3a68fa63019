"""The process of a job: it gets no more memory and processor time than it may, and says so in a sentence."""

from __future__ import annotations

import sys
import time

import pytest

from dashapp.services.child import Child
from dashapp.services.report import Report
from dashapp.store.jobs import Ending


def ended(code: str, *, memory_mb: int = 0, cpu_minutes: float = 0) -> Ending:
    """How a job of this code ends."""
    child = Child([sys.executable, "-c", code], {}, memory_mb, cpu_minutes)
    report, deadline = Report(), time.monotonic() + 60
    while not child.ended() and time.monotonic() < deadline:
        report.take(child.read(0.1))
    report.take(child.rest())
    return report.ending(child.close())


def test_a_job_that_wants_more_memory_than_it_may_ends_with_the_setting_to_raise() -> None:
    ending = ended("x = bytearray(900_000_000)", memory_mb=400)
    assert (ending.state, ending.message) == ("failed", "The job needed more memory than a job may take.")
    assert "job_memory_mb" in ending.hint


@pytest.mark.slow
def test_a_job_that_computes_longer_than_it_may_ends_with_the_setting_to_raise() -> None:
    ending = ended("while True: pass", cpu_minutes=1 / 60)
    assert (ending.state, ending.message) == ("failed", "The job took more processor time than a job may.")
    assert "job_cpu_minutes" in ending.hint


def test_a_job_without_limits_of_its_own_keeps_those_of_its_worker() -> None:
    code = "import json, resource as r; print(json.dumps({'event': 'done', 'as': r.getrlimit(r.RLIMIT_AS)[0]}))"
    ending = ended(code)
    assert ending.state == "done"
    assert ended(code, memory_mb=4000).result == {"as": 4_000_000_000}
