"""Coming in: nothing is learned from a refusal, nothing old stays valid, and time is the server's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from dashapp.errors import InputError, Throttled, WrongCredentials
from dashapp.services import passwords
from dashapp.services.access import Role
from dashapp.services.login import Login, first_admin_link
from dashapp.services.passwords import Hasher
from dashapp.store import state
from dashapp.store.tables import links, sessions
from tests.people import GOOD_PASSWORD, People


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Counts the hashes that are checked; each is still really checked."""
    checked: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, stored: str, password: str) -> bool:
        checked.append(stored.split("$")[3])
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    return checked


def _sign_in(people: People, name: str = "ann", password: str = GOOD_PASSWORD, ip: str = "10.0.0.1") -> str:
    return people.login.sign_in(name, password, ip, "test")


def _refuse(people: People, name: str = "ann", ip: str = "10.0.0.1") -> None:
    with pytest.raises(WrongCredentials):
        _sign_in(people, name, "wrong-wrong-wrong", ip)


def test_a_good_password_opens_a_session(people_on_both: People) -> None:
    people_on_both.join("ann", Role.OPERATOR)
    principal = people_on_both.login.principal(_sign_in(people_on_both, " ANN "))
    assert principal is not None
    assert (principal.user_name, principal.role) == ("ann", Role.OPERATOR)


def test_every_sign_in_is_a_new_session_and_only_its_hash_is_kept(people: People) -> None:
    tokens = {people.join("ann"), _sign_in(people), _sign_in(people)}
    assert len(tokens) == 3
    assert all(len(token) >= 43 for token in tokens)  # 256 bits
    content = (people.settings.data_dir / "state" / "tenure.db").read_bytes()
    assert not any(token.encode() in content for token in tokens)
    assert GOOD_PASSWORD.encode() not in content


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "a" * 10_000, "' OR 1=1 --"])
def test_a_token_nobody_was_given_opens_nothing(people_on_both: People, token: str) -> None:
    people_on_both.join("ann")
    assert people_on_both.login.principal(token) is None


def test_the_refusal_is_the_same_for_every_reason(people: People, hashes: list[str]) -> None:
    for name in ("ann", "gone"):
        people.join(name)
    people.accounts.disable("gone", "cli:test")
    people.accounts.add("new", Role.VIEWER, "", "cli:test")
    refusals, entries = [], []
    for name, password in (
        ("ann", "wrong"),
        ("nobody", "wrong"),
        ("gone", GOOD_PASSWORD),
        ("new", ""),
        ("\0" * 99, "x"),
    ):
        before = len(people.events())
        with pytest.raises(WrongCredentials) as refusal:
            _sign_in(people, name, password)
        refusals.append((refusal.value.sentence(), refusal.value.http_status))
        entries.append(people.events()[before:])
    assert len(set(refusals)) == 1
    assert hashes == ["m=19456,t=2,p=1"] * 5, "each refusal costs exactly one hash of the same size"
    assert entries == [["account:login_failed"]] * 5


def test_a_name_nobody_has_is_not_noted(people: People) -> None:
    _refuse(people, "my-password-typed-too-early")
    entry = people.journal.recent(1)[0]
    assert (entry.event, entry.target, entry.ip) == ("account:login_failed", "", "10.0.0.1")
    assert "early" not in repr(entry)


def test_after_five_failures_even_the_good_password_waits_and_then_works(people_on_both: People) -> None:
    people_on_both.join("ann")
    for _ in range(5):
        _refuse(people_on_both)
    other_process = People(people_on_both.settings, people_on_both.clock)
    with pytest.raises(Throttled) as refusal:
        _sign_in(other_process)
    assert refusal.value.wait_seconds == 30
    people_on_both.clock.turn(seconds=29.5)
    with pytest.raises(Throttled):
        _sign_in(people_on_both)
    people_on_both.clock.turn(seconds=0.5)
    assert people_on_both.login.principal(_sign_in(people_on_both))
    other_process.engine.dispose()


def test_a_throttled_attempt_costs_no_hash_and_no_entry(people: People, hashes: list[str]) -> None:
    people.join("ann")
    for _ in range(5):
        _refuse(people)
    before = people.events()
    with pytest.raises(Throttled):
        _sign_in(people)
    assert len(hashes) == 5
    assert people.events() == before


