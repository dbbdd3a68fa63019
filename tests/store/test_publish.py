from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.errors import NoSnapshot, NotFound, SnapshotDamaged, TenureError, WriterBusy
from dashapp.store.publish import Published, Warehouse
from tests.store.conftest import NOW, build, facts

Publish = Callable[..., Published]


def test_an_empty_warehouse_says_how_to_get_data(warehouse: Warehouse):
    with pytest.raises(NoSnapshot) as caught:
        warehouse.current()
    assert "python -m etl refresh" in caught.value.hint


def test_publishing_moves_the_pointer_and_keeps_the_history(warehouse: Warehouse, publish: Publish):
    first, second = publish(), publish()
    assert warehouse.current() == second.pointer
    assert [entry.seq for entry in warehouse.history()] == [1, 2]
    assert (first.customers, first.actor, first.build_key) == (10, "test", "key1")
    assert {path.name for path in warehouse.folder.iterdir()} == {
        ".lock", "CURRENT", "manifest.json", "tenure-000001.duckdb", "tenure-000002.duckdb",
    }  # fmt: skip


@pytest.mark.parametrize(
    "damage",
    [
        "update marts.order_lines set amount = amount + 0.01 where rowid = 0",
        "update marts.sales_cube set net_sales = 0 where rowid = 0",
        "insert into marts.customers select * from marts.customers limit 1",
        "update marts.customer_days set lines = 2 where rowid = 0",
        "update marts.customers set last_order_date = date '2030-01-01' where rowid = 0",
        "insert into meta.snapshot select * from meta.snapshot",
        "update meta.snapshot set seq = 77",
        "drop table marts.sales_cube",
    ],
)
def test_a_build_that_breaks_an_invariant_is_not_published(warehouse: Warehouse, publish: Publish, damage: str):
    before = publish()
    with warehouse.writing("test"):
        draft = build(warehouse.draft("x.duckdb"), facts(2), break_with=damage)
        with pytest.raises(SnapshotDamaged):
            warehouse.publish(draft, facts(2), actor="test", published_at=NOW)
    assert warehouse.current() == before.pointer


def test_a_build_with_a_wal_is_not_published(warehouse: Warehouse):
    with warehouse.writing("test"):
        draft = build(warehouse.draft("x.duckdb"), facts(1))
        draft.with_name(draft.name + ".wal").write_bytes(b"unfinished")
        with pytest.raises(SnapshotDamaged, match="checkpointed"):
            warehouse.publish(draft, facts(1), actor="test", published_at=NOW)


def test_rollback_goes_to_the_one_before_or_to_a_number(warehouse: Warehouse, publish: Publish):
    entries = [publish() for _ in range(3)]
    assert warehouse.rollback() == entries[1]
    assert warehouse.rollback() == entries[0]
    assert warehouse.rollback(3) == entries[2]
    assert warehouse.current() == entries[2].pointer
    with pytest.raises(NotFound):
        warehouse.rollback(9)


def test_rollback_refuses_a_damaged_snapshot(warehouse: Warehouse, publish: Publish, damage: Callable):
    first, second = publish(), publish()
    damage(first)
    with pytest.raises(SnapshotDamaged):
        warehouse.rollback()
    assert warehouse.current() == second.pointer


@pytest.mark.parametrize("damage", [b"", b"{", b"garbage", b"\xff\xfe", b"[]", b"{}", b"null", b"\0" * 200])
def test_a_damaged_pointer_is_mended_by_rollback_and_by_the_next_publish(
    warehouse: Warehouse, publish: Publish, damage: bytes
):
    entries = [publish() for _ in range(2)]
    warehouse.pointer_path.write_bytes(damage)
    with pytest.raises(SnapshotDamaged, match="CURRENT"):
        warehouse.current()
    assert warehouse.rollback() == entries[1]
    assert warehouse.current() == entries[1].pointer
    warehouse.pointer_path.write_bytes(damage)
    assert publish().seq == 3


def test_a_number_is_never_used_twice_after_a_rollback(warehouse: Warehouse, publish: Publish):
    publish(), publish()
    warehouse.rollback()
    assert publish().seq == 3


def test_retention_follows_the_history_and_spares_the_current_one(warehouse: Warehouse, publish: Publish):
    for _ in range(4):
        publish()
    warehouse.rollback(1)
    assert warehouse.collect(keep=2) == ("tenure-000002.duckdb",)
    assert [entry.seq for entry in warehouse.history()] == [1, 3, 4]
    assert {path.name for path in warehouse.folder.glob("*.duckdb")} == {entry.file for entry in warehouse.history()}


def test_orphans_of_killed_builds_do_not_count_and_are_gone_at_the_next_writing(warehouse: Warehouse, publish: Publish):
    publish(), publish()
    orphans = [warehouse.folder / name for name in ("tenure-000009.duckdb", ".build-work.duckdb", ".CURRENT.77")]
    for orphan in orphans:
        orphan.write_bytes(b"x")
    (warehouse.folder / ".build-work.duckdb-spill").mkdir()
    with warehouse.writing("next"):
        assert not any(orphan.exists() for orphan in orphans)
        assert not (warehouse.folder / ".build-work.duckdb-spill").exists()
        assert warehouse.next_seq() == 3
    assert [entry.seq for entry in warehouse.history()] == [1, 2]


def test_a_writer_that_fails_leaves_nothing_behind(warehouse: Warehouse, publish: Publish):
    publish()
    refused = warehouse.draft("2.duckdb.wal")
    with pytest.raises(TenureError), warehouse.writing("test"):
        warehouse.require_space(refused.write_bytes(b"x") * 2**62)
    assert {path.name for path in warehouse.folder.iterdir()} == {
        ".lock", "CURRENT", "manifest.json", "tenure-000001.duckdb",
    }  # fmt: skip


def test_a_second_writer_hears_who_holds_the_warehouse(warehouse: Warehouse):
    other = Warehouse(warehouse.folder)
    with warehouse.writing("anna"), pytest.raises(WriterBusy, match="anna") as caught, other.writing("bert"):
        pass
    assert caught.value.exit_code == 75
    with warehouse.writing("bert"):
        pass


def _hold_until_killed(folder: Path) -> None:
    with Warehouse(folder).writing("the killed one"):
        (folder / "held").touch()
        time.sleep(60)


def test_a_killed_writer_leaves_no_lock(warehouse: Warehouse):
    process = multiprocessing.get_context("spawn").Process(target=_hold_until_killed, args=(warehouse.folder,))
    process.start()
    while not (warehouse.folder / "held").exists():
        time.sleep(0.02)
    with pytest.raises(WriterBusy, match="the killed one"), warehouse.writing("next"):
        pass
    process.kill()
    process.join()
    with warehouse.writing("next"):
        pass


def test_a_full_disk_is_noticed_before_the_build(warehouse: Warehouse):
    with warehouse.writing("test"):
        warehouse.require_space(1)
        with pytest.raises(TenureError, match="free"):
            warehouse.require_space(2**62)


def test_published_files_are_private(warehouse: Warehouse, publish: Publish):
    path = warehouse.folder / publish().file
    assert path.stat().st_mode & 0o077 == 0
