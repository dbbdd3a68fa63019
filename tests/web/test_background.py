"""Background callbacks through HTTP, with real processes: who starts one, who shares it, who hears of its end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest
from dash._get_app import app_context

from dashapp.services import computations as computations_module
from dashapp.settings import Settings
from dashapp.store.results import open_results
from tests.web.background_app import BAR, RESULT, SECRET, START, STATUS, STOP, make
from tests.web.conftest import SAME_ORIGIN, body_of

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS = "/_dash-update-component"
OUTPUT = f"..{RESULT}.children...{STATUS}.children.."
OUTPUTS = [{"id": RESULT, "property": "children"}, {"id": STATUS, "property": "children"}]
pytestmark = pytest.mark.slow


class Browser:
    """Speaks as the Dash renderer does; one page load of one reader."""

    def __init__(self, client: Any, name: str, scope: str = "all") -> None:
        self.client = client
        self.headers = {"X-Reader": name, "X-Scope": scope}
        page = client.get("/", headers=self.headers).text
        self.end_id = re.search(r'"end_id":\s*"([^"]+)"', page).group(1)

    def post(self, body: dict[str, Any], **arguments: str) -> Any:
        query = {"endId": self.end_id, **arguments}
        return self.client.post(CALLBACKS, json=body, query_string=query, headers=self.headers)

    def ask(self, seconds: float, **order: Any) -> Any:
        value = {"seconds": seconds, **order}
        return self.post(_body(OUTPUT, OUTPUTS, [{"id": START, "property": "data-order", "value": value}]))

    def poll(self, handles: dict[str, str]) -> Any:
        blank = [{"id": START, "property": "data-order", "value": None}]
        return self.post(_body(OUTPUT, OUTPUTS, blank), cacheKey=handles["cacheKey"], job=handles["job"])

    def cancel(self, handles: dict[str, str]) -> Any:
        pressed = [{"id": STOP, "property": "n_clicks", "value": 1}]
        return self.post(_body(f"{STOP}.id", {"id": STOP, "property": "id"}, pressed), cancelJob=handles["job"])

    def wait(self, handles: dict[str, str], seconds: float = 60) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.poll(handles)
            assert answer.status_code == 200, answer.text
            if "response" in answer.json:
                return answer.json
            time.sleep(0.1)
        raise AssertionError("no answer in time")


def _body(output: str, outputs: Any, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    changed = [f"{item['id']}.{item['property']}" for item in inputs]
    return {"output": output, "outputs": outputs, "inputs": inputs, "changedPropIds": changed, "state": []}


def _texts(answer: dict[str, Any]) -> tuple[str | None, str | None]:
    return tuple(answer["response"].get(name, {}).get("children") for name in (RESULT, STATUS))


def _starts(folder: Path) -> list[int]:
    log = folder / "starts"
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def _until(condition: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def no_earlier_app() -> Iterator[None]:
    """A test client asks in the tests' own thread, where Dash goes on using the app whose layout was last asked for."""
    token = app_context.set(None)
    yield
    app_context.reset(token)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    others = set(psutil.Process().children())  # of session fixtures: a server, a browser
    app, _ = make(tmp_path)
    yield app.server.test_client()
    _until(lambda: not set(psutil.Process().children()) - others)  # no process and no zombie outlives its test


def test_a_known_answer_comes_at_once_and_starts_no_process(client: Any, tmp_path: Path) -> None:
    ann = Browser(client, "ann")
    assert _texts(ann.wait(ann.ask(0.1).json)) == ("answer 0.2", "Done")
    assert _texts(Browser(client, "bob").ask(0.1).json) == ("answer 0.2", "Done")
    assert len(_starts(tmp_path)) == 1


def test_five_readers_with_one_question_share_one_process(client: Any, tmp_path: Path) -> None:
    readers = [Browser(client, f"reader{n}") for n in range(5)]
    with ThreadPoolExecutor(5) as pool:
        handles = list(pool.map(lambda reader: reader.ask(1.0).json, readers))
        answers = list(pool.map(lambda pair: pair[0].wait(pair[1]), zip(readers, handles, strict=True)))
    assert {_texts(answer) for answer in answers} == {("answer 2.0", "Done")}
    assert len(_starts(tmp_path)) == 1


def test_readers_of_another_scope_get_their_own_answer(client: Any, tmp_path: Path) -> None:
    ann, bob = Browser(client, "ann", "analyst"), Browser(client, "bob", "viewer")
    ann.wait(ann.ask(0.1).json)
    bob.wait(bob.ask(0.1).json)
    assert len(_starts(tmp_path)) == 2


