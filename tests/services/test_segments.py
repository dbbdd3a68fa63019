"""Segments people keep: what they hold is what the list shows, they are somebody's, and nothing they were is lost."""

from __future__ import annotations

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.saved import list_key
from dashapp.errors import FilterError, InputError, NotAllowed, NotFound
from dashapp.services.access import Principal, Role
from dashapp.services.segments import Segments
from dashapp.settings import Settings
from dashapp.store import kept_lists
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.store.state import reading
from tests.people import People

FRENCH = Filters(country=("France",))
ALL = Listing()


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture
def segments(people: People) -> Segments:
    return Segments(people.engine, people.journal, people.clock)


@pytest.fixture
def ann(people: People) -> Principal:
    return people.principal("ann", Role.ANALYST)


def _events(people: People) -> list[str]:
    return [entry.event for entry in reversed(people.journal.recent(event="segment:"))]


def test_a_dynamic_segment_means_its_conditions(segments: Segments, ann: Principal, snapshot: Snapshot) -> None:
    made = segments.save(
        ann, " French  buyers ", FRENCH, Listing(limits=(Limits("order_count", "2"),)), snapshot=snapshot
    )
    assert (made.name, made.version, made.definition) == (
        "French buyers",
        1,
        "country~is~France;order_count~at_least~2",
    )
    assert made.sentence == "country is France and orders at least 2 orders"
    expected = snapshot._rows(
        "select count(*) as n from marts.customers where country = 'France' and order_count >= 2", {}
    )
    assert made.customers == expected[0]["n"] > 0


def test_a_static_segment_keeps_these_customers(
    segments: Segments, ann: Principal, people: People, snapshot: Snapshot
) -> None:
    made = segments.save(ann, "Found", Filters(), Listing(search="C-0001"), "static", snapshot=snapshot)
    with reading(people.engine) as connection:
        kept = kept_lists.find(connection, list_key(made.definition))
    rows = snapshot._rows("select customer_id from marts.customers where customer_id like '%C-0001%'", {})
    assert kept == tuple(sorted(row["customer_id"] for row in rows))
    assert made.customers == len(rows) > 0
    assert made.snapshot_id == snapshot.id


def test_every_change_keeps_what_was_before_and_who(
    segments: Segments, ann: Principal, people: People, snapshot: Snapshot
) -> None:
    made = segments.save(ann, "One", FRENCH, ALL, snapshot=snapshot)
    people.clock.turn(hours=1)
    segments.rename(ann, made.id, "Two")
    segments.change(ann, made.id, Filters(country=("Spain",)), ALL, snapshot=snapshot)
    segments.share(ann, made.id, "team")
    segments.remove(ann, made.id)
    assert not segments.all(ann)
    assert segments.restore(ann, made.id).version == 6
    told = [(v.version, v.action, v.name, v.definition) for v in reversed(segments.versions(ann, made.id))]
    assert told[:3] == [
        (1, "saved", "One", "country~is~France"),
        (2, "renamed", "Two", "country~is~France"),
        (3, "changed", "Two", "country~is~Spain"),
    ]
    assert {version.actor for version in segments.versions(ann, made.id)} == {"user:ann"}
    assert _events(people) == [f"segment:{name}" for name in
                               ("saved", "renamed", "changed", "shared", "removed", "restored")]  # fmt: skip


def test_a_private_one_does_not_exist_for_others_and_the_teams_is_changed_by_its_owner(
    segments: Segments, ann: Principal, people: People, snapshot: Snapshot
) -> None:
    bob, root = people.principal("bob", Role.OPERATOR), people.principal("root", Role.ADMIN)
    made = segments.save(ann, "Mine", FRENCH, ALL, snapshot=snapshot)
    for reader in (bob, root):
        assert not segments.all(reader)
        with pytest.raises(NotFound):
            segments.rename(reader, made.id, "Yours")
    segments.share(ann, made.id, "team")
    assert [found.name for found in segments.all(bob)] == ["Mine"]
    with pytest.raises(NotAllowed, match="belongs to ann"):
        segments.remove(bob, made.id)
    assert segments.remove(root, made.id).removed_at


def test_a_viewer_sees_the_teams_and_saves_none(
    segments: Segments, ann: Principal, people: People, snapshot: Snapshot
) -> None:
    viewer = people.principal("vera", Role.VIEWER)
    segments.save(ann, "Ours", FRENCH, ALL, visibility="team", snapshot=snapshot)
    assert len(segments.all(viewer)) == 1
    with pytest.raises(NotAllowed):
        segments.save(viewer, "Mine", FRENCH, ALL, snapshot=snapshot)


def test_what_cannot_be_kept_is_refused(segments: Segments, ann: Principal, people: People, snapshot: Snapshot) -> None:
    segments.save(ann, "Taken", FRENCH, ALL, snapshot=snapshot)
    refused: list[tuple[str, Filters, Listing, str]] = [
        ("taken", FRENCH, ALL, "dynamic"),
        ("", FRENCH, ALL, "dynamic"),
        ("x" * 81, FRENCH, ALL, "dynamic"),
        ("kind", FRENCH, ALL, "magic"),
        ("nobody", Filters(country=("Atlantis",)), ALL, "static"),
    ]
    for name, filters, listing, kind in refused:
        with pytest.raises(InputError):
            segments.save(ann, name, filters, listing, kind, snapshot=snapshot)
    assert len(segments.all(ann)) == 1
    assert _events(people) == ["segment:saved"]


def test_a_list_filters_every_question_and_an_unknown_one_is_no_empty_answer(
    segments: Segments, ann: Principal, people: People, snapshot: Snapshot
) -> None:
    made = segments.save(ann, "Fixed", FRENCH, ALL, "static", snapshot=snapshot)
    with reading(people.engine) as connection:
        ids = kept_lists.find(connection, list_key(made.definition)) or ()
    lists = {list_key(made.definition): ids}
    reader = Snapshot(snapshot._connection.cursor(), snapshot.facts, 10, lambda key: lists[key])
    assert len(reader.base(Filters(saved=(made.definition,)))) == made.customers == len(snapshot.base(FRENCH))
    with pytest.raises(FilterError, match="not kept"):
        snapshot.base(Filters(saved=("list:" + "0" * 32,)))
