"""Kept snapshots: opened on demand, a few at a time, proved by their hash, gone when nobody keeps them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.errors import Gone, SnapshotDamaged
from dashapp.settings import Settings
from dashapp.store import past
from dashapp.store import snapshot as door
from dashapp.store.publish import Published, Warehouse
from dashapp.store.snapshot import Snapshots
from tests.store.test_snapshot import is_open

Publish = Callable[..., Published]


def test_every_kept_snapshot_answers_with_its_own_numbers(settings: Settings, publish: Publish) -> None:
    for _ in range(3):
        publish()
    snapshots = Snapshots(settings)
    amounts = [
        snapshots.at(seq)._rows("select max(amount) as a from marts.order_lines", {})[0]["a"] for seq in (1, 2, 3)
    ]
    assert amounts == [1, 2, 3]
    assert snapshots.at(3) is snapshots.current()
    assert snapshots.at(1) is snapshots.at(1)
    assert snapshots.named("000002-test") is snapshots.at(2)


def test_few_stay_open_and_a_publish_closes_them(
    settings: Settings, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LOOK_EVERY_SECONDS", 0.0)
    files = [settings.data_dir / "warehouse" / publish().file for _ in range(past.HELD + 3)]
    snapshots = Snapshots(settings)
    for seq in range(1, past.HELD + 3):
        snapshots.at(seq)
    gc.collect()
    assert [is_open(file) for file in files] == [False] * 2 + [True] * (past.HELD + 1)
    publish()
    snapshots.current()
    gc.collect()
    assert not any(is_open(file) for file in files)


def test_what_is_not_kept_is_refused_with_what_is(settings: Settings, publish: Publish, warehouse: Warehouse) -> None:
    for _ in range(3):
        publish()
    with warehouse.writing("test"):
        warehouse.collect(2)
    with pytest.raises(Gone, match=r"Snapshot 1 is not kept") as refusal:
        Snapshots(settings).at(1)
    assert "2, 3" in refusal.value.hint
    with pytest.raises(Gone):
        Snapshots(settings).named("000001-test")


def test_changed_or_missing_bytes_are_never_shown(settings: Settings, publish: Publish) -> None:
    changed, removed, _ = publish(), publish(), publish()
    folder: Path = settings.data_dir / "warehouse"
    (folder / changed.file).chmod(0o600)
    with (folder / changed.file).open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff\xfe")
    (folder / removed.file).unlink()
    with pytest.raises(SnapshotDamaged):
        Snapshots(settings).at(changed.seq)
    with pytest.raises(Gone):
        Snapshots(settings).at(removed.seq)


def test_a_past_snapshot_is_locked_like_the_current_one(settings: Settings, publish: Publish) -> None:
    publish(), publish()
    old = Snapshots(settings).at(1)
    with pytest.raises(Exception, match=r"disabled|cannot"):
        old._rows("select * from read_csv('/etc/hostname')", {})
