"""Files over HTTP: what is refused is refused before it is read, with a sentence, and leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from dashapp import serve
from dashapp.settings import Settings
from dashapp.web import factory
from tests.browser.conftest import wait_for_server
from tests.services.test_uploaded_file import bomb
from tests.web.conftest import SAME_ORIGIN, House, settle

CSV = b"order,date\n1,2024-01-01\n"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An application without data that takes 1 MB a file."""
    services, tokens = settle(Settings(data_dir=tmp_path_factory.mktemp("uploads"), upload_max_mb=1))
    return House(factory.create_app(services), services, tokens)


def post(house: House, content: bytes, name: str = "orders.csv", role: str = "operator", **more: Any) -> Any:
    data = {"file": (io.BytesIO(content), name), **more}
    return house.client(role).post("/uploads", data=data, headers=SAME_ORIGIN)


def left(house: House) -> int:
    return len(list((house.services.settings.folder("inbox") / "uploads").glob("*")))


@pytest.fixture(autouse=True)
def _nothing_left(limited: House) -> Iterator[None]:
    """Every test leaves as many files as it found."""
    before = left(limited)
    yield
    assert left(limited) == before


@pytest.mark.slow
def test_a_file_comes_in_and_goes_again(limited: House) -> None:
    answer = post(limited, CSV)
    assert (answer.status_code, answer.json["file_name"], answer.json["bytes"]) == (201, "orders.csv", len(CSV))
    assert left(limited) == 1
    address = f"/uploads/{answer.json['upload_id']}"
    assert limited.client("admin").delete(address, headers=SAME_ORIGIN).status_code == 404
    assert limited.client("operator").delete(address, headers=SAME_ORIGIN).status_code == 204
    assert limited.client("operator").delete(address, headers=SAME_ORIGIN).status_code == 410


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_not_load_data_may_not_upload(limited: House, role: str) -> None:
    assert post(limited, CSV, role=role).status_code == 403


def test_another_site_may_not_upload_in_a_readers_name(limited: House) -> None:
    data = {"file": (io.BytesIO(CSV), "orders.csv")}
    answer = limited.client("operator").post("/uploads", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: Any) -> int:
        raise AssertionError("the body was read")

    def seek(self, *_: int) -> int:
        return 0

    def tell(self) -> int:
        return 0


def test_too_much_is_refused_before_a_byte_is_read(limited: House) -> None:
    answer = limited.client("operator").post(
        "/uploads",
        input_stream=Unread(),
        content_type="multipart/form-data; boundary=x",
        headers=SAME_ORIGIN,
        environ_overrides={"CONTENT_LENGTH": "3000000"},
    )
    assert (answer.status_code, answer.json["error"]["type"]) == (413, "TooLarge")
    assert answer.json["error"]["message"] == "The file has more than 1 MB."


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (CSV, "orders.exe", "not a kind of file"),
        (CSV, "orders", "not a kind of file"),
        (b"%PDF-1.7", "orders.csv", "it is a PDF"),
        (b"", "orders.csv", "is empty"),
    ],
)
def test_wrong_files_are_refused_with_a_sentence(limited: House, content: bytes, name: str, said: str) -> None:
    answer = post(limited, content, name)
    assert answer.status_code == 422
    assert said in answer.json["error"]["message"]
    assert answer.json["error"]["hint"]


def test_a_bomb_is_refused(limited: House, tmp_path: Path) -> None:
    answer = post(limited, bomb(tmp_path / "bomb.xlsx").read_bytes(), "bomb.xlsx")
    assert (answer.status_code, "would unpack to 30 MB" in answer.json["error"]["message"]) == (422, True)


def test_two_files_at_once_are_refused(limited: House) -> None:
    answer = post(limited, CSV, other=(io.BytesIO(CSV), "more.csv"))
    assert (answer.status_code, answer.json["error"]["message"]) == (422, "Two files came at once.")


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--", b"\xff" * 99]
)
def test_a_damaged_form_is_refused(limited: House, body: bytes) -> None:
    answer = limited.client("operator").post(
        "/uploads", data=body, content_type="multipart/form-data; boundary=x", headers=SAME_ORIGIN
    )
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/x.csv",
        "..\\..\\x.csv",
        "/etc/passwd.csv",
        "a" * 3000 + ".csv",
        "x\u202e.csv",
        "con.csv",
        "~.csv",
    ],
)
def test_no_name_reaches_the_disk(limited: House, name: str) -> None:
    answer = post(limited, CSV, name)
    assert answer.status_code == 201
    folder = limited.services.settings.folder("inbox") / "uploads" / answer.json["upload_id"]
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    assert path.parent == folder / "data"
    assert re.fullmatch(r"[a-z0-9-]{1,40}\.csv", path.name)
    assert len(answer.json["file_name"]) <= 120
    assert not set(answer.json["file_name"]) & set("/\\\u202e")
    limited.client("operator").delete(f"/uploads/{answer.json['upload_id']}", headers=SAME_ORIGIN)


@pytest.mark.parametrize("upload_id", ["x", "..", "0" * 32, "%00"])
def test_nothing_else_can_be_removed(limited: House, upload_id: str) -> None:
    assert limited.client("operator").delete(f"/uploads/{upload_id}", headers=SAME_ORIGIN).status_code == 404


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str]]:
    """The application under gunicorn on a free port, and an operator's session."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(data_dir=tmp_path_factory.mktemp("gunicorn"), port=port, upload_max_mb=1)
    _, tokens = settle(settings)
    environment = os.environ | {
        "TENURE_DATA_DIR": str(settings.data_dir), "TENURE_PORT": str(port), "TENURE_UPLOAD_MAX_MB": "1"
    }  # fmt: skip
    command = [sys.executable, "-m", "dashapp.services.guard", sys.executable, *serve.web_command(settings)]
    with subprocess.Popen(
        command, cwd=serve.ROOT, env=environment, stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        wait_for_server(serve.address(settings), process)
        yield settings, tokens["operator"]
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def headers(token: str, **more: str) -> dict[str, str]:
    return {
        **SAME_ORIGIN,
        "Cookie": f"tenure_session={token}",
        "Content-Type": "multipart/form-data; boundary=x",
    } | more


def form(content: bytes) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\n\r\n'
    return head + content + b"\r\n--x--\r\n"


@pytest.mark.slow
def test_a_real_server_takes_a_file_whole(server: tuple[Settings, str]) -> None:
    settings, token = server
    content = CSV + b"2,2024-01-02\n" * 70_000
    asked = urllib.request.Request(f"{serve.address(settings)}/uploads", form(content), headers(token), method="POST")
    with urllib.request.urlopen(asked) as answer:
        upload_id = json.load(answer)["upload_id"]
    assert (settings.folder("inbox") / "uploads" / upload_id / "data" / "orders.csv").read_bytes() == content


@pytest.mark.slow
def test_a_real_server_says_413_while_the_body_is_still_to_come(server: tuple[Settings, str]) -> None:
    settings, token = server
    connection = HTTPConnection("127.0.0.1", settings.port, timeout=20)
    connection.putrequest("POST", "/uploads")
    for name, value in headers(token, **{"Content-Length": "900000000"}).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)["error"]["type"]) == (413, "TooLarge")
    connection.close()


@pytest.mark.slow
def test_a_real_server_refuses_a_body_without_length(server: tuple[Settings, str]) -> None:
    settings, token = server
    connection = HTTPConnection("127.0.0.1", settings.port, timeout=20)
    connection.request("POST", "/uploads", iter([form(CSV)]), headers(token), encode_chunked=True)
    assert connection.getresponse().status == 411
    connection.close()
