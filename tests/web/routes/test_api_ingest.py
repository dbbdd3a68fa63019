"""A program pushes rows and learns what became of them: one key one job, problems for the rest, and the documents."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from dashapp.services.worker import Worker
from dashapp.web.routes.api_ingest import ENTITIES, MAX_PUSH_BYTES
from etl.entities import ENTITIES as KNOWN
from tests.conftest import ROOT
from tests.web.conftest import SAME_ORIGIN, House, open_house
from tests.web.schema import mismatches

WHERE = "/api/v1/ingest/orders"
NDJSON = {"Content-Type": "application/x-ndjson"}
DOCUMENT = (ROOT / "docs" / "api.md").read_text()
LINE = {"ordered_at": "2024-05-06", "customer_id": "c1", "product_id": "p", "quantity": 2, "unit_price": 1.5}
BODY = "".join(json.dumps(LINE | {"order_id": str(n)}) + "\n" for n in range(30))
Push = Callable[..., Any]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An application of its own, where nothing is loaded and jobs may run."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TENURE_CURRENCY", "EUR")
        return open_house(tmp_path_factory.mktemp("shop"), None)


@pytest.fixture(scope="module")
def bearer(shop: House) -> dict[str, str]:
    text = shop.services.tokens.add("erp", "operator", ["ingest:push"], timedelta(days=1), "cli:test")
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def push(shop: House, bearer: dict[str, str]) -> Push:
    """Push a body; afterwards nothing is left in the queue."""

    def one(body: str | bytes = BODY, key: str | None = "k", path: str = WHERE, **headers: str) -> Any:
        given = NDJSON | bearer | ({"Idempotency-Key": key} if key is not None else {}) | headers
        return shop.client().post(path, data=body, headers=given)

    yield one
    account = next(owner for _, owner in shop.services.tokens.all())
    principal = shop.services.tokens.principal(bearer["Authorization"].split()[1], "")
    assert principal.user_id == account.user_id
    for job in shop.services.jobs.recent(principal):
        shop.services.jobs.cancel(job.id, principal)


@pytest.mark.slow
def test_a_push_is_a_job_whose_address_says_how_far_it_is(shop: House, bearer: dict[str, str], push: Push) -> None:
    answer = push(key="first")
    assert answer.status_code == 202
    job = answer.json["job"]
    assert (job["kind"], job["state"], job["result"]) == ("ingest", "queued", None)
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert shop.client().get(answer.headers["Location"], headers=bearer).json["job"] == job
    again = push(key="first")
    assert (again.status_code, again.json["job"]["id"]) == (202, job["id"])
    entry = next(entry for entry in shop.services.journal.recent(10) if entry.event == "job:queued")
    assert entry.actor == "token:operator/erp"


def test_the_key_for_another_body_is_a_conflict(push: Push) -> None:
    push(key="second")
    answer = push(BODY + "\n", key="second")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:tenure:Conflict")
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("key", [None, "", " ", "x" * 65, "a\tb", "schlüssel"])
def test_a_push_without_a_usable_key_is_refused(push: Push, key: str | None) -> None:
    answer = push(key=key)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (404, {"path": "/api/v1/ingest/secrets"}),
        (404, {"path": "/api/v1/ingest/order_lines"}),
        (413, {"body": b"x" * (MAX_PUSH_BYTES + 1)}),
        (415, {"Content-Type": "application/json"}),
        (415, {"Content-Type": "application/x-www-form-urlencoded"}),
        (422, {"path": f"{WHERE}?timezone=Mars"}),
        (422, {"path": f"{WHERE}?source=sample"}),
        (422, {"body": b""}),
    ],
)
def test_what_cannot_be_taken_is_a_problem_and_leaves_nothing(
    shop: House, push: Push, status: int, asked: dict[str, Any]
) -> None:
    before = sorted((shop.services.settings.data_dir / "inbox").rglob("*"))
    answer = push(key="wrong", **asked)
    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert answer.content_type == "application/problem+json"
    assert sorted(path for path in (shop.services.settings.data_dir / "inbox").rglob("*.*")) == [
        path for path in before if path.is_file()
    ]


def test_a_body_that_hides_its_length_is_stopped_at_the_limit(shop: House, bearer: dict[str, str]) -> None:
    given = NDJSON | bearer | {"Idempotency-Key": "long"}
    environment = {"wsgi.input_terminated": True, "wsgi.input": io.BytesIO(b"x" * (MAX_PUSH_BYTES + 1))}
    answer = shop.client().post(WHERE, headers=given, environ_overrides=environment)
    assert answer.status_code == 413
    assert not list((shop.services.settings.data_dir / "inbox").rglob("*.part"))


def test_a_third_push_waits_for_the_first_two(push: Push) -> None:
    assert [push(key=key).status_code for key in ("a", "b", "c", "a")] == [202, 202, 503, 202]


def test_a_form_on_another_site_pushes_nothing(shop: House) -> None:
    given = NDJSON | {"Idempotency-Key": "forged"}
    foreign = shop.client("operator").post(WHERE, data=BODY, headers=given | {"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert shop.client("analyst").post(WHERE, data=BODY, headers=given | SAME_ORIGIN).status_code == 403


def test_another_owners_job_is_not_there(shop: House, push: Push) -> None:
    where = push(key="mine").headers["Location"]
    text = shop.services.tokens.add("other", "admin", ["ingest:push"], timedelta(days=1), "cli:test")
    stranger = {"Authorization": f"Bearer {text}"}
    for path in (where, "/api/v1/jobs/99999", "/api/v1/jobs/0x1", "/api/v1/jobs/9999999999999"):
        answer = shop.client().get(path, headers=stranger)
        assert (answer.status_code, answer.json["type"]) == (404, "urn:tenure:NotFound")


def test_answers_are_what_the_document_says(shop: House, bearer: dict[str, str], push: Push) -> None:
    document = shop.client().get("/api/v1/openapi.json", headers=bearer).json
    told = document["paths"]["/api/v1/ingest/{entity}"]["post"]
    assert told["requestBody"]["required"]
    assert {"name": "Idempotency-Key", "in": "header", "required": True}.items() <= told["parameters"][2].items()
    for key, body in (("told", BODY), ("told", "{}"), ("", BODY)):
        answer = push(body, key=key)
        promised = told["responses"][str(answer.status_code)]["content"][answer.content_type]["schema"]
        assert mismatches(answer.json, promised, document) == []


def test_the_documents_tell_every_field(shop: House) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*\*\*.*) \|$", DOCUMENT, re.MULTILINE)
    told = {ENTITIES[name]: [field.strip() for field in fields.split(",")] for name, fields in rows}
    assert told == {
        name: [f"**{column.name}**" if column.missing else column.name for column in entity.columns]
        for name, entity in KNOWN.items()
    }


def _served(shop: House, command: str, token: str, folder: Path) -> str:
    server = make_server("127.0.0.1", 0, shop.app.server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        here = command.replace("https://tenure.example", f"http://127.0.0.1:{server.server_port}")
        given = {**os.environ, "TENURE_TOKEN": token, "no_proxy": "*"}
        silent = here.replace("curl ", "curl --silent --show-error --include ", 1)
        done = subprocess.run(["bash", "-c", silent], cwd=folder, env=given, capture_output=True, text=True, check=True)
        return done.stdout
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_example_of_the_documents_works_to_its_end(shop: House, bearer: dict[str, str], tmp_path: Path) -> None:
    command = re.search(r"```bash\n(curl.*?)```", DOCUMENT, re.DOTALL)
    line = re.search(r"```json\n(\{.*?\})\n```", DOCUMENT, re.DOTALL)
    assert command
    assert line
    bad = line[1].replace("9.90", '"dear"')
    many = [line[1].replace("1001", str(number)) for number in range(20)]
    (tmp_path / "orders.ndjson").write_text("\n".join([*many, bad, ""]).replace("2026-03-01T", "2024-03-01T"))
    heard = _served(shop, command[1], bearer["Authorization"].split()[1], tmp_path)
    assert "202 ACCEPTED" in heard
    where = re.search(r"^Location: (\S+)", heard, re.MULTILINE)
    assert where
    services = shop.services
    assert Worker(services.settings, services.engine, services.journal).step(threading.Event())
    job = shop.client().get(where[1], headers=bearer).json["job"]
    assert (job["state"], job["message"], job["fraction"]) == ("done", "Done.", 1.0)
    result = job["result"]
    assert (result["accepted"], result["rejected"], result["published"]) == (20, 1, True)
    assert result["rejects"] == [
        {"line": 21, "reasons": ["bad_price"], "sentences": ["The price is not an amount of money."]}
    ]
    assert services.snapshots.current().id == result["snapshot_id"]
    document = shop.client().get("/api/v1/openapi.json", headers=bearer).json
    told = document["paths"]["/api/v1/jobs/{job_id}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert mismatches({"job": job}, told["schema"], document) == []


@pytest.mark.slow
def test_a_push_of_which_nothing_can_be_used_fails_and_tells_its_lines(shop: House, bearer: dict[str, str]) -> None:
    body = json.dumps(LINE | {"order_id": "1", "quantity": "many"}) + "\n"
    given = NDJSON | bearer | {"Idempotency-Key": "useless"}
    where = shop.client().post(WHERE, data=body, headers=given).headers["Location"]
    services = shop.services
    assert Worker(services.settings, services.engine, services.journal).step(threading.Event())
    job = shop.client().get(where, headers=bearer).json["job"]
    assert job["state"] == "failed"
    assert "None of the 1 lines" in job["message"]
    assert [(one["line"], one["reasons"]) for one in job["result"]["rejects"]] == [(1, ["bad_quantity"])]
