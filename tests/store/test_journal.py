"""The journal cannot be changed through the database, and whoever changes it underneath is found."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError

from dashapp.store import state
from dashapp.store.journal import HEAD_FILE, Journal
from dashapp.store.tables import journal as entries
from tests.people import Clock, People

HASH = "0" * 64
ROW = f"'2026-01-01T00:00:00.000000Z', 'a:b', 'user:eve', '', '{{}}', '', 'ok', '{HASH}', '{HASH}'"
STATEMENTS = {
    "sqlite": [
        "UPDATE journal SET actor = 'user:eve' WHERE seq = 2",
        "UPDATE OR REPLACE journal SET seq = 1 WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 2",
        "DELETE FROM journal",
        f"INSERT OR REPLACE INTO journal VALUES (2, {ROW})",
        f"REPLACE INTO journal VALUES (3, {ROW})",
        f"INSERT INTO journal VALUES (2, {ROW}) ON CONFLICT (seq) DO UPDATE SET actor = 'user:eve'",
        f"INSERT INTO journal VALUES (9, {ROW})",
        f"INSERT INTO journal VALUES (NULL, {ROW})",
    ],
    "postgresql": [
        "UPDATE journal SET actor = 'user:eve' WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 2",
        "TRUNCATE journal",
        f"INSERT INTO journal VALUES (2, {ROW}) ON CONFLICT (seq) DO UPDATE SET actor = 'user:eve'",
        f"INSERT INTO journal VALUES (9, {ROW})",
    ],
}


@pytest.fixture
def journal(people_on_both: People) -> Journal:
    for number in range(1, 6):
        people_on_both.clock.turn(seconds=1)
        people_on_both.journal.append(
            "customer:exported", "user:ann", f"customer:{number}", {"rows": number}, "10.0.0.1"
        )
    return people_on_both.journal


def _as_owner(engine: Engine, *statements: str) -> None:
    """What somebody with every right on the database can do: drop the triggers, then anything."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("journal_no_update", "journal_no_delete", "journal_in_order"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement.replace(":", r"\:")))


def test_an_entry_comes_back_as_it_was_written(journal: Journal, clock: Clock) -> None:
    newest = journal.recent(1)[0]
    assert (newest.seq, newest.happened_at, newest.event, newest.actor) == (5, clock(), "customer:exported", "user:ann")
    assert (newest.target, newest.detail, newest.ip, newest.result) == ("customer:5", {"rows": 5}, "10.0.0.1", "ok")


def test_entries_are_found_by_event_actor_and_number(journal: Journal) -> None:
    journal.append("account:signed_in", "user:bob")
    assert [entry.seq for entry in journal.recent(event="account:")] == [6]
    assert [entry.seq for entry in journal.recent(2, actor="user:ann")] == [5, 4]
    assert [entry.seq for entry in journal.recent(2, before=3)] == [2, 1]
    assert journal.recent(event="%") == ()


def test_the_database_refuses_to_forget(journal: Journal, people_on_both: People) -> None:
    engine = people_on_both.engine
    for statement in STATEMENTS[engine.dialect.name]:
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement.replace(":", r"\:")))
    assert journal.verify().holds
    assert journal.verify().entries == 5


@pytest.mark.parametrize(
    ("deed", "finding"),
    [
        ("UPDATE journal SET happened_at = '2026-01-01T00:00:00.000000Z' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET event = 'a:b' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET actor = 'user:eve' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET target = '' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET detail = '{}' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET ip = '' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET result = 'refused' WHERE seq = 3", "Entry 3 was changed"),
        ("UPDATE journal SET previous_hash = '' WHERE seq = 3", "Entry 3 does not follow"),
        ("UPDATE journal SET entry_hash = '' WHERE seq = 3", "Entry 3 was changed"),
        ("DELETE FROM journal WHERE seq = 3", "Entry 3 is missing"),
        ("DELETE FROM journal WHERE seq = 1", "Entry 1 is missing"),
        ("DELETE FROM journal WHERE seq > 3", "cut off the end: entry 5"),
        ("DELETE FROM journal", "cut off the end: entry 5"),
        (f"INSERT INTO journal VALUES (6, {ROW})", "Entry 6 does not follow"),
    ],
)
def test_tampering_underneath_is_found(journal: Journal, people_on_both: People, deed: str, finding: str) -> None:
    _as_owner(people_on_both.engine, deed)
    verdict = journal.verify()
    assert not verdict.holds
    assert finding in verdict.problem


