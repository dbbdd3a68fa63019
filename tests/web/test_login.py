"""Sign-in, sign-out and the one-time link, as a browser without JavaScript sees them."""

from __future__ import annotations

import re

import pytest

from dashapp.services import login as service
from dashapp.web.routes.login import safe_next
from tests.web.conftest import PASSWORD, SAME_ORIGIN, open_house

ESCAPES = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\r\nLocation: //evil.example",
    "/%0d%0aLocation:%20//evil.example",
    "/%5cevil.example",
    "/%2fevil.example",
    "/%09/evil.example",
    "https://evil.example",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JavaScript://%0aalert(1)",
    "data:text/html,x",
    "user@evil.example",
    "//user:pass@evil.example/",
    "evil.example",
    "",
    "/\u2028/evil.example",
    "/login?next=//evil.example",
    "/logout",
]


@pytest.fixture
def fresh(sample_warehouse, tmp_path):
    return open_house(tmp_path, sample_warehouse)


def post(client, path, **form):
    return client.post(path, data=form, headers=SAME_ORIGIN)


@pytest.mark.parametrize("target", ESCAPES)
def test_a_target_that_could_leave_the_site_leads_home(target):
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/overview?range=l90d&country=United%20Kingdom%7CFrance", "/customers/17850"])
def test_a_path_of_this_site_is_kept(target):
    assert safe_next(target) == target


def test_signing_in_leads_to_where_one_wanted_to_go_under_a_new_token(fresh):
    client = fresh.client()
    assert client.get("/overview?range=l90d").location == "/login?next=%2Foverview%3Frange%3Dl90d"
    client.set_cookie("tenure_session", "planted-before-sign-in")
    answer = post(client, "/login", user_name="viewer", password=PASSWORD, next="/overview?range=l90d")
    assert (answer.status_code, answer.location) == (303, "/overview?range=l90d")
    token = client.get_cookie("tenure_session").value
    assert token != "planted-before-sign-in"
    assert client.get("/overview").status_code == 200
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in answer.headers["Set-Cookie"]


def test_signing_in_again_ends_the_session_before(fresh):
    client = fresh.client("viewer")
    old = fresh.tokens["viewer"]
    post(client, "/login", user_name="viewer", password=PASSWORD)
    assert fresh.services.login.principal(old) is None


def test_unknown_user_and_wrong_password_look_the_same(fresh):
    def told(name):
        answer = post(fresh.client(), "/login", user_name=name, password="wrong")
        return answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)

    assert told("viewer") == told("nobody")
    assert 'role="alert"' in told("viewer")[1]
    assert told("viewer")[0] == 401


def test_too_many_attempts_are_told_how_long_to_wait(fresh):
    for _ in range(12):
        answer = post(fresh.client(), "/login", user_name="viewer", password="wrong")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait" in answer.text
    assert post(fresh.client(), "/login", user_name="analyst", password=PASSWORD).status_code == 303


def test_the_name_typed_is_shown_back_as_text(fresh):
    answer = post(fresh.client(), "/login", user_name='"><script>alert(1)</script>', password="x")
    assert "<script>alert" not in answer.text


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(fresh):
    client, copy = fresh.client("analyst"), fresh.client("analyst")
    answer = post(client, "/logout")
    assert (answer.status_code, answer.location) == (302, "/login")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert copy.get("/_dash-layout").status_code == 401
    assert fresh.client().get("/logout").status_code in (302, 405)


def test_looking_at_a_link_does_not_use_it_up_and_redeeming_does(fresh):
    path = "/welcome/" + fresh.services.login.create_link("operator")
    client = fresh.client()
    assert "Welcome, operator" in client.get(path).text
    assert "Welcome, operator" in client.get(path).text
    differ = post(client, path, password="Lantern-harbour-93-quilts", repeated="other")
    weak = post(client, path, password="short", repeated="short")
    assert (differ.status_code, weak.status_code) == (422, 422)
    done = post(client, path, password="Lantern-harbour-93-quilts", repeated="Lantern-harbour-93-quilts")
    assert (done.status_code, done.location) == (303, "/")
    assert client.get("/").status_code == 200
    assert client.get(path).status_code == 404
    assert post(fresh.client(), path, password="Another-harbour-93-quilts", repeated="x").status_code == 404


def test_the_first_administrator_comes_in_by_link_only(tmp_path):
    from dashapp.services.services import build
    from dashapp.settings import Settings
    from dashapp.web.factory import create_app

    services = build(Settings(data_dir=tmp_path))
    token = service.first_admin_link(services.engine, services.login, services.clock)
    client = create_app(services).server.test_client()
    assert post(client, "/login", user_name="admin", password="admin").status_code == 401
    post(client, f"/welcome/{token}", password="Lantern-harbour-93-quilts", repeated="Lantern-harbour-93-quilts")
    assert client.get("/").status_code == 200
    assert service.first_admin_link(services.engine, services.login, services.clock) is None


def test_a_poll_does_not_keep_a_session_awake(sample_warehouse, tmp_path):
    from datetime import timedelta

    from dashapp.services.services import build
    from dashapp.settings import Settings
    from dashapp.store.state import now
    from dashapp.web.factory import create_app
    from tests.web.conftest import House, body_of

    at = [now()]
    services = build(Settings(data_dir=tmp_path, session_idle_minutes=30), lambda: at[0])
    token = services.login.redeem_link(
        service.first_admin_link(services.engine, services.login, services.clock), PASSWORD, "", ""
    )
    house = House(create_app(services), services, {"admin": token})
    poll = body_of(house.app, "shell-toast.children")
    for _ in range(4):
        at[0] += timedelta(minutes=9)
        last = house.client("admin").post("/_dash-update-component", json=poll, headers=SAME_ORIGIN).status_code
    assert last == 401
