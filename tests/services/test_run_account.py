from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dashapp.services.run_account import account
from dashapp.store.jobs import Job, Line

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def job(**changes: Any) -> Job:
    known = Job(
        id=7, kind="refresh", arguments={}, owner_id=3, owner_name="olga", state="running", fraction=0.4, step="check",
        message="", hint="", result=None, attempts=1, worker="w", created_at=START, started_at=START,
        heartbeat_at=at(8), cancel_requested_at=None, finished_at=None,
    )  # fmt: skip
    return replace(known, **changes)


LOG = (
    Line(1, at(1), "load: Reading orders.csv"),
    Line(2, at(2), "load: Reading products.csv"),
    Line(3, at(3), "orders.csv: 3 lines repeat an earlier file"),
    Line(4, at(4), "check: 37 rules"),
)


def test_a_running_job_is_read_from_its_log_up_to_now() -> None:
    told = account(job(), LOG, at(9))
    assert [(span.name, span.started, span.ended) for span in told.spans] == [("load", 1, 4), ("check", 4, 9)]
    assert not told.exact
    assert not told.published


def test_a_cancelled_job_stops_where_it_ended_and_a_lost_one_at_its_last_sign() -> None:
    assert account(job(state="cancelled", finished_at=at(6)), LOG, at(900)).spans[-1].ended == 6
    assert account(job(state="lost"), LOG, at(900)).spans[-1].ended == 8


def test_what_the_job_told_itself_goes_before_its_log() -> None:
    step = {"name": "load", "started": 0.1, "ended": 0.4, "message": ""}
    run = {"seconds": 0.4, "steps": [step], "before": None, "after": {"seq": 1, "snapshot_id": "000001-a"}}
    told = account(job(state="done", result={"run": run}), LOG, at(9))
    assert [(span.name, span.ended) for span in told.spans] == [("load", 0.4)]
    assert told.exact
    assert told.published


def test_a_job_that_waits_has_no_steps() -> None:
    assert account(job(state="queued", started_at=None), (), at(9)).spans == ()
