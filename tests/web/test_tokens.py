"""A program with a token: the API and nothing else, its scopes and nothing more, no cookie and no form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dashapp.services.access import NOT_FOR_TOKENS, PERMISSIONS, Role
from dashapp.web.door import SIGNED_IN
from dashapp.web.gate import CALLBACKS
from tests.web.conftest import SAME_ORIGIN, House
from tests.web.test_gate import address, sweep

WHERE = "/api/v1/customers"
EVERYTHING = sorted(set(PERMISSIONS) - NOT_FOR_TOKENS)
Make = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def token(house: House) -> Make:
    """Headers with a new token of one role and some scopes."""
    made = 0

    def make(*scopes: str, role: str = Role.ADMIN.value) -> dict[str, str]:
        nonlocal made
        made += 1
        text = house.services.tokens.add(f"t{made}", role, scopes, timedelta(days=1), "cli:test")
        return {"Authorization": f"Bearer {text}"}

    return make


def ask(house: House, path: str, headers: dict[str, str], method: str = "GET", role: str = "") -> Any:
    return house.client(role).open(path, method=method, headers=headers)


@pytest.mark.slow
def test_every_address_of_the_api_answers_exactly_the_tokens_with_its_scope(house: House, token: Make) -> None:
    endpoints = house.app.server.extensions["tenure-gate"].endpoints
    rules = [(rule, method) for rule, method in sweep(house) if rule.rule.startswith("/api/")]
    assert rules
    for rule, method in rules:
        needed = endpoints[rule.endpoint]
        without = token(*(scope for scope in EVERYTHING if scope != needed))
        refused = ask(house, address(rule.rule), without, method).status_code == 403
        assert refused == (needed != SIGNED_IN), rule
        if needed != SIGNED_IN:
            assert ask(house, address(rule.rule), token(needed), method).status_code not in (401, 403), rule
            assert ask(house, address(rule.rule), {"Authorization": "Bearer tenure_no"}, method).status_code == 401


def test_a_token_opens_nothing_but_the_api(house: House, token: Make) -> None:
    able = token(*EVERYTHING)
    for rule, method in sweep(house):
        if rule.rule.startswith("/api/") or rule.endpoint == CALLBACKS:
            continue
        with_it, without = (
            ask(house, address(rule.rule), SAME_ORIGIN | more, method).status_code for more in (able, {})
        )
        assert with_it == without, rule
    assert ask(house, CALLBACKS, able | SAME_ORIGIN, "POST").status_code == 401


def test_a_token_of_a_lower_role_sees_what_the_role_sees(house: House, token: Make) -> None:
    seen = ask(house, WHERE, token("customers:read", role="viewer"))
    assert seen.status_code == 200
    assert "@" not in seen.text
    assert "email" not in ask(house, WHERE, token("customers:read", role="analyst")).json["customers"][0]
    both = token("customers:read", "customers:contact", role="analyst")
    assert ask(house, WHERE, both).json["customers"][0]["email"]
    assert house.services.journal.recent(1)[0].actor.startswith("token:analyst/t")


@pytest.mark.parametrize("sent", ["Bearer ", "Bearer x", "bearer tenure_" + "a" * 43, "Bearer é"])
def test_a_bad_token_is_refused_whatever_cookie_comes_with_it(house: House, sent: str) -> None:
    answer = ask(house, WHERE, {"Authorization": sent}, role="admin")
    assert (answer.status_code, answer.json["type"]) == (401, "urn:tenure:NotSignedIn")
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_in_the_address_is_none(house: House, token: Make) -> None:
    text = token("customers:read")["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token", "Authorization"):
        assert house.client().get(WHERE, query_string={name: text}).status_code == 401


def test_a_revoked_token_is_refused_at_once(house: House, token: Make) -> None:
    headers = token("customers:read")
    assert ask(house, WHERE, headers).status_code == 200
    name = max((held for held, _ in house.services.tokens.all()), key=lambda held: held.created_at).name
    house.services.tokens.revoke(name, "cli:test")
    assert ask(house, WHERE, headers).status_code == 401


def test_what_a_token_is_denied_is_journaled_under_its_name(house: House, token: Make) -> None:
    assert ask(house, WHERE, token("overview:read")).status_code == 403
    entry = house.services.journal.recent(1)[0]
    assert (entry.event, entry.result) == ("access:denied", "denied")
    assert entry.actor.startswith("token:admin/t")
