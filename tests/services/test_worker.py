"""The worker with real processes: every job ends in one state, and no process is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from dashapp.services import worker as service
from dashapp.services.access import Principal, Role
from dashapp.services.job_kind import kinds
from dashapp.services.schedules import Schedules
from dashapp.services.worker import Worker
from dashapp.settings import Settings
from dashapp.store import jobs as rows
from dashapp.store import state
from dashapp.store.jobs import Job
from tests.people import People
from tests.services.probe import PROBE

ROOT = Path(__file__).resolve().parents[2]
LOST_AFTER = 8.0


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """An installation on the wall clock, where the kind `probe` exists."""
    monkeypatch.setitem(kinds(), PROBE.name, PROBE)
    settings = Settings(data_dir=tmp_path / "data", job_lost_after_seconds=LOST_AFTER)
    made = People(settings, state.now)  # type: ignore[arg-type]
    yield made
    made.engine.dispose()


@pytest.fixture
def opal(people: People) -> Principal:
    return people.principal("opal", Role.OPERATOR)


@pytest.fixture
def start_worker(people: People) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts worker processes; none outlives the test."""
    environment = service.environment(people.settings, "")
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-m", "tests.services.probe"], cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def _run(people: People, opal: Principal, code: str) -> Job:
    """Run one probe in this process's worker, to its end."""
    job = people.jobs.enqueue("probe", {"code": code}, opal)
    assert Worker(people.settings, people.engine, people.journal).step(threading.Event())
    return people.jobs.get(job.id, opal)


def _wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def _dead(*pids: int) -> bool:
    return not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _pids(people: People, job: Job, opal: Principal) -> list[int]:
    return [int(pid) for pid in people.jobs.get(job.id, opal).message.split()]


# A job with a child of its own, that says both numbers and then sleeps.
FAMILY = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
say("step", step="load", fraction=0.5, message=f"{os.getpid()} {child.pid}")
time.sleep(600)
"""


def test_a_job_that_works_is_done_with_its_result(people: People, opal: Principal) -> None:
    job = _run(people, opal, """
say("step", step="load", fraction=0.5, message="half")
say("note", message="for " + os.environ["TENURE_ACTOR"])
print("not json")
say("done", snapshot_id="000001-ab", counts={"customers": 3})
""")  # fmt: skip
    assert (job.state, job.fraction, job.step) == ("done", 1.0, "load")
    assert job.result == {"snapshot_id": "000001-ab", "counts": {"customers": 3}}
    assert job.started_at
    assert job.finished_at
    assert [line.text for line in people.jobs.log(job.id, opal)] == ["load: half", "for user:opal", "not json"]
    entry = people.journal.recent(1)[0]
    assert (entry.event, entry.actor, entry.target, entry.result) == ("job:ended", "user:opal", f"job:{job.id}", "ok")


def test_a_worker_asks_for_what_is_due_and_runs_it(people: People, opal: Principal) -> None:
    schedules = Schedules(people.settings, people.engine, people.journal, lambda: state.now() - timedelta(minutes=2))
    schedules.add("each minute", "probe", {"code": 'say("done", counts={})'}, "* * * * *", "UTC", opal)
    assert Worker(people.settings, people.engine, people.journal).step(threading.Event())
    (job,) = people.jobs.recent(opal)
    assert (job.kind, job.state, schedules.all()[0].last_job_id) == ("probe", "done", job.id)


def test_a_job_that_fails_says_what_it_said(people: People, opal: Principal) -> None:
    job = _run(people, opal, 'say("error", error="SourceError", message="No file.", hint="Give one."); sys.exit(2)')
    assert (job.state, job.message, job.hint, job.result) == ("failed", "No file.", "Give one.", None)


def test_a_job_that_breaks_leaves_its_traceback_in_the_log(people: People, opal: Principal) -> None:
    job = _run(people, opal, "1/0")
    assert (job.state, job.message) == ("failed", "The job ended without a result (exit code 1).")
    assert any("ZeroDivisionError" in line.text for line in people.jobs.log(job.id, opal))


def test_a_job_the_system_kills_says_so(people: People, opal: Principal) -> None:
    job = _run(people, opal, "os.kill(os.getpid(), signal.SIGKILL)")
    assert (job.state, job.message) == ("failed", "The job was killed.")


def test_a_job_cannot_leave_a_process_behind(people: People, opal: Principal) -> None:
    job = _run(people, opal, FAMILY.replace("time.sleep(600)\n", 'say("done")\n'))
    assert job.state == "done"
    assert _dead(*_pids_of_log(people, job, opal))


def _pids_of_log(people: People, job: Job, opal: Principal) -> list[int]:
    return [int(pid) for pid in people.jobs.log(job.id, opal)[0].text.removeprefix("load: ").split()]


def test_an_owner_who_lost_the_right_meanwhile_gets_no_run(people: People, opal: Principal) -> None:
    job = people.jobs.enqueue("probe", {"code": 'say("done")'}, opal)
    people.accounts.assign("opal", Role.ANALYST, "cli:test")
    Worker(people.settings, people.engine, people.journal).step(threading.Event())
    refused = people.jobs.get(job.id, opal)
    assert refused.state == "failed"
    assert "analyst, may not" in refused.message
    assert people.jobs.log(job.id, opal) == ()


def test_the_settings_in_force_reach_the_job(tmp_path: Path) -> None:
    given = Settings(data_dir=tmp_path, tls=True, web_workers=2, non_product_codes=("A", "B"), shop_name="X Y")
    told = service.environment(given, "user:ann")
    code = "from dashapp import settings; print(settings.load().model_dump_json())"
    answer = subprocess.run([sys.executable, "-c", code], env=told, cwd=ROOT, capture_output=True, check=True)
    assert Settings.model_validate_json(answer.stdout) == given


def test_a_running_job_is_cancelled_and_may_tidy_up(
    people: People, opal: Principal, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    tidy = """
