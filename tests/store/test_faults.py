"""Whatever file operation fails, readers see the old world or the new one, and the next writer goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.settings import Settings
from dashapp.store.publish import Published, Warehouse
from dashapp.store.results import ResultStore
from dashapp.store.snapshot import Snapshots
from tests.faulty import FAULTS, FaultyDisk, with_disk
from tests.store.conftest import NOW, build, facts

MOST_OPERATIONS = 200
SECRET = b"a secret of thirty-two characters"


def publish_and_collect(warehouse: Warehouse) -> None:
    with warehouse.writing("test"):
        about = facts(warehouse.next_seq())
        draft = build(warehouse.draft("x.duckdb"), about)
        warehouse.publish(draft, about, actor="test", published_at=NOW)
        warehouse.collect(keep=2)


def seen(settings: Settings) -> tuple[int, float]:
    """Number of the snapshot a fresh reader gets, and its money: 10 lines of as much as the number."""
    snapshots = Snapshots(settings)
    snapshot = snapshots.current()
    assert snapshots.problem == ""
    cursor = snapshot._connection.cursor()
    return snapshot.seq, float(cursor.execute("select sum(amount) from marts.order_lines").fetchall()[0][0])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_publish_that_fails_anywhere_leaves_the_old_snapshot_or_the_new_one(
    settings: Settings, tmp_path: Path, publish: Callable[..., Published], fault: str
):
    publish(), publish()
    failures = 0
    for operation in range(1, MOST_OPERATIONS):
        aside = Settings(data_dir=tmp_path / "aside")
        shutil.copytree(settings.folder("warehouse"), aside.data_dir / "warehouse", copy_function=shutil.copy)
        warehouse = Warehouse(aside.folder("warehouse"))
        disk = FaultyDisk(warehouse.folder, operation, fault)
        error = with_disk(disk, lambda: publish_and_collect(warehouse))  # noqa: B023
        failures += error is not None
        assert seen(aside) in ((2, 20.0), (3, 30.0))
        if error is None:
            assert seen(aside) == (3, 30.0)
        publish_and_collect(warehouse)
        assert seen(aside)[0] in (3, 4)
        named = {entry.file for entry in warehouse.history()}
        assert {path.name for path in warehouse.folder.iterdir()} == {".lock", "CURRENT", "manifest.json", *named}
        shutil.rmtree(aside.data_dir)
        if disk.done < operation:
            break
    assert failures >= 10
    assert operation < MOST_OPERATIONS - 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("size", [10, 100_000])
def test_a_cache_that_fails_anywhere_is_a_miss_and_leaves_no_orphan(tmp_path: Path, fault: str, size: int):
    for operation in range(1, MOST_OPERATIONS):
        folder = tmp_path / str(operation) / "results"
        folder.parent.mkdir()
        store = ResultStore(folder, SECRET, 60)
        disk = FaultyDisk(folder, operation, fault)
        kept: list[bool] = []
        with_disk(disk, lambda: kept.append(store.put("a", "x" * size)))  # noqa: B023
        fresh = ResultStore(folder, SECRET, 60)
        assert fresh.get("a") == ("x" * size if kept == [True] else None)
        if fault != "killed":
            assert kept, "only a kill ends the caller"
            assert len(list(folder.rglob("*.val"))) == (kept == [True] and size > 1000)
        assert fresh.put("a", 2)
        assert fresh.get("a") == 2
        if disk.done < operation:
            break
    assert operation > 1