def test_success_forgets_the_failures(people: People) -> None:
    people.join("ann")
    for _ in range(3):
        for _ in range(4):
            _refuse(people)
        _sign_in(people)


def test_a_victim_is_not_locked_out_from_elsewhere_and_nobody_else_is(people: People) -> None:
    people.join("ann")
    people.join("bob")
    for _ in range(5):
        _refuse(people, ip="10.6.6.6")
    assert _sign_in(people, "ann", ip="10.0.0.1")
    assert _sign_in(people, "bob", ip="10.6.6.6")


def test_a_disabled_account_is_out_at_once(people: People) -> None:
    token = people.join("ann")
    people.accounts.disable("ann", "cli:test")
    assert people.login.principal(token) is None
    people.accounts.enable("ann", "cli:test")
    assert people.login.principal(token) is None, "enabling does not bring old sessions back"
    assert people.login.principal(_sign_in(people))


def test_a_new_role_needs_a_new_session(people: People) -> None:
    token = people.join("ann", Role.VIEWER)
    people.accounts.assign("ann", Role.ANALYST, "cli:test")
    assert people.login.principal(token) is None
    principal = people.login.principal(_sign_in(people))
    assert principal
    assert principal.role is Role.ANALYST


def test_a_signed_out_token_is_worthless_wherever_it_was_copied(people_on_both: People) -> None:
    token, other = people_on_both.join("ann"), _sign_in(people_on_both)
    people_on_both.login.sign_out(token)
    people_on_both.login.sign_out(token)
    assert people_on_both.login.principal(token) is None
    assert people_on_both.login.principal(other)
    assert people_on_both.events().count("account:signed_out") == 1


def test_signing_out_everywhere_ends_every_session_of_that_user_only(people: People) -> None:
    tokens = [people.join("ann"), _sign_in(people)]
    bob = people.join("bob")
    assert people.login.sign_out_everywhere(people.account("ann").user_id) == 2
    assert [people.login.principal(token) for token in tokens] == [None, None]
    assert people.login.principal(bob)


def test_a_session_dies_of_idleness(people: People) -> None:
    token = people.join("ann")
    people.clock.turn(minutes=119)
    assert people.login.principal(token)
    people.clock.turn(minutes=119)
    assert people.login.principal(token), "use keeps it alive"
    people.clock.turn(minutes=120)
    assert people.login.principal(token) is None
    people.clock.turn(minutes=-60)
    assert people.login.principal(token), "expiry is a question of time alone; nothing was written"


def test_polling_does_not_keep_a_session_alive(people: People) -> None:
    token = people.join("ann")
    for _ in range(23):
        people.clock.turn(minutes=5)
        assert people.login.principal(token, touch=False)
    people.clock.turn(minutes=5)
    assert people.login.principal(token, touch=False) is None


def test_a_session_dies_of_age_however_busy_it_is(people: People) -> None:
    token = people.join("ann")
    for _ in range(23):
        people.clock.turn(hours=1)
        assert people.login.principal(token)
    people.clock.turn(minutes=59)
    assert people.login.principal(token)
    people.clock.turn(minutes=1)
    assert people.login.principal(token) is None


def test_a_session_from_the_future_is_refused(people: People) -> None:
    token = people.join("ann")
    people.clock.turn(minutes=-4)
    assert people.login.principal(token), "clocks of two machines differ a little"
    people.clock.turn(days=-1)
    assert people.login.principal(token) is None


def test_looking_twice_in_a_minute_writes_once(people: People) -> None:
    token = people.join("ann")
    seen = []
    for seconds in (30, 30, 30):
        people.clock.turn(seconds=seconds)
        people.login.principal(token)
        with state.reading(people.engine) as connection:
            seen.append(connection.execute(select(sessions.c.last_seen_at)).scalar_one())
    assert len(set(seen)) == 2
    assert seen[1] == seen[2]