def stop(*_):
    say("note", message="tidied up"); sys.exit(130)
signal.signal(signal.SIGTERM, stop)
"""
    start_worker()
    job = people.jobs.enqueue("probe", {"code": tidy + FAMILY}, opal)
    _wait(lambda: people.jobs.get(job.id, opal).fraction > 0)
    pids = _pids(people, job, opal)
    people.jobs.cancel(job.id, opal)
    _wait(lambda: people.jobs.get(job.id, opal).over)
    assert people.jobs.get(job.id, opal).state == "cancelled"
    assert people.jobs.log(job.id, opal)[-1].text == "tidied up"
    assert _dead(*pids)


def test_a_job_that_ignores_the_request_is_killed(
    people: People, opal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "GRACE_SECONDS", 0.5)
    job = people.jobs.enqueue("probe", {"code": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY}, opal)
    thread = threading.Thread(
        target=Worker(people.settings, people.engine, people.journal).step, args=(threading.Event(),)
    )
    thread.start()
    _wait(lambda: people.jobs.get(job.id, opal).fraction > 0)
    pids = _pids(people, job, opal)
    people.jobs.cancel(job.id, opal)
    thread.join(60)
    assert people.jobs.get(job.id, opal).state == "cancelled"
    assert _dead(*pids)


def test_a_worker_that_is_asked_to_stop_ends_its_job_cleanly(
    people: People, opal: Principal, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    worker = start_worker()
    job = people.jobs.enqueue("probe", {"code": FAMILY}, opal)
    _wait(lambda: people.jobs.get(job.id, opal).fraction > 0)
    pids = _pids(people, job, opal)
    worker.terminate()
    assert worker.wait(60) == 0
    ended = people.jobs.get(job.id, opal)
    assert (ended.state, ended.message) == ("cancelled", "The worker was stopped in the middle of this job.")
    assert _dead(*pids)


def test_a_killed_worker_takes_its_job_along_and_the_job_is_lost_in_time(
    people: People, opal: Principal, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    worker = start_worker()
    job = people.jobs.enqueue("probe", {"code": FAMILY}, opal)
    _wait(lambda: people.jobs.get(job.id, opal).fraction > 0)
    pids = _pids(people, job, opal)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    _wait(lambda: _dead(*pids))
    _wait(lambda: people.jobs.get(job.id, opal).state == "lost")
    with state.reading(people.engine) as connection:
        assert rows.find(connection, job.id).state == "running"  # type: ignore[union-attr]
    Worker(people.settings, people.engine, people.journal).step(threading.Event())
    with state.reading(people.engine) as connection:
        assert rows.find(connection, job.id).state == "lost", "the next worker writes it down"  # type: ignore[union-attr]
    assert people.journal.recent(1)[0].result == "lost"


def test_a_worker_that_slept_too_long_gives_its_job_up(
    people: People, opal: Principal, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    worker = start_worker()
    job = people.jobs.enqueue("probe", {"code": FAMILY}, opal)
    _wait(lambda: people.jobs.get(job.id, opal).fraction > 0)
    pids = _pids(people, job, opal)
    worker.send_signal(signal.SIGSTOP)
    _wait(lambda: people.jobs.get(job.id, opal).state == "lost")
    Worker(people.settings, people.engine, people.journal).step(threading.Event())
    worker.send_signal(signal.SIGCONT)
    _wait(lambda: _dead(*pids))
    assert people.jobs.get(job.id, opal).state == "lost"


def test_two_workers_never_run_the_same_job(
    people: People, tmp_path: Path, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ran = tmp_path / "ran"
    note = f"open({str(ran)!r}, 'a').write(sys.argv[0] + os.environ['TENURE_ACTOR'] + '\\n'); say('done')"
    owners = [people.principal(f"opal{number}", Role.OPERATOR) for number in range(6)]
    wanted = [people.jobs.enqueue("probe", {"code": note}, owner) for owner in owners for _ in range(2)]
    for _ in range(2):
        start_worker()
    _wait(lambda: all(people.jobs.get(job.id, owners[0]).over for job in wanted), 60)
    ended = [people.jobs.get(job.id, owners[0]) for job in wanted]
    assert {(job.state, job.attempts) for job in ended} == {("done", 1)}
    assert len(ran.read_text().splitlines()) == len(wanted)
    assert len({job.worker for job in ended}) == 2


def test_a_locked_database_is_waited_out(people: People, opal: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "BUSY_TIMEOUT_MS", 100)
    engine = state.open(people.settings)
    worker = Worker(people.settings, engine, people.journal)
    people.jobs.enqueue("probe", {"code": 'say("done")'}, opal)
    with state.writing(people.engine):
        assert not worker.step(threading.Event())
    assert worker.step(threading.Event())
