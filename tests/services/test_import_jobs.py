"""The jobs of an import: an upload of one's own, how to read it, and never a path or an option from outside."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import yaml

from dashapp.errors import InputError, NotFound, TenureError
from dashapp.services.access import Principal, Role
from dashapp.services.job_kind import kind
from dashapp.services.uploads import Uploads, file
from dashapp.services.worker import Worker
from dashapp.store import mappings, state
from dashapp.store import uploads as rows
from dashapp.store.uploads import Upload
from tests.people import People
from tests.services.test_uploads import put

MAPPING = {
    "shop": {"name": "Käse 🧀", "currency": "EUR"},
    "date_format": "%d.%m.%Y",
    "entities": {"order_lines": {"files": "delivery.csv", "columns": {"order_id": "Nr", "ordered_at": "Tag"}}},
}


@pytest.fixture
def opal(people: People) -> Principal:
    return people.principal("opal", Role.OPERATOR)


@pytest.fixture
def upload(people: People, opal: Principal) -> Upload:
    return put(Uploads(people.settings, people.engine, people.journal, people.clock), opal)


def words(people: People, name: str, **arguments: Any) -> list[str]:
    return kind(name).command(arguments, people.settings)[2:]


def test_a_profile_reads_the_upload_where_it_lies(people: People, upload: Upload) -> None:
    path = file(people.settings, upload)
    assert words(people, "profile", upload=upload.id) == ["etl", "profile", "--json", f"--path={path}"]
    mappings.write(people.settings, "till", MAPPING)
    assert words(people, "profile", upload=upload.id, mapping_name="till")[-1] == "--mapping=till"


@pytest.mark.parametrize(("name", "command"), [("plan", "plan"), ("import", "refresh")])
def test_a_mapping_is_written_beside_the_file_as_it_was_given(
    people: People, upload: Upload, name: str, command: str
) -> None:
    said = words(people, name, upload=upload.id, mapping=MAPPING, append=True)
    place = file(people.settings, upload).parent
    written = next(place.parent.glob("mapping-*.yaml"))
    rejects = [f"--rejects={place.parent / 'refused.parquet'}"] if name == "plan" else []
    assert said == [
        "etl", command, "--json", "--source=csv_folder", f"--path={place}", f"--mapping={written}", "--append", *rejects
    ]  # fmt: skip
    assert [path.name for path in place.iterdir()] == ["orders.csv"]
    assert yaml.safe_load(written.read_text(encoding="utf-8")) == MAPPING
    assert words(people, name, upload=upload.id, mapping=MAPPING, append=True) == said
    assert len(list(place.parent.glob("mapping-*"))) == 1


def test_an_entity_and_a_known_source_are_read_from_the_file_itself(people: People, upload: Upload) -> None:
    path = file(people.settings, upload)
    assert words(people, "plan", upload=upload.id, mapping=MAPPING, entity="products")[3:5] == [
        "--entity=products", f"--path={path}"
    ]  # fmt: skip
    assert words(people, "import", upload=upload.id, source="shopify")[3:] == ["--source=shopify", f"--path={path}"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"mapping": MAPPING, "source": "shopify"},
        {"mapping": "mapping.yaml"},
        {"mapping": {"x": "y" * 70_000}},
        {"mapping_name": "../tenure"},
        {"mapping_name": "none"},
        {"mapping_name": ["a"]},
        {"source": "--help"},
        {"source": "a/b"},
        {"source": "shopify", "options": {"timezone": ["a"]}},
        {"source": "shopify", "options": {"--force": "a"}},
        {"source": "shopify", "options": {"timezone": "a\nb"}},
        {"mapping": MAPPING, "options": {"timezone": "Europe/Berlin"}},
        {"source": "shopify", "entity": "products"},
        {"mapping": MAPPING, "entity": "--force"},
        {"mapping": MAPPING, "path": "/etc/passwd"},
        {"mapping": MAPPING, "upload": "../../state"},
        {"mapping": MAPPING, "upload": "0" * 32},
    ],
)
def test_what_cannot_be_used_is_refused(people: People, upload: Upload, more: dict[str, Any]) -> None:
    for name in ("plan", "import"):
        with pytest.raises(TenureError) as refused:
            kind(name).command({"upload": upload.id} | more, people.settings)
        assert isinstance(refused.value, (InputError, NotFound))


@pytest.mark.parametrize("name", ["profile", "plan", "import"])
def test_another_persons_upload_is_not_found(people: People, upload: Upload, name: str) -> None:
    arguments = {"upload": upload.id} | ({} if name == "profile" else {"mapping": MAPPING})
    with pytest.raises(NotFound):
        people.jobs.enqueue(name, arguments, people.principal("olga", Role.OPERATOR))
    assert people.events()[-1] != "job:queued"


def test_the_worker_asks_again_whose_the_upload_is(people: People, opal: Principal, upload: Upload) -> None:
    job = people.jobs.enqueue("profile", {"upload": upload.id}, opal)
    with state.writing(people.engine) as connection:
        rows.remove(connection, upload.id)
    assert Worker(people.settings, people.engine, people.journal, people.clock).step(threading.Event())
    ended = people.jobs.get(job.id, opal)
    assert (ended.state, ended.message) == ("failed", "orders.csv was removed.")
