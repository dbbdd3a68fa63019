"""Tokens: shown once, kept as a hash, never more than their owner, and dead as soon as anything says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashapp.errors import InputError, NotAllowed, NotSignedIn, Throttled
from dashapp.services.access import NOT_FOR_TOKENS, PERMISSIONS, Principal, Role, require
from dashapp.services.tokens import Tokens
from tests.people import People

READ = ["customers:read"]
DAY = timedelta(days=1)


def _tokens(people: People) -> Tokens:
    return Tokens(people.engine, people.journal, people.clock)


def _add(people: People, name: str = "erp", owner: str = "opal", scopes: list[str] = READ, days: int = 30) -> str:
    return _tokens(people).add(name, owner, scopes, timedelta(days=days), "cli:test")


def _principal(people: People, text: str, ip: str = "10.0.0.1") -> Principal:
    return _tokens(people).principal(text, ip)


def _refused(people: People, text: str) -> None:
    with pytest.raises(NotSignedIn):
        _principal(people, text)


def test_a_token_acts_for_its_owner_within_its_scopes(people_on_both: People) -> None:
    people_on_both.principal("opal", Role.OPERATOR)
    found = _principal(people_on_both, _add(people_on_both))
    assert (found.user_name, found.role, found.actor) == ("opal", Role.OPERATOR, "token:opal/erp")
    assert [name for name in PERMISSIONS if found.may(name)] == READ
    with pytest.raises(NotAllowed, match="This token may not"):
        require(found, "refresh:run")
    assert found.scope != Principal(1, "opal", Role.OPERATOR, "").scope


def test_a_scope_the_owner_has_lost_is_lost(people: People) -> None:
    people.principal("opal", Role.OPERATOR)
    text = _add(people, scopes=["refresh:run", "customers:read"])
    assert _principal(people, text).may("refresh:run")
    people.accounts.assign("opal", Role.VIEWER, "cli:test")
    now = _principal(people, text)
    assert (now.may("refresh:run"), now.may("customers:read")) == (False, True)


def test_only_the_hash_is_kept(people: People) -> None:
    people.principal("opal", Role.OPERATOR)
    text = _add(people)
    assert text.startswith("tenure_")
    assert len(text) >= 7 + 43  # 256 bits
    kept = b"".join(path.read_bytes() for path in people.settings.data_dir.rglob("*") if path.is_file())
    assert text.encode() not in kept
    assert text.removeprefix("tenure_").encode() not in kept


def test_a_token_dies_with_its_owner_its_day_or_a_word(people: People) -> None:
    for name in ("opal", "olaf", "odin"):
        people.principal(name, Role.OPERATOR)
    gone, revoked, old = (_add(people, f"t-{owner}", owner) for owner in ("opal", "olaf", "odin"))
    people.accounts.disable("opal", "cli:test")
    _tokens(people).revoke("t-olaf", "cli:test")
    _refused(people, gone)
    _refused(people, revoked)
    people.clock.turn(days=30, seconds=-1)
    assert _principal(people, old)
    people.clock.turn(seconds=1)
    _refused(people, old)
    assert people.events().count("token:refused") == 3
    entry = people.journal.recent(1)[0]
    assert (entry.actor, entry.target, entry.ip, entry.result) == ("anonymous", "token:t-odin", "10.0.0.1", "refused")


def test_the_journal_says_who_made_and_ended_a_token_and_never_the_token(people: People) -> None:
    people.principal("opal", Role.OPERATOR)
    text = _add(people)
    _tokens(people).revoke("erp", "cli:root")
    _tokens(people).revoke("erp", "cli:root")
    ended, made = people.journal.recent(2)
    assert (made.event, made.actor, made.target) == ("token:added", "cli:test", "token:erp")
    assert (made.detail["owner"], made.detail["scopes"]) == ("opal", READ)
    assert (ended.event, ended.actor) == ("token:revoked", "cli:root")
    assert text not in str(people.journal.recent(100))


def test_the_last_use_is_noted_about_once_a_minute(people: People) -> None:
    people.principal("opal", Role.OPERATOR)
    text, first = _add(people), people.clock()
    _principal(people, text)
    people.clock.turn(seconds=59)
    _principal(people, text)
    assert _tokens(people).all()[0][0].last_used_at == first
    people.clock.turn(seconds=1)
    _principal(people, text)
    assert _tokens(people).all()[0][0].last_used_at == people.clock()


@pytest.mark.parametrize(
    "text", ["", "x", "tenure_", "tenure_\0", "tenure_\ud800", "tenure_" + "a" * 10_000, "' OR 1=1"]
)
def test_what_is_no_token_opens_nothing(people_on_both: People, text: str) -> None:
    people_on_both.principal("opal", Role.OPERATOR)
    _add(people_on_both)
    _refused(people_on_both, text)


def test_guessing_is_slowed_down_by_address_and_a_good_token_is_not(people: People) -> None:
    people.principal("opal", Role.OPERATOR)
    text = _add(people)
    for _ in range(50):
        _refused(people, "tenure_wrong")
    with pytest.raises(Throttled) as caught:
        _principal(people, "tenure_wrong")
    assert 0 < caught.value.wait_seconds <= 300
    assert _principal(people, text)
    with pytest.raises(NotSignedIn):
        _principal(people, "tenure_wrong", "10.0.0.2")
    people.clock.turn(minutes=5)
    _refused(people, "tenure_wrong")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "ERP"}, "cannot be the name"),
        ({"name": "a/b"}, "cannot be the name"),
        ({"owner": "nobody"}, "no enabled account"),
        ({"scopes": []}, "at least one scope"),
        ({"scopes": ["customers:steal"]}, "no permission 'customers:steal'"),
        ({"scopes": ["snapshots:rollback", "refresh:run"], "owner": "ann"}, "ann may not refresh:run"),
        ({"days": 0}, "1 to 365 days"),
        ({"days": 366}, "1 to 365 days"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(people: People, change: dict, words: str) -> None:
    people.principal("opal", Role.OPERATOR)
    people.principal("ann", Role.ANALYST)
    with pytest.raises(InputError, match=words):
        _add(people, **change)


def test_accounts_and_journal_are_for_people(people: People) -> None:
    people.principal("alma", Role.ADMIN)
    for scope in NOT_FOR_TOKENS:
        with pytest.raises(InputError, match="not given to programs"):
            _add(people, owner="alma", scopes=[scope])


def test_a_name_is_used_once(people: People) -> None:
    people.principal("opal", Role.OPERATOR)
    _add(people)
    _tokens(people).revoke("erp", "cli:test")
    with pytest.raises(InputError, match="is or was a token called erp"):
        _add(people)
