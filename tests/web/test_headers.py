"""Every answer carries the headers, whatever its status; the policy allows no script that is not ours."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from dashapp.web.gate import CALLBACKS
from tests.web.conftest import SAME_ORIGIN, open_house, render_page

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def answers(house):
    client = house.client("admin")
    yield client.get("/"), "page"
    yield client.get("/nope"), "not found"
    yield client.get("/login"), "redirect"
    yield house.client().get("/login"), "sign-in"
    yield house.client().get("/"), "to sign-in"
    yield house.client().get("/_dash-layout"), "401"
    yield client.get("/_dash-layout"), "layout"
    yield client.post(CALLBACKS, json={}, headers=SAME_ORIGIN), "400"
    yield client.post(CALLBACKS, json={"output": "a.b"}, headers=SAME_ORIGIN), "403"
    yield client.post("/overview", headers=SAME_ORIGIN), "405"
    yield client.get("/_dash-component-suites/x/y"), "no such file"
    yield client.get("/healthz"), "health"
    yield render_page(client, "/overview"), "callback"


def test_every_answer_carries_the_headers_and_is_not_stored(house):
    for answer, what in answers(house):
        assert answer.status_code < 500, what
        assert EXPECTED.items() <= dict(answer.headers).items(), what
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], what
        assert answer.headers["Cache-Control"] == "no-store", what
        assert re.fullmatch(r"[0-9a-f]{12}", answer.headers["X-Request-Id"]), what
        assert "Strict-Transport-Security" not in answer.headers, what


def test_the_policy_covers_every_inline_script_and_allows_no_eval(house):
    answer = house.client("admin").get("/")
    policy = answer.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src[^;]*unsafe-inline", policy) is None


def test_pages_name_no_other_host(house):
    text = house.client("admin").get("/").text
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]+", text)


def test_static_files_are_kept_by_the_browser_and_packed(house):
    client = house.client("admin")
    index = client.get("/").text
    named = re.findall(r"(?:src|href)=\"(/(?:assets|vendor|_dash-component-suites)/[^\"]+)\"", index)
    assert len(named) > 10
    for address in named:
        answer = client.get(address.replace("&amp;", "&"), headers={"Accept-Encoding": "br"}, buffered=True)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"], address


def test_the_icon_of_the_tab_is_kept_though_every_changed_address_asks_for_it(house):
    answer = house.client("admin").get("/_favicon.ico?v=1", buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.slow
def test_under_tls_the_cookie_is_bound_to_the_host(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TENURE_TLS", "true")
    house = open_house(tmp_path_factory.mktemp("tls"), None)
    answer = house.client().post(
        "/login", data={"user_name": "admin", "password": "Tide-orchard-seven-lanterns"}, headers=SAME_ORIGIN
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tenure=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("variable", ["DASH_MCP_ENABLED", "DASH_DEBUG", "FLASK_DEBUG"])
@pytest.mark.slow
def test_the_environment_opens_nothing(tmp_path_factory, monkeypatch, variable):
    monkeypatch.setenv(variable, "true")
    house = open_house(tmp_path_factory.mktemp("environment"), None)
    rules = {rule.rule for rule in house.app.server.url_map.iter_rules()}
    assert not [rule for rule in rules if "mcp" in rule or "alive" in rule]
    assert house.client("admin").get("/_reload-hash").json["reloadHash"] is None
    assert not house.app.server.debug
