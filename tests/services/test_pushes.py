"""One key is one push: the same job for the same body, a refusal for another, and no body left behind."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import pytest

from dashapp.errors import Conflict, InputError, NotAllowed, TooManyJobs
from dashapp.services import pushes
from dashapp.services.access import Principal, Role
from dashapp.services.job_kind import kind
from dashapp.settings import Settings
from dashapp.store.jobs import Job
from tests.people import People

BODY = b'{"order_id": "1"}\n'


def _push(people: People, owner: Principal, body: bytes = BODY, key: str = "k1", **wanted: str) -> Job:
    given = {"entity": "order_lines", "timezone": ""} | wanted
    return pushes.push(people.jobs, people.settings, io.BytesIO(body), given, owner, key)


def _kept(people: People) -> list[Path]:
    return sorted(pushes.folder(people.settings).iterdir())


def test_the_body_is_kept_as_it_came_and_for_us_alone(people: People) -> None:
    job = _push(people, people.principal("opal", Role.OPERATOR), b"\xff\x00 anything")
    (path,) = _kept(people)
    assert path.read_bytes() == b"\xff\x00 anything"
    assert job.arguments["file"] == path.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_push_again_is_the_same_job(people_on_both: People) -> None:
    opal, olaf = (people_on_both.principal(name, Role.OPERATOR) for name in ("opal", "olaf"))
    first = _push(people_on_both, opal)
    assert [_push(people_on_both, opal).id for _ in range(4)] == [first.id] * 4
    assert len(_kept(people_on_both)) == 1
    assert _push(people_on_both, olaf).id != first.id


@pytest.mark.parametrize("change", [{"body": b"{}\n"}, {"entity": "customers"}, {"timezone": "Europe/London"}])
def test_another_push_under_the_key_is_refused(people: People, change: dict[str, Any]) -> None:
    opal = people.principal("opal", Role.OPERATOR)
    first = _push(people, opal)
    with pytest.raises(Conflict, match="used for another push"):
        _push(people, opal, **change)
    assert [path.name for path in _kept(people)] == [first.arguments["file"]]


def test_what_is_refused_leaves_nothing_behind(people: People) -> None:
    opal, ann = people.principal("opal", Role.OPERATOR), people.principal("ann", Role.ANALYST)
    with pytest.raises(NotAllowed):
        _push(people, ann)
    with pytest.raises(InputError, match="The body is empty"):
        _push(people, opal, b"")

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the other side went away")

    with pytest.raises(OSError, match="went away"):
        pushes.push(people.jobs, people.settings, Broken(), {"entity": "order_lines"}, opal, "k")
    assert _kept(people) == []
    for key in ("a", "b"):
        _push(people, opal, key=key)
    with pytest.raises(TooManyJobs):
        _push(people, opal, key="c")
    assert len(_kept(people)) == 2


def test_the_job_loads_the_file_and_adds_it(people: People) -> None:
    job = _push(people, people.principal("opal", Role.OPERATOR), timezone="Europe/London")
    told = people.settings.model_copy(update={"shop_name": "Corner", "currency": "EUR"})
    path = pushes.folder(told) / job.arguments["file"]
    assert kind("ingest").command(job.arguments, told)[1:] == [
        "-m", "etl", "refresh", "--json", "--source=pushed", f"--path={path}", "--append",
        "--option=entity=order_lines", "--option=timezone=Europe/London", "--option=shop=Corner",
        "--option=currency=EUR",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../../state/tenure.db"},
        {"file": "0" * 32 + ".jsonl"},
        {"file": 7},
        {"entity": "--help"},
        {"timezone": "x y"},
        {"path": "/etc/passwd"},
    ],
)
def test_arguments_that_cannot_be_used_are_refused(people: People, change: dict[str, Any]) -> None:
    job = _push(people, people.principal("opal", Role.OPERATOR))
    with pytest.raises(InputError):
        kind("ingest").command(job.arguments | change, Settings(data_dir=people.settings.data_dir))
