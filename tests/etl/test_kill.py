"""A refresh killed at any moment, and two refreshes at once, under readers that never stop reading.

`TENURE_KILLS=200 pytest tests/etl/test_kill.py -s` kills more often and prints what it saw.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest

from dashapp.errors import WriterBusy
from dashapp.settings import Settings
from dashapp.store import snapshot
from dashapp.store.publish import Warehouse
from dashapp.store.snapshot import Snapshots
from etl import lake as lakes
from etl import mend, pipeline
from etl.progress import Silent
from tests.etl.loading import accepted, adds_up, rejected

RACES = 8
KILLS = int(os.environ.get("TENURE_KILLS", "10"))
NOW = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)

# A server that has imported everything and opened nothing: its children are real processes that start at once.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.etl.test_kill", "lifetimes"])

pytestmark = pytest.mark.slow


def refresh(folder: Path, seed: int, said: Connection, actor: str = "test") -> None:
    """One refresh of a tiny shop; says when it begins and how it ended."""
    os.environ["TENURE_ACTOR"] = actor
    request = pipeline.Request("sample", options={"customers": "60", "months": "12", "seed": str(seed)})
    said.send("begins")
    try:
        pipeline.refresh(request, Settings(data_dir=folder), Silent(), lambda: NOW)
        said.send("done")
    except WriterBusy as error:
        said.send(error.message)


class Run:
    """A refresh in a process of its own, from the moment it begins."""

    def __init__(self, folder: Path, seed: int, actor: str = "test") -> None:
        self.said, theirs = multiprocessing.Pipe(duplex=False)
        self.process = processes.Process(target=refresh, args=(folder, seed, theirs, actor))
        self.process.start()
        theirs.close()
        assert self.said.recv() == "begins"

    def end(self) -> str:
        """What it said last; empty when it was killed."""
        self.process.join()
        try:
            return str(self.said.recv())
        except EOFError:
            return ""


class Readers:
    """Threads that ask for the current snapshot and read it, all the time."""

    def __init__(self, settings: Settings, count: int = 2) -> None:
        self.snapshots = Snapshots(settings)
        self.errors: list[BaseException] = []
        self.reads = 0
        self.seen: set[int] = set()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._read) for _ in range(count)]

    def __enter__(self) -> Readers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _read(self) -> None:
        while not self.over.is_set():
            try:
                current = self.snapshots.current()
                assert self.snapshots.problem == ""
                assert len(current.base()) > 0
                self.seen.add(current.seq)
                self.reads += 1
            except BaseException as error:
                self.errors.append(error)
            time.sleep(0.01)


def is_whole(settings: Settings) -> None:
    """The pointer names a proved file, and every row the lake's manifest counts can be read back."""
    fresh = Snapshots(settings)
    fresh.current()
    assert fresh.problem == ""
    lake = lakes.read(settings)
    assert all(adds_up(batch) for batch in lake.batches)
    for entity in {batch.entity for batch in lake.batches}:
        rows = sum(batch.accepted_rows for batch in lake.batches if batch.entity == entity)
        assert len(accepted(lake, "line_number", entity)) == rows
    assert len(rejected(lake)) == sum(batch.rejected_rows for batch in lake.batches)


def test_killed_at_random_moments_no_reader_ever_fails_and_no_row_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(snapshot, "LOOK_EVERY_SECONDS", 0.02)
    settings, dice = Settings(data_dir=tmp_path), random.Random(20260101)
    assert Run(tmp_path, 0).end() == "done"
    began = time.monotonic()
    assert Run(tmp_path, 1).end() == "done"
    whole_seconds, killed = time.monotonic() - began, 0
    with Readers(settings) as readers:
        for number in range(KILLS):
            run = Run(tmp_path, number + 2)
            time.sleep(dice.uniform(0, whole_seconds))
            run.process.kill()
            killed += run.end() == ""
            is_whole(settings)
        assert Run(tmp_path, 1_000_000).end() == "done"
    print(  # noqa: T201
        f"{killed} of {KILLS} killed, {len(readers.seen)} snapshots, {readers.reads:,} reads, {readers.errors}"
    )
    assert readers.errors == []
    assert readers.reads > KILLS
    assert killed
    is_whole(settings)
    warehouse = Warehouse(settings.folder("warehouse"))
    named = {entry.file for entry in warehouse.history()}
    kept = mend.place(warehouse, warehouse.history()[-1]).name
    assert {path.name for path in warehouse.folder.iterdir()} == {".lock", "CURRENT", "manifest.json", kept, *named}
    assert not list(settings.folder("lake").glob(".*"))


def test_of_two_refreshes_at_once_one_runs_and_the_other_says_who_holds_it_every_time(tmp_path: Path):
    for number in range(RACES):
        racers = {f"user:{name}": Run(tmp_path, number, f"user:{name}") for name in ("anna", "bert")}
        spoke = wait([run.said for run in racers.values()])
        (loser,) = (name for name, run in racers.items() if run.said in spoke)
        (winner,) = set(racers) - {loser}
        assert f"{winner} (process {racers[winner].process.pid})" in racers[loser].end()
        assert racers[winner].process.is_alive()
        if number < RACES - 1:
            racers[winner].process.kill()
        assert racers[winner].end() == ("" if number < RACES - 1 else "done")
    is_whole(Settings(data_dir=tmp_path))
    assert [entry.seq for entry in Warehouse(tmp_path / "warehouse").history()] == [1]
