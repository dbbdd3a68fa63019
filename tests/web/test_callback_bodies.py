"""Whatever is posted to the callback address: an answer or 400, never a crash and never a traceback."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.web.gate import CALLBACKS
from tests.web.conftest import ROUTER, SAME_ORIGIN, body_of

JSON_HEADERS = SAME_ORIGIN | {"Content-Type": "application/json"}
CORPUS = [
    b"",
    b"null",
    b"[]",
    b"1",
    b'"text"',
    b"{}",
    b"{",
    b"\xff\xfe{}",
    b'{"output": null}',
    b'{"output": 5}',
    b'{"output": "a.b"}',
    json.dumps({"output": ROUTER}).encode(),
    json.dumps({"output": ROUTER, "inputs": None}).encode(),
    json.dumps({"output": ROUTER, "inputs": [1, "x", None]}).encode(),
    json.dumps({"output": ROUTER, "inputs": [], "outputs": 7}).encode(),
    json.dumps({"output": ROUTER, "inputs": [{"id": "x"}]}).encode(),
    json.dumps(
        {"output": ROUTER, "inputs": [{"id": "x", "property": "y", "value": 1}], "changedPropIds": [1]}
    ).encode(),
    json.dumps({"output": ROUTER, "inputs": [{"id": "x", "property": "y"}], "changedPropIds": ["nodot"]}).encode(),
    b'{"output": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b"[" * 100_000,
]


@pytest.mark.parametrize("content", CORPUS, ids=range(len(CORPUS)))
def test_a_malformed_body_is_400(house, content):
    answer = house.client("admin").post(CALLBACKS, data=content, headers=JSON_HEADERS)
    assert answer.status_code in (400, 403)
    assert answer.json["error"]["request_id"]
    assert "Traceback" not in answer.text


def test_a_form_cannot_reach_a_callback(house):
    answer = house.client("admin").post(CALLBACKS, data="{}", headers=SAME_ORIGIN | {"Content-Type": "text/plain"})
    assert answer.status_code in (400, 415)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_body_crashes_the_server(house, data):
    """Well-formed requests with one part replaced, for every callback there is."""
    key = data.draw(st.sampled_from(sorted(house.app.callback_map)))
    body = body_of(house.app, key)
    part = data.draw(st.sampled_from(["outputs", "inputs", "state", "changedPropIds", "value"]))
    if part == "value":
        for item in body["inputs"] + body["state"]:
            item["value"] = data.draw(values)
    else:
        body[part] = data.draw(values)
    answer = house.client("admin").post(CALLBACKS, json=body, headers=SAME_ORIGIN)
    assert answer.status_code < 500, (body, answer.text[:400])
