"""A disk that is full: a clear sentence, the old data still served, nothing lost, and no restart once there is room.

A small tmpfs is the disk where the test may mount one; elsewhere no file of this process may grow beyond a limit
(RLIMIT_FSIZE), which fails the same writes with another error number. The test says which it was.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashapp.errors import StateUnavailable, TenureError
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal
from dashapp.store.publish import Warehouse
from dashapp.store.results import ResultStore
from dashapp.store.snapshot import Snapshots
from etl import lake, pipeline
from etl.mend import KEPT
from etl.progress import Silent
from tests.etl.loading import adds_up

NOW = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
SIZE = 96 << 20
KB = 1024

pytestmark = pytest.mark.slow


class Tmpfs:
    """A file system of its own, filled by one file."""

    name = "a tmpfs"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def full(self, free_bytes: int) -> Iterator[None]:
        filler, stat = self.folder / "filler", os.statvfs(self.folder)
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(4096, stat.f_bavail * stat.f_frsize - free_bytes))
        try:
            yield
        finally:
            filler.unlink()


class Limit:
    """No file grows beyond a size."""

    name = "RLIMIT_FSIZE"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def full(self, free_bytes: int) -> Iterator[None]:
        before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (free_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)


def mounted(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=[Tmpfs, Limit])
def disk(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[Tmpfs | Limit]:
    # Not below tmp_path: pytest tidies that up, and a mount left by a killed run would fail every later session.
    folder = Path(tempfile.mkdtemp(prefix="tenure-disk-"))
    if request.param is Limit or not mounted(folder):
        with capsys.disabled():
            print(" (by RLIMIT_FSIZE)", end="")  # noqa: T201
        yield Limit(folder)
        shutil.rmtree(folder)
        return
    try:
        yield Tmpfs(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def refresh(settings: Settings, seed: int) -> pipeline.Outcome:
    request = pipeline.Request("sample", options={"customers": "60", "months": "12", "seed": str(seed)})
    return pipeline.refresh(request, settings, Silent(), lambda: NOW)


def test_a_refresh_on_a_full_disk_says_so_and_the_next_one_with_room_succeeds(
    disk: Tmpfs | Limit, monkeypatch: pytest.MonkeyPatch
):
    settings = Settings(data_dir=disk.folder)
    refresh(settings, 1)
    monkeypatch.setattr(Warehouse, "require_space", lambda *_: None)  # else the disk is never written full
    for free in (0, 64 * KB, 512 * KB, 2048 * KB):
        with disk.full(free):
            with pytest.raises(TenureError) as caught:
                refresh(settings, 2)
            assert "What readers see is whole" in caught.value.hint
            assert Snapshots(settings).current().seq == 1
            assert len(Snapshots(settings).current().base()) > 0
            assert all(adds_up(batch) for batch in lake.read(settings).batches)
    refresh(settings, 2)
    assert Snapshots(settings).current().seq == 2
    names = {path.name for path in settings.folder("warehouse").iterdir()}
    assert not {name for name in names if name.startswith(".") and name != ".lock" and not name.startswith(KEPT)}


def test_a_full_disk_refuses_entries_of_the_journal_and_loses_none(disk: Tmpfs | Limit):
    settings = Settings(data_dir=disk.folder)
    engine = state.open(settings)
    journal = Journal.open(settings, engine)
    kept = [journal.append("test:before", "somebody", str(number)) for number in range(3)]

    def go_on() -> None:
        for number in range(200):
            kept.append(journal.append("test:full", "somebody", str(number), {"text": "x" * 4000}))

    with disk.full(0), pytest.raises(StateUnavailable, match=r"full|disk I/O"):
        go_on()
    kept.append(journal.append("test:after", "somebody"))
    assert journal.verify().holds
    assert kept == list(range(kept[0], kept[0] + len(kept)))
    engine.dispose()


def test_a_cache_on_a_full_disk_is_a_miss_without_orphans_and_works_again_with_room(disk: Tmpfs | Limit):
    store = ResultStore(disk.folder / "results", b"a secret of thirty-two characters", 60)
    assert store.put("before", 1)
    with disk.full(0):
        assert store.put("large", "x" * 200_000) is False
        assert store.get("before") == 1
    assert not list(store.folder.rglob("*.val"))
    assert store.put("large", "x" * 200_000)
    assert store.get("large") == "x" * 200_000