def test_a_reader_sees_progress_while_waiting(client: Any) -> None:
    ann = Browser(client, "ann")
    handles = ann.ask(4.0).json
    seen: set[str] = set()
    _until(
        lambda: seen.add(ann.poll(handles).json.get("progress", {}).get(f"{BAR}.children", "")) or "50% Working" in seen
    )
    ann.wait(handles)


def test_a_stranger_with_copied_handles_is_told_there_is_nothing(client: Any) -> None:
    ann, eve = Browser(client, "ann"), Browser(client, "eve")
    handles = ann.ask(1.0).json
    eve.end_id = ann.end_id
    assert eve.poll(handles).status_code == 404
    eve.cancel(handles)
    assert _texts(ann.wait(handles)) == ("answer 2.0", "Done")
    assert eve.poll(handles).status_code == 404


def test_a_ticket_does_not_open_the_answer_to_another_question(client: Any) -> None:
    ann, eve = Browser(client, "ann"), Browser(client, "eve")
    eve.end_id = ann.end_id
    wanted = ann.ask(0.1).json
    ann.wait(wanted)
    own = eve.ask(0.2).json
    assert eve.poll({"cacheKey": wanted["cacheKey"], "job": own["job"]}).status_code == 404
    eve.wait(own)


def test_handles_of_an_earlier_server_are_answered_with_a_sentence(client: Any) -> None:
    ann = Browser(client, "ann")
    answer = ann.poll({"cacheKey": "page.0~bad", "job": "0~bad"})
    assert answer.status_code == 200
    assert "restarted" in answer.json["sideUpdate"][STATUS]["children"]


@pytest.mark.parametrize(
    ("end", "sentence"),
    [("kill", "the system stopped its process"), ("refuse", "Ask for less"), ("bug", "The computation failed")],
)
def test_a_computation_that_ends_badly_says_so(client: Any, end: str, sentence: str) -> None:
    ann = Browser(client, "ann")
    result, status = _texts(ann.wait(ann.ask(0.1, end=end).json))
    assert result is None
    assert sentence in status
    assert "secret detail" not in status


def test_a_process_killed_from_outside_is_reported(client: Any, tmp_path: Path) -> None:
    ann = Browser(client, "ann")
    handles = ann.ask(30).json
    _until(lambda: _starts(tmp_path))
    os.kill(_starts(tmp_path)[0], signal.SIGKILL)
    assert "the system stopped its process" in _texts(ann.wait(handles))[1]


def test_after_a_bad_end_the_same_question_may_be_asked_again(client: Any, tmp_path: Path) -> None:
    ann = Browser(client, "ann")
    for _ in range(2):
        ann.wait(ann.ask(0.1, end="refuse").json)
    assert len(_starts(tmp_path)) == 2


def test_one_of_two_viewers_cancels_and_the_other_still_gets_the_answer(client: Any) -> None:
    ann, bob = Browser(client, "ann"), Browser(client, "bob")
    of_ann, of_bob = ann.ask(4.0).json, bob.ask(4.0).json
    ann.cancel(of_ann)
    assert _texts(ann.wait(of_ann)) == (None, "Cancelled.")
    assert _texts(bob.wait(of_bob)) == ("answer 8.0", "Done")


def test_the_last_viewer_to_cancel_ends_the_process(client: Any, tmp_path: Path) -> None:
    ann, bob = Browser(client, "ann"), Browser(client, "bob")
    of_ann, of_bob = ann.ask(30).json, bob.ask(30).json
    _until(lambda: _starts(tmp_path))
    ann.cancel(of_ann)
    bob.cancel(of_bob)
    _until(lambda: not psutil.pid_exists(_starts(tmp_path)[0]))
    assert _texts(bob.wait(of_bob)) == (None, "Cancelled.")


def test_beyond_the_limit_a_reader_is_asked_to_come_back(client: Any, tmp_path: Path) -> None:
    ann = Browser(client, "ann")
    running = [ann.ask(30 + n).json for n in range(2)]
    assert "Other computations are running" in _texts(ann.ask(1).json)[1]
    for handles in running:
        ann.cancel(handles)
    assert _texts(ann.wait(ann.ask(0.1).json))[1] == "Done"


def test_an_input_that_cannot_be_used_is_answered_at_once(client: Any, tmp_path: Path) -> None:
    assert _texts(Browser(client, "ann").ask(-1).json) == (None, "Time cannot be negative.")
    assert _starts(tmp_path) == []