def test_a_link_sets_the_password_once_and_ends_other_sessions(people_on_both: People) -> None:
    people, old = people_on_both, people_on_both.join("ann")
    link = people.login.create_link("Ann")
    assert people.login.link_owner(link) == "ann"
    assert people.login.link_owner(link) == "ann", "looking does not use it up"
    session = people.login.redeem_link(link, "umbra otter kestrel valve", "10.0.0.1", "test")
    assert people.login.principal(session)
    assert people.login.principal(old) is None
    assert people.login.link_owner(link) is None
    with pytest.raises(InputError, match="used or has expired"):
        people.login.redeem_link(link, "another kestrel umbra valve", "10.0.0.1", "test")
    _refuse(people)
    assert _sign_in(people, password="umbra otter kestrel valve")


def test_a_link_dies_after_a_day(people: People) -> None:
    people.join("ann")
    link = people.login.create_link("ann")
    people.clock.turn(hours=23, minutes=59)
    assert people.login.link_owner(link)
    people.clock.turn(minutes=1)
    assert people.login.link_owner(link) is None
    with pytest.raises(InputError):
        people.login.redeem_link(link, GOOD_PASSWORD, "10.0.0.1", "test")


def test_a_link_dies_by_a_newer_one_and_with_the_account(people: People) -> None:
    people.join("ann")
    replaced, orphaned = (people.login.create_link("ann") for _ in range(2))
    assert people.login.link_owner(replaced) is None
    assert people.login.link_owner(orphaned)
    people.accounts.disable("ann", "cli:test")
    for link in (replaced, orphaned):
        with pytest.raises(InputError):
            people.login.redeem_link(link, GOOD_PASSWORD, "10.0.0.1", "test")


def test_a_weak_password_leaves_the_link_usable(people: People) -> None:
    people.accounts.add("ann", Role.VIEWER, "Ann Archer", "cli:test")
    link = people.login.create_link("ann")
    with pytest.raises(InputError):
        people.login.redeem_link(link, "archer-archer-1", "10.0.0.1", "test")
    assert people.login.redeem_link(link, GOOD_PASSWORD, "10.0.0.1", "test")


def test_a_link_token_is_not_kept(people: People) -> None:
    people.accounts.add("ann", Role.VIEWER, "", "cli:test")
    link = people.login.create_link("ann")
    with state.reading(people.engine) as connection:
        kept = connection.execute(select(links.c.link_hash)).scalar_one()
    assert re.fullmatch("[0-9a-f]{64}", kept)
    assert link not in kept


def test_old_parameters_are_replaced_at_the_next_sign_in(people: People) -> None:
    weaker = Login(people.settings, people.engine, people.journal, people.clock, Hasher(memory_kib=8_192, time_cost=1))
    people.accounts.add("ann", Role.VIEWER, "", "cli:test")
    weaker.redeem_link(weaker.create_link("ann"), GOOD_PASSWORD, "10.0.0.1", "test")
    assert "m=8192,t=1" in (people.account("ann").password_hash or "")
    _sign_in(people)
    assert "m=19456,t=2" in (people.account("ann").password_hash or "")
    assert _sign_in(people)


def test_the_first_admin_comes_by_link_only_and_only_once(people_on_both: People) -> None:
    people = people_on_both
    for password in ("admin", "", "tenure", "password"):
        with pytest.raises(WrongCredentials):
            _sign_in(people, "admin", password, "10.9.9.9")
    link = first_admin_link(people.engine, people.login, people.clock)
    again = first_admin_link(people.engine, people.login, people.clock)
    assert link
    assert again
    assert people.login.link_owner(link) is None, "only the newest link of a restarted first start works"
    principal = people.login.principal(people.login.redeem_link(again, GOOD_PASSWORD, "10.0.0.1", "test"))
    assert principal
    assert principal.role is Role.ADMIN
    assert first_admin_link(people.engine, people.login, people.clock) is None


def test_at_most_two_hashes_are_made_at_once() -> None:
    assert passwords._GATE.acquire(blocking=False)
    assert passwords._GATE.acquire(blocking=False)
    assert not passwords._GATE.acquire(blocking=False)
    for _ in range(2):
        passwords._GATE.release()


def test_the_journal_tells_the_story(people: People) -> None:
    people.login.sign_out(people.join("ann"))
    _refuse(people)
    assert people.events() == [
        "account:added", "account:link_created", "account:password_set", "account:signed_in", "account:signed_out",
        "account:login_failed",
    ]  # fmt: skip
    assert people.journal.verify().holds
