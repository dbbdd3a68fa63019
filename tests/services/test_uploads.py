"""Whose an uploaded file is, how much one may keep, and when it goes."""

from __future__ import annotations

import doctest
import io
from pathlib import Path
from types import ModuleType

import pytest

from dashapp.errors import Busy, Gone, InputError, NotFound, TooLarge
from dashapp.services import import_choice, uploaded_file
from dashapp.services import uploads as service
from dashapp.services.access import Principal, Role
from dashapp.services.uploads import MB, Uploads
from dashapp.settings import Settings
from dashapp.store import jobs as job_rows
from dashapp.store import rejected, state
from dashapp.store.uploads import Upload
from dashapp.web.components import import_steps
from tests.people import Clock, People

CONTENT = b"order,date\n1,2024-01-01\n"


@pytest.mark.parametrize("module", [service, uploaded_file, import_choice, import_steps, rejected])
def test_the_examples_in_the_words_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


@pytest.fixture
def uploads(people: People) -> Uploads:
    return Uploads(people.settings, people.engine, people.journal, people.clock)


@pytest.fixture
def opal(people: People) -> Principal:
    return people.principal("opal", Role.OPERATOR)


def put(uploads: Uploads, owner: Principal, content: bytes = CONTENT, name: str = "orders.csv") -> Upload:
    """Upload as the route does."""
    with uploads.receiving() as incoming:
        with incoming.open(None, None, name) as stream:
            stream.write(io.BytesIO(content).read())
        return uploads.accept(incoming, owner)


def kept(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.folder("inbox") / "uploads").glob("*"))


def test_a_file_is_kept_under_our_own_name(people: People, uploads: Uploads, opal: Principal) -> None:
    upload = put(uploads, opal, name="../../état des lieux.csv")
    path = service.file(people.settings, upload)
    assert (path.name, path.read_bytes()) == ("etat-des-lieux.csv", CONTENT)
    assert path.parent.parent.parent == people.settings.data_dir / "inbox" / "uploads"
    assert (upload.file_name, upload.bytes) == ("état des lieux.csv", len(CONTENT))
    assert people.events()[-1] == "upload:received"


def test_a_refused_file_leaves_nothing_but_a_line_in_the_journal(
    people: People, uploads: Uploads, opal: Principal
) -> None:
    with pytest.raises(InputError):
        put(uploads, opal, b"%PDF-1.7")
    assert (kept(people.settings), people.events()[-1]) == ([], "upload:refused")
    assert uploads.of(opal) == ()


def test_an_upload_is_its_owners_alone(people: People, uploads: Uploads, opal: Principal) -> None:
    upload, boss = put(uploads, opal), people.principal("boss", Role.ADMIN)
    for act in (uploads.get, uploads.remove):
        with pytest.raises(NotFound):
            act(upload.id, boss)
    assert uploads.get(upload.id, opal) == upload


@pytest.mark.parametrize("upload_id", [None, 7, "", "../..", "0" * 32, "0" * 31 + "\0"])
def test_what_is_no_id_is_not_found(uploads: Uploads, opal: Principal, upload_id: object) -> None:
    with pytest.raises(NotFound):
        uploads.get(upload_id, opal)


def test_a_share_is_a_number_of_files_and_of_megabytes(people: People, opal: Principal) -> None:
    small = people.settings.model_copy(update={"upload_max_mb": 2, "upload_quota_mb": 3})
    uploads = Uploads(small, people.engine, people.journal, people.clock)
    with pytest.raises(TooLarge, match="more than 2 MB"):
        uploads.admit(opal, 3 * MB)
    put(uploads, opal, CONTENT + b" " * (2 * MB - len(CONTENT)))
    uploads.admit(opal, 1 * MB)
    with pytest.raises(InputError, match=r"this file 2\.0 MB; you may keep 3 MB"):
        uploads.admit(opal, 2 * MB)
    for _ in range(people.settings.upload_quota_files - 1):
        put(uploads, opal)
    with pytest.raises(InputError, match="20 uploaded files; 20 may be kept at a time"):
        uploads.admit(opal, 1)


def test_a_removed_file_is_gone_and_says_so(people: People, uploads: Uploads, opal: Principal) -> None:
    upload = put(uploads, opal)
    uploads.remove(upload.id, opal)
    assert (kept(people.settings), people.events()[-1]) == ([], "upload:removed")
    with pytest.raises(Gone, match="was removed"):
        uploads.get(upload.id, opal)


def test_a_file_stays_while_a_job_reads_it(people: People, uploads: Uploads, opal: Principal, clock: Clock) -> None:
    upload = put(uploads, opal)
    with state.writing(people.engine) as connection:
        job = job_rows.add(connection, "plan", {}, (opal.user_id, "opal"), None, clock())
    uploads.note(upload, plan=job.id)
    clock.turn(hours=100)
    assert uploads.sweep() == 0
    with pytest.raises(Busy, match="A job is reading"):
        uploads.remove(upload.id, opal)


def test_expired_files_go_but_the_one_imported_last(
    people: People, uploads: Uploads, opal: Principal, clock: Clock
) -> None:
    first, second, third = (put(uploads, opal, name=f"{n}.csv") for n in range(3))
    uploads.note(first, **{"import": 1})
    uploads.note(second, **{"import": 2})
    clock.turn(hours=71)
    assert uploads.sweep() == 0
    clock.turn(hours=1)
    assert uploads.sweep() == 2
    assert [upload.id for upload in uploads.of(opal)] == [second.id]
    assert kept(people.settings) == [second.id]
    assert people.events()[-2:] == ["upload:expired"] * 2
    assert third.id not in kept(people.settings)


@pytest.fixture
def stray(people: People) -> Path:
    path = people.settings.folder("inbox") / "uploads" / ("a" * 32)
    path.mkdir(parents=True)
    return path


def test_what_a_killed_server_left_is_cleared(uploads: Uploads, stray: Path, clock: Clock) -> None:
    clock.at = clock.at.fromtimestamp(stray.stat().st_mtime, clock.at.tzinfo)
    uploads.sweep()
    assert stray.exists()
    clock.turn(hours=73)
    uploads.sweep()
    assert not stray.exists()


def test_a_draft_keeps_what_it_is_not_told_about(uploads: Uploads, opal: Principal) -> None:
    upload = put(uploads, opal)
    uploads.note(upload, profile=3)
    uploads.note(upload, choice={"entity": "products"})
    assert uploads.get(upload.id, opal).draft == {"profile": 3, "choice": {"entity": "products"}}
