"""Who may ask for work, who sees it, and what state it is in when nobody is there to say so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from dashapp.errors import InputError, NotAllowed, NotFound, TooManyJobs
from dashapp.services.access import Principal, Role
from dashapp.services.job_kind import kind, kinds
from dashapp.settings import Settings
from dashapp.store import jobs as rows
from dashapp.store import state, tables
from dashapp.store.jobs import Job
from tests.people import People


def _claim(people: People, worker: str = "w1") -> Job | None:
    with state.writing(people.engine) as connection:
        return rows.claim(connection, worker, people.clock())


def test_only_who_may_do_it_may_ask_for_it(people: People) -> None:
    for role in (Role.VIEWER, Role.ANALYST):
        with pytest.raises(NotAllowed):
            people.jobs.enqueue("refresh", {}, people.principal(role.value, role))
    job = people.jobs.enqueue("refresh", {"source": "sample"}, people.principal("opal", Role.OPERATOR))
    assert (job.state, job.owner_name, job.arguments) == ("queued", "opal", {"source": "sample"})
    entry = people.journal.recent(1)[0]
    assert (entry.event, entry.actor, entry.target) == ("job:queued", "user:opal", f"job:{job.id}")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("refresh", {"source": "--help"}),
        ("refresh", {"source": "../x"}),
        ("refresh", {"source": 7}),
        ("refresh", {"path": "/etc/passwd"}),
        ("refresh", {"path": "../state/tenure.db"}),
        ("refresh", {"path": "missing.csv"}),
        ("refresh", {"path": "a\0b"}),
        ("refresh", {"path": ["x"]}),
        ("refresh", {"shell": "rm"}),
        ("rollback", {"seq": "1"}),
        ("rollback", {"seq": -1}),
        ("rollback", {"seq": True}),
        ("undo", {"to": "1"}),
        ("undo", {"to": True}),
        ("undo", {"seq": 1}),
        ("undo", {"to": 1, "from": 0}),
        ("replay", {"mapping": "comma"}),
        ("replay", {"batch": "0123456789abcdef"}),
        ("replay", {"batch": "../../state", "mapping": "comma"}),
        ("replay", {"batch": "0123456789abcdef", "mapping": "../comma"}),
        ("replay", {"batch": "0123456789abcdef", "mapping": "--json"}),
        ("replay", {"batch": "0123456789abcdef", "mapping": "missing"}),
        ("format_disk", {}),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_at_once(
    people: People, name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        people.jobs.enqueue(name, arguments, people.principal("opal", Role.OPERATOR))


def test_a_link_out_of_the_inbox_is_refused(people: People) -> None:
    inbox = people.settings.folder("inbox")
    (inbox / "orders.csv").touch()
    (inbox / "door").symlink_to("/etc")
    command = kind("refresh").command({"path": "orders.csv", "source": "csv", "force": True}, people.settings)
    assert command[1:] == ["-m", "etl", "refresh", "--json", "--source=csv", f"--path={inbox}/orders.csv", "--force"]
    with pytest.raises(InputError):
        kind("refresh").command({"path": "door/passwd"}, people.settings)


def test_the_kinds_are_the_files() -> None:
    assert list(kinds()) == ["export", "import", "ingest", "plan", "profile", "refresh", "replay", "rollback", "undo"]
    assert kind("rollback").command({"seq": 3}, Settings())[-1] == "--to=3"
    assert kind("undo").command({"to": 3}, Settings())[2:] == ["etl", "undo", "--json", "--to=3"]
    assert kind("undo").command({"to": 3, "from": 4}, Settings())[-2:] == ["--to=3", "--from=4"]


def test_rejected_rows_are_replayed_by_a_mapping_that_is_kept(people: People) -> None:
    (people.settings.folder("mappings") / "comma.yaml").touch()
    arguments = {"batch": "0123456789abcdef", "mapping": "comma"}
    command = kind("replay").command(arguments, people.settings)
    assert command[1:] == ["-m", "etl", "replay", "0123456789abcdef", "--mapping=comma", "--json"]


def test_a_key_given_twice_is_one_job(people_on_both: People) -> None:
    opal = people_on_both.principal("opal", Role.OPERATOR)

    def ask(_: int) -> int:
        return people_on_both.jobs.enqueue("refresh", {}, opal, "click-1").id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    other = people_on_both.jobs.enqueue("refresh", {}, people_on_both.principal("olaf", Role.OPERATOR), "click-1")
    assert other.id != ask(0)


def test_nobody_fills_the_queue(people: People) -> None:
    opal = people.principal("opal", Role.OPERATOR)
    first, _ = (people.jobs.enqueue("refresh", {}, opal) for _ in range(2))
    with pytest.raises(TooManyJobs):
        people.jobs.enqueue("refresh", {}, opal)
    people.jobs.cancel(first.id, opal)
    assert people.jobs.enqueue("refresh", {}, opal).state == "queued"


def test_analysts_read_every_run_that_changes_the_data_and_stop_none(people: People) -> None:
    opal, ann = people.principal("opal", Role.OPERATOR), people.principal("ann", Role.ANALYST)
    job = people.jobs.enqueue("refresh", {}, opal)
    assert (people.jobs.get(job.id, ann).id, people.jobs.log(job.id, ann)) == (job.id, ())
    assert [found.id for found in people.jobs.recent(ann)] == [job.id]
    with pytest.raises(NotAllowed, match="Your role, analyst, may not do this"):
        people.jobs.cancel(job.id, ann)
    assert people.jobs.get(job.id, opal).cancel_requested_at is None
    assert people.jobs.recent(people.principal("vic", Role.VIEWER)) == ()


def test_a_stranger_sees_no_job_that_is_not_shared_and_an_operator_everything(people: People) -> None:
    opal, olaf = (people.principal(name, Role.OPERATOR) for name in ("opal", "olaf"))
    job = people.jobs.enqueue("refresh", {}, opal)
    with state.writing(people.engine) as connection:  # as an export would be, which needs a snapshot
        connection.execute(update(tables.jobs).values(kind="export"))
    demoted = Principal(opal.user_id, "opal", Role.ANALYST, "")
    stranger = people.principal("ann", Role.ANALYST)
    for look in (people.jobs.get, people.jobs.log, people.jobs.cancel):
        with pytest.raises(NotFound):
            look(job.id, stranger)
    assert people.jobs.recent(stranger) == ()
    assert [found.id for reader in (demoted, olaf) for found in people.jobs.recent(reader)] == [job.id, job.id]
    assert people.jobs.get(job.id, olaf).state == "queued"


def test_a_queued_job_is_cancelled_at_once_and_never_claimed(people_on_both: People) -> None:
    opal = people_on_both.principal("opal", Role.OPERATOR)
    job = people_on_both.jobs.enqueue("refresh", {}, opal)
    assert people_on_both.jobs.cancel(job.id, opal).state == "cancelled"
    assert _claim(people_on_both) is None
    assert people_on_both.jobs.cancel(job.id, opal).state == "cancelled"
    assert people_on_both.events().count("job:cancel_requested") == 1


def test_jobs_are_claimed_in_order_and_each_by_one_worker(people_on_both: People) -> None:
    owners = [people_on_both.principal(f"opal{number}", Role.OPERATOR) for number in range(4)]
    wanted = [people_on_both.jobs.enqueue("refresh", {}, owner).id for owner in owners for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        claimed = [job.id for job in pool.map(lambda number: _claim(people_on_both, f"w{number}"), range(12)) if job]
    assert sorted(claimed) == wanted
    assert people_on_both.jobs.get(claimed[0], owners[0]).attempts == 1


def test_a_silent_job_is_seen_as_lost_without_any_worker(people: People) -> None:
    opal = people.principal("opal", Role.OPERATOR)
    job = people.jobs.enqueue("refresh", {}, opal)
    _claim(people)
    people.clock.turn(seconds=15)
    assert people.jobs.get(job.id, opal).state == "running"
    people.clock.turn(seconds=1)
    seen = people.jobs.get(job.id, opal)
    assert (seen.state, seen.message) == ("lost", "The worker stopped in the middle of this job.")
    assert seen.hint
    assert people.jobs.recent(opal)[0].state == "lost"
    assert people.jobs.cancel(job.id, opal).state == "lost"
    assert people.jobs.enqueue("refresh", {}, opal), "a lost job does not count against its owner"


def test_a_job_that_waits_long_says_why(people: People) -> None:
    opal = people.principal("opal", Role.OPERATOR)
    job = people.jobs.enqueue("refresh", {}, opal)
    assert people.jobs.get(job.id, opal).message == ""
    people.clock.turn(seconds=16)
    assert "worker" in people.jobs.get(job.id, opal).message
    assert people.jobs.get(job.id, opal).state == "queued"