def test_entries_that_changed_places_are_found(journal: Journal, people_on_both: People) -> None:
    swap = [f"UPDATE journal SET seq = {to} WHERE seq = {old}" for old, to in ((2, 99), (3, 2), (99, 3))]
    _as_owner(people_on_both.engine, *swap)
    assert "Entry 2" in journal.verify().problem


def test_a_tail_cut_off_together_with_the_head_file_is_found(journal: Journal, people_on_both: People) -> None:
    noted = journal.verify().head
    head = people_on_both.settings.folder("state") / HEAD_FILE
    earlier = journal.recent(1, before=4)[0]
    _as_owner(people_on_both.engine, "DELETE FROM journal WHERE seq > 3")
    head.unlink()
    assert "is missing" in journal.verify().problem
    head.write_text(f"3:{earlier.entry_hash}\n")
    assert journal.verify().holds, "both places agree: only a head kept elsewhere can tell"
    assert "cut off the end" in journal.verify(noted).problem


def test_a_history_written_anew_is_found_by_the_noted_head(journal: Journal, people_on_both: People) -> None:
    _as_owner(people_on_both.engine, "DELETE FROM journal WHERE seq = 5")
    journal.append("customer:exported", "user:ann", "customer:other")
    assert "Entry 5 is not the one" in journal.verify().problem


def test_a_deed_that_fails_leaves_no_entry_and_no_head(journal: Journal, people_on_both: People) -> None:
    def fail() -> None:
        with state.writing(people_on_both.engine) as connection:
            journal.append_in(connection, "account:disabled", "user:ann")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert journal.verify().holds
    assert journal.verify().entries == 5


def test_entries_written_at_the_same_moment_form_one_chain(journal: Journal) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: journal.append("a:b", f"user:{number}"), range(20)))
    assert journal.verify().holds
    assert journal.verify().entries == 25


def test_a_replaced_key_still_proves_what_it_signed_and_nothing_later(people: People) -> None:
    old, new = b"o" * 32, b"n" * 32
    head = people.settings.folder("state") / HEAD_FILE
    Journal(people.engine, (old,), head, people.clock).append("a:b", "user:ann")
    rotated = Journal(people.engine, (new, old), head, people.clock)
    rotated.append("a:b", "user:ann")
    assert rotated.verify().holds
    assert "Entry 1" in Journal(people.engine, (new,), head, people.clock).verify().problem
    Journal(people.engine, (old,), head, people.clock).append("a:b", "user:eve")
    assert "Entry 3 was changed, or signed with another" in rotated.verify().problem


def test_control_characters_do_not_reach_a_terminal(people_on_both: People) -> None:
    people_on_both.journal.append("a:b", "user:\x1b[31mann\r\n\0", detail={"name": "\x1b\n"})
    entry = people_on_both.journal.recent(1)[0]
    assert entry.actor.isprintable()
    assert json.dumps(entry.detail).isprintable()
    assert people_on_both.journal.verify().holds


def test_who_did_it_last_is_known_however_much_was_done_since(people: People) -> None:
    journal = people.journal
    for actor, target in (("user:ann", "view:a"), ("user:bob", "view:b"), ("user:eve", "view:a")):
        journal.append("view:removed", actor, target)
    journal.append("view:removed_for_good", "user:mal", "view:b")
    since = [
        {"seq": 5 + number, "happened_at": people.clock(), "event": "view:removed", "actor": "user:zoe",
         "target": f"view:{number}", "detail": "{}", "ip": "", "result": "ok", "previous_hash": HASH,
         "entry_hash": HASH}
        for number in range(6000)
    ]  # fmt: skip
    with people.engine.begin() as connection:
        connection.execute(insert(entries), since)
    found = journal.doers("view:removed")
    assert (found["view:a"], found["view:b"], len(found)) == ("user:eve", "user:bob", 6002)
