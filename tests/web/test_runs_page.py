"""One run in the browser's words: what it shows while it runs and after, its buttons, schedules and storage."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from dashapp.services.access import Principal
from dashapp.settings import Settings
from dashapp.store import jobs as rows
from dashapp.store.jobs import Ending, Job, Progress
from dashapp.store.publish import Warehouse
from dashapp.store.state import writing
from dashapp.web.components import run_page, schedule_desk, stored
from dashapp.web.pages import data
from tests.web.conftest import SAME_ORIGIN, House, body_of, open_house

STEPS = [
    {"name": "load", "started": 0.1, "ended": 2.1, "message": "orders.csv"},
    {"name": "check", "started": 2.1, "ended": 3.0, "message": "37 rules"},
]


def said(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture(scope="module")
def runs_house(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("runs"), sample_warehouse)


@pytest.fixture(autouse=True)
def _no_unfinished_jobs(runs_house: House) -> Iterator[None]:
    yield
    services = runs_house.services
    with writing(services.engine) as connection:
        for job in rows.recent(connection, 20):
            rows.request_cancel(connection, job.id, services.clock())
            rows.end(connection, job, Ending("cancelled", "Over."), services.clock())


def reader(house: House, role: str) -> Principal:
    return house.services.login.principal(house.tokens[role])


def started(house: House, **arguments: Any) -> Job:
    """A refresh a worker has claimed and that has spoken once."""
    services = house.services
    services.jobs.enqueue("refresh", arguments, reader(house, "operator"))
    with writing(services.engine) as connection:
        job = rows.claim(connection, "w", services.clock())
        assert job is not None
        rows.beat(connection, job, Progress(0.2, "load", "Reading orders.csv"), services.clock())
        rows.add_lines(connection, job.id, 1, ["load: Reading orders.csv"], services.clock())
    return job


def ended(house: House, state: str = "done", result: dict[str, Any] | None = None, **arguments: Any) -> Job:
    job = started(house, **arguments)
    with writing(house.services.engine) as connection:
        rows.end(connection, job, Ending(state, "It ended.", "", result), house.services.clock())
    return job


def published(before: int = 1) -> dict[str, Any]:
    """What a run tells that led from a snapshot to the one after."""
    return {
        "run": {
            "seconds": 3.0, "steps": STEPS, "source": "sample", "passed": 36,
            "before": {"seq": before, "snapshot_id": "000001-a"}, "after": {"seq": 2, "snapshot_id": "000002-b"},
            "rows": [{"entity": "order_lines", "files": 1, "new": 1, "rows": 12031, "accepted": 12000, "rejected": 31}],
            "findings": [{"check_id": "duplicate_lines", "title": "No line occurs twice", "severity": "warn",
                          "status": "failed", "offending_rows": 4, "checked_rows": 12000, "amount": 72.78,
                          "customers": None}],
            "headlines": [{"name": "net_sales", "before": 1000.0, "after": 1250.5},
                          {"name": "orders", "before": 20.0, "after": 18.0}],
        }
    }  # fmt: skip


def page(house: House, job: Job, role: str = "operator", seen: Any = None) -> list[Any]:
    return run_page.show(house.services, job.id, seen, reader(house, role))


@pytest.mark.slow
def test_the_address_says_which_run_and_nonsense_is_the_list() -> None:
    assert '"data": 12' in said(data.layout(run="12"))
    for run in (None, "", "x", "-1", "1e3", "99999999999"):
        assert data.RUNS in said(data.layout(run=run))


def test_a_run_that_ended_shows_steps_rows_findings_and_the_change_of_the_figures(runs_house: House) -> None:
    head, figure, look, table, caption, log, rest, *_ = page(runs_house, ended(runs_house, result=published()))
    assert figure["data"][0]["y"] == ["Load", "Check"]
    assert "2 steps in 2.9 s; load took the longest, 2.0 s (69\u00a0%)." in caption
    assert "37 rules" in said(table)
    assert "is-drawn" in look
    assert "000002-b" in said(head)
    assert "load: Reading orders.csv" in log
    for words in (
        "12,031",
        "31",
        "No line occurs twice",
        "36 rules hold",
        "+\u2060€250.50",
        "+25.1\u00a0%",
        "−2",
        "−10.0\u00a0%",
    ):
        assert words in said(rest)


def test_the_steps_of_a_run_leave_as_other_charts_do(runs_house: House) -> None:
    job, client = ended(runs_house, result=published()), runs_house.client("operator")
    drawn = said(run_page.layout(job.id))
    assert f'"data-file": "run/{job.id}/steps"' in drawn
    assert all(f'"data-export": "{kind}"' in drawn for kind in ("png", "svg", "zip", "xlsx"))
    with zipfile.ZipFile(io.BytesIO(client.get(f"/export/run/{job.id}/steps.zip").data)) as archive:
        table, about = (archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert [line.split(",")[0] for line in table.splitlines()] == ["Step", "Load", "Check"]
    assert "load took the longest" in about
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(f"/export/run/{job.id}/steps.xlsx").data)
    )
    assert book.sheet_names == ["Steps", "About"]
    assert client.get("/export/run/0x1/steps.zip").status_code == 404
    assert runs_house.client("viewer").get(f"/export/run/{job.id}/steps.zip").status_code == 403


def test_a_running_one_can_be_cancelled_by_operators_and_is_read_again(runs_house: House) -> None:
    job = started(runs_house)
    shown = page(runs_house, job)
    assert "20\u00a0% done" in said(shown[0])
    assert shown[7:10] == [False, True, True]
    assert shown[11] is False
    asked = run_page.cancelled(1, runs_house.services.jobs, job.id, reader(runs_house, "operator"))
    assert "is being cancelled" in asked
    again = page(runs_house, job, seen=shown[10])
    assert again[7:10] == [True, True, True]
    events = [entry.event for entry in runs_house.services.journal.recent(1)]
    assert events == ["job:cancel_requested"]


@pytest.mark.slow
def test_a_page_that_is_up_to_date_is_left_alone(runs_house: House) -> None:
    job = ended(runs_house)
    assert set(map(id, page(runs_house, job, seen=page(runs_house, job)[10]))) == {id(no_update)}


def test_a_failed_run_is_tried_again_with_the_same_arguments_once_and_it_is_in_the_journal(runs_house: House) -> None:
    services, olga = runs_house.services, reader(runs_house, "operator")
    job = ended(runs_house, "failed", source="sample")
    assert page(runs_house, job)[7:10] == [True, False, True]
    answers = [said(run_page.retried(1, services.jobs, job.id, olga)) for _ in range(2)]
    newest = services.jobs.recent(olga, 1)[0]
    assert (newest.id, newest.arguments, newest.state) == (job.id + 1, {"source": "sample"}, "queued")
    assert all(f"/data?run={newest.id}" in answer for answer in answers)
    entry = services.journal.recent(1)[0]
    assert (entry.event, entry.actor) == ("job:queued", "user:operator")
    assert entry.detail["again"] == job.id


def test_a_run_that_went_well_has_nothing_to_retry(runs_house: House) -> None:
    job = ended(runs_house, result=published())
    assert "nothing to retry" in run_page.retried(1, runs_house.services.jobs, job.id, reader(runs_house, "operator"))


def test_the_way_back_is_open_only_behind_the_current_snapshot_and_to_a_kept_one(
    sample_warehouse: Settings, tmp_path: Path
) -> None:
    house = open_house(tmp_path, sample_warehouse)
    current = Warehouse(tmp_path / "warehouse").current().seq
    gone, own = published(current + 5), published(current)
    for told, seq in ((gone, current), (own, current), (own, current + 1)):
        told["run"]["after"] = {"seq": seq, "snapshot_id": "x"}
        job = ended(house, result=told)
        answer = run_page.gone_back(1, house.services, job.id, reader(house, "operator"))
        open_way = told is own and seq == current
        assert page(house, job)[9] is not open_way
        assert ("becomes current" in said(answer)) is open_way
    assert house.services.jobs.recent(reader(house, "operator"), 9)[1].arguments == {"seq": current}


def test_readers_without_the_right_see_no_button_and_are_refused(runs_house: House) -> None:
    services = runs_house.services
    job = ended(runs_house, "failed")
    view = page(runs_house, job, role="analyst")
    assert "It ended." in said(view)
    assert [part for part in view[-5:-2] if part is not True] == []  # cancel, retry and going back are hidden
    assert "There is no such job" in said(page(runs_house, job, role="viewer"))
    for part in (run_page.CANCELLED, run_page.RETRIED_AS, run_page.GONE_BACK, schedule_desk.SAID):
        key = next(key for key in runs_house.app.callback_map if f"{part}.children" in key)
        body = body_of(runs_house.app, key)
        answer = runs_house.client("analyst").post("/_dash-update-component", json=body, headers=SAME_ORIGIN)
        assert answer.status_code == 403
    assert services.jobs.recent(reader(runs_house, "operator"), 1)[0].id == job.id


def test_schedules_are_added_paused_and_removed_and_errors_are_sentences(runs_house: House) -> None:
    services, olga = runs_house.services, reader(runs_house, "operator")
    now = services.clock()

    def decided(deed: str, *given: Any) -> str:
        return schedule_desk.decided(deed, services.schedules, olga, now, *given)[0]

    added = ("", "nightly", "0 6 * * 1-5", "Europe/London", "sample", "")
    assert "First on" in decided(schedule_desk.ADD, *added)
    assert "already" in decided(schedule_desk.ADD, *added)
    assert "no schedule" in decided(schedule_desk.ADD, "", "other", "every day", "UTC", "", "")
    assert "No schedule is chosen." in decided(schedule_desk.PAUSE, None, *added[1:])
    shown = said(schedule_desk.show(services.schedules.all(), olga, now))
    assert "At 06:00 on Monday through Friday" in shown
    assert decided(schedule_desk.PAUSE, "nightly") == "nightly is paused."
    assert "paused" in said(schedule_desk.show(services.schedules.all(), olga, now)[0])
    decided(schedule_desk.REMOVE, "nightly")
    assert services.schedules.all() == ()
    assert schedule_desk.show((), reader(runs_house, "analyst"), now)[3] is True


def test_storage_is_told_by_part_with_what_goes_next(runs_house: House) -> None:
    shown = said(stored.card(runs_house.services.settings))
    for words in ("Published snapshots", "snapshots are kept (keep_snapshots)", "free on this disk"):
        assert words in shown
