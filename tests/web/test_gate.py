"""Nothing is answered before the right to it is known: every address, callback and page, for every role."""

from __future__ import annotations

import re

import pytest
from dash import Dash, Input, Output

from dashapp.errors import NotAllowed, SettingsError
from dashapp.services.access import Principal, Role
from dashapp.services.ahead import Ahead
from dashapp.web.door import BROWSER, SIGNED_IN, Door
from dashapp.web.gate import CALLBACKS, PAGES, refuse_foreign_origin
from dashapp.web.route import PUBLIC
from tests.web.conftest import ROLES, SAME_ORIGIN, House, body_of, render_page

PUBLIC_RULES = {
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_favicon.ico",
    "/assets/<path:filename>",
    "/healthz",
    "/login",
    "/logout",
    "/readyz",
    "/vendor/<version>/<name>",
    "/welcome/<token>",
}
"Written out on purpose: whoever opens another address must say so here."


def may(role: str, permission: str) -> bool:
    return permission == SIGNED_IN or Principal(1, role, Role(role), "").may(permission)


def address(rule: str) -> str:
    return re.sub(r"<[^>]*>", "x", rule)


def sweep(house: House):
    for rule in house.app.server.url_map.iter_rules():
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            yield rule, method


def test_only_the_listed_addresses_answer_strangers(house):
    for rule, method in sweep(house):
        answer = house.client().open(address(rule.rule), method=method, headers=SAME_ORIGIN)
        if rule.rule in PUBLIC_RULES:
            assert answer.status_code not in (401, 403) or "The user name or the password is wrong" in answer.text, rule
        elif rule.rule.startswith(("/api/", "/numbers/")):
            assert (answer.status_code, answer.json["type"]) == (401, "urn:tenure:NotSignedIn"), rule
        elif method == "GET" and not rule.rule.startswith("/_"):
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), rule
        else:
            assert answer.status_code == 401, rule
            assert answer.json["error"]["type"] == "NotSignedIn"


@pytest.mark.parametrize("token", ["expired-or-invented", "", "x" * 4000, "%00"])
def test_a_token_that_is_none_is_a_stranger(house, token):
    client = house.client()
    client.set_cookie("tenure_session", token)
    assert client.get("/_dash-layout").status_code == 401


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.slow
def test_every_route_answers_exactly_the_roles_of_its_permission(house, role):
    endpoints = house.app.server.extensions["tenure-gate"].endpoints
    for rule, method in sweep(house):
        permission = endpoints.get(rule.endpoint, PUBLIC)
        if permission == PUBLIC or rule.endpoint in (CALLBACKS, *PAGES):
            continue
        refused = house.client(role).open(address(rule.rule), method=method, headers=SAME_ORIGIN).status_code == 403
        assert refused != may(role, permission), (rule, role)


@pytest.mark.slow
def test_every_callback_is_declared_and_refuses_strangers_and_lower_roles(house):
    door = house.app.server.extensions["tenure-gate"].door
    assert set(house.app.callback_map) <= set(door.permissions)
    for key, permission in door.permissions.items():
        if key not in house.app.callback_map:
            continue
        body = body_of(house.app, key)
        assert house.client().post(CALLBACKS, json=body, headers=SAME_ORIGIN).status_code == 401, key
        for role in ROLES:
            allowed = permission != BROWSER and may(role, permission)
            status = house.client(role).post(CALLBACKS, json=body, headers=SAME_ORIGIN).status_code
            assert status in ((200, 204, 400) if allowed else (403,)), (key, role, status)


def test_an_unknown_callback_is_refused(house):
    answer = house.client("admin").post(CALLBACKS, json={"output": "nobody.knows", "inputs": []}, headers=SAME_ORIGIN)
    assert answer.status_code == 403


def test_a_page_is_refused_by_the_router_whatever_ids_the_body_names(house):
    """Dash passes inputs by position; the names in a body mean nothing."""
    forbidden = [page for page in house.app.server.extensions["tenure"].pages if not may("viewer", page.permission)]
    for page in forbidden:
        honest = render_page(house.client("viewer"), page.path)
        swapped = [
            {"id": "_pages_location", "property": "search", "value": page.path},
            {"id": "_pages_location", "property": "pathname", "value": "/"},
        ]
        lying = render_page(house.client("viewer"), "/", inputs=swapped)
        assert honest.status_code == 403
        assert lying.status_code == 403 or page.title not in lying.text


@pytest.mark.parametrize("path", ["//overview", "/Overview", "/%6fverview/", "/overview/..", "/nope"])
def test_other_spellings_of_a_page_are_not_found(house, path):
    assert house.client("viewer").get(f"http://localhost{path}").status_code in (404, 308)


def test_an_undeclared_callback_stops_the_start(house):
    app = Dash("probe", server=False)
    door = Door(app, None, Ahead(is_on=False))

    @app.callback(Output("a", "children"), Input("b", "children"))
    def _(value):
        return value

    assert door.undeclared() == ["a.children"]


def test_a_callback_with_an_invented_permission_stops_the_start():
    with pytest.raises(SettingsError, match="'sales:steal'"):
        Door(Dash("probe", server=False), None, Ahead(is_on=False)).callback(
            Output("a", "children"), requires="sales:steal"
        )


def test_a_denial_is_journaled_with_who_and_what(house):
    admin_only = next(
        key
        for key, need in house.app.server.extensions["tenure-gate"].door.permissions.items()
        if need == "refresh:run"
    )
    house.client("viewer").post(CALLBACKS, json=body_of(house.app, admin_only), headers=SAME_ORIGIN)
    entry = house.services.journal.recent(1)[0]
    assert (entry.event, entry.actor, entry.result) == ("access:denied", "user:viewer", "denied")
    assert entry.detail["output"] == admin_only


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://shop.example"}, False),
        ({"Origin": "http://shop.example"}, True),
        ({"Origin": "http://shop.example:8051"}, False),
        ({"Origin": "https://shop.example"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_change_state(headers, passes):
    if passes:
        refuse_foreign_origin(headers, "http://shop.example/")
    else:
        with pytest.raises(NotAllowed):
            refuse_foreign_origin(headers, "http://shop.example/")


@pytest.mark.parametrize("path", ["/login", "/logout", CALLBACKS])
def test_a_form_on_another_site_changes_nothing(house, path):
    answer = house.client("admin").post(path, data={"user_name": "admin"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert house.client("admin").get("/_dash-layout").status_code == 200


def test_a_callback_body_that_is_too_large_is_refused_before_it_is_read(house):
    answer = house.client("admin").post(
        CALLBACKS, data=b"{" + b" " * 1_100_000, headers=SAME_ORIGIN | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