def test_a_process_nobody_looks_at_any_more_ends_itself(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = Browser(client, "ann")
    handles = ann.ask(30).json
    _until(lambda: _starts(tmp_path))
    _age_viewers(tmp_path)
    _until(lambda: not psutil.pid_exists(_starts(tmp_path)[0]))
    assert "stopped its process" in _texts(ann.wait(handles))[1]


def _age_viewers(folder: Path) -> None:
    results = open_results(Settings(data_dir=folder), SECRET)
    key = f"job/{results.get('running')[0]}"
    long_ago = time.monotonic() - computations_module.ABANDONED_SECONDS - 1
    job = results.get(key)
    results.put(key, job | {"viewers": dict.fromkeys(job["viewers"], long_ago)})


def test_without_a_usable_cache_the_reader_gets_a_sentence(client: Any, tmp_path: Path) -> None:
    ann = Browser(client, "ann")
    handles = ann.ask(0.1).json
    ann.wait(handles)
    for path in (tmp_path / "cache" / "results").rglob("*"):
        if path.is_file():
            path.write_bytes(b"garbage" * 2000)
    assert "no longer known" in _texts(ann.wait(handles))[1]
    assert _texts(ann.wait(ann.ask(0.1).json)) == ("answer 0.2", "Done")


def test_two_apps_in_one_process_keep_their_own_callbacks(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    browsers = [Browser(make(folder)[0].server.test_client(), "ann") for folder in folders]
    for browser, folder in zip(browsers, folders, strict=True):
        browser.wait(browser.ask(0.1).json)
        assert len(_starts(folder)) == 1


class _Answer:
    def __init__(self, status: int, body: bytes) -> None:
        self.status_code, self.text = status, body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _Http:
    """The test client's two verbs over a real socket."""

    def __init__(self, base: str) -> None:
        self.base = base

    def get(self, path: str, headers: dict[str, str]) -> _Answer:
        return self._send(Request(self.base + path, headers=headers))

    def post(self, path: str, json: Any, query_string: dict[str, str], headers: dict[str, str]) -> _Answer:
        address = f"{self.base}{path}?" + "&".join(f"{key}={value}" for key, value in query_string.items())
        return self._send(Request(address, _dump(json), headers | {"Content-Type": "application/json"}))

    def _send(self, request: Request) -> _Answer:
        with urlopen(request, timeout=60) as answer:
            return _Answer(answer.status, answer.read())


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[_Http]:
    """The same application behind gunicorn with two worker processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "tests.web.background_app:server()", "--no-control-socket"]
    command += ["-w", "2", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{port}"]
    master = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TENURE_TEST_FOLDER": str(tmp_path)})
    http = _Http(f"http://127.0.0.1:{port}")
    try:
        _until(lambda: _answers(http))
        yield http
    finally:
        master.terminate()
        master.wait(60)


def _answers(http: _Http) -> bool:
    try:
        return http.get("/", {"X-Reader": "ann"}).status_code == 200
    except OSError:
        return False


def test_with_two_server_processes_any_of_them_answers(served: _Http, tmp_path: Path) -> None:
    readers = [Browser(served, f"reader{n}") for n in range(5)]
    with ThreadPoolExecutor(5) as pool:
        handles = list(pool.map(lambda reader: reader.ask(2.0).json, readers))
        answers = list(pool.map(lambda pair: pair[0].wait(pair[1]), zip(readers, handles, strict=True)))
    assert {_texts(answer) for answer in answers} == {("answer 4.0", "Done")}
    assert len(_starts(tmp_path)) == 1
    pids = _starts(tmp_path)
    _until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


def test_the_whole_application_computes_for_an_analyst_and_refuses_a_viewer(house: Any) -> None:
    key = "..recompute-result.children...recompute-message.children.."
    body = body_of(house.app, key)
    body["inputs"][0]["value"] = 1
    for item, value in zip(body["state"], ["mbg_nbd", "400", "10", "100", {}, ""], strict=True):
        item["value"] = value
    assert house.client("viewer").post(CALLBACKS, json=body, headers=SAME_ORIGIN).status_code == 403
    analyst, operator = house.client("analyst"), house.client("operator")
    handles = analyst.post(CALLBACKS, json=body, headers=SAME_ORIGIN).json
    query = {"cacheKey": handles["cacheKey"], "job": handles["job"]}
    stranger = operator.post(CALLBACKS, json=body, query_string=query, headers=SAME_ORIGIN)
    assert stranger.status_code == 404
    answers: list[dict[str, Any]] = []

    def answered() -> bool:
        answers.append(analyst.post(CALLBACKS, json=body, query_string=query, headers=SAME_ORIGIN).json)
        return "response" in answers[-1]

    _until(answered)
    assert "over 400 days" in str(answers[-1]["response"]["recompute-result"]["children"])
