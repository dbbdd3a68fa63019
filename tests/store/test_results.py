"""The result store: only what was signed here is believed, and a broken cache is a miss."""

from __future__ import annotations

import os
import pickle  # noqa: TID251 - the attack this store must survive
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import diskcache
import pytest

from dashapp.errors import Busy
from dashapp.store.results import ResultStore, result_key

SECRET = b"a secret of thirty-two characters"


@pytest.fixture
def store(tmp_path: Path) -> ResultStore:
    return ResultStore(tmp_path / "results", SECRET, ttl_seconds=60)


def _write(store: ResultStore, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(store.folder / "cache.db")) as connection, connection:
        assert connection.execute(sql, values).rowcount == 1


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.mark}",)


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_value_comes_back_in_another_process(store: ResultStore, size: int) -> None:
    assert store.put("a", {"text": "x" * size, "n": [1, 2.5, None]})
    assert ResultStore(store.folder, SECRET, 60).get("a") == {"text": "x" * size, "n": [1, 2.5, None]}


def test_a_poisoned_pickle_is_a_miss_without_effect(store: ResultStore, tmp_path: Path) -> None:
    mark = tmp_path / "exploded"
    store.put("a", 1)
    bomb = pickle.dumps(Bomb(mark))
    _write(store, "UPDATE Cache SET mode = ?, value = ?", diskcache.core.MODE_PICKLE, bomb)
    assert store.get("a") is None
    _write(store, "UPDATE Cache SET key = ?, raw = 0", bomb)
    assert store.get("a") is None
    with pytest.raises(OSError, match="not written here"):
        list(store.cache)
    assert not mark.exists()
    pickle.loads(bomb)
    assert mark.exists(), "the bomb was a dud: the test proves nothing"


def test_a_changed_value_is_a_miss(store: ResultStore) -> None:
    store.put("a", {"clv": 100})
    _write(store, "UPDATE Cache SET value = CAST(replace(CAST(value AS TEXT), '100', '999') AS BLOB) || x'20'")
    assert store.get("a") is None


def test_a_value_moved_to_another_key_is_a_miss(store: ResultStore) -> None:
    store.put("result/of-the-admin", "secret")
    _write(store, "UPDATE Cache SET key = 'result/of-the-viewer'")
    assert store.get("result/of-the-viewer") is None


def test_a_value_signed_with_another_key_is_a_miss(store: ResultStore) -> None:
    ResultStore(store.folder, b"another secret of 32 characters!", 60).put("a", 1)
    assert store.get("a") is None


def test_a_row_that_names_a_foreign_file_neither_reads_nor_deletes_it(store: ResultStore, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("keep me")
    store.put("a", 1)
    _write(store, "UPDATE Cache SET mode = ?, filename = '../foreign'", diskcache.core.MODE_BINARY)
    assert store.get("a") is None
    store.drop("a")
    assert foreign.read_text() == "keep me"


@pytest.mark.parametrize("damage", [b"garbage" * 5000, b"", b"\0" * 20_000, b"SQLite format 3\0", b"S"])
def test_a_damaged_file_is_rebuilt_and_nobody_fails(store: ResultStore, damage: bytes) -> None:
    store.put("a", 1)
    neighbour = store.folder / "something else"
    neighbour.touch()
    (store.folder / "cache.db").write_bytes(damage)
    fresh = ResultStore(store.folder, SECRET, 60)
    assert store.get("a") is None
    assert fresh.get("a") is None
    assert store.put("a", 2)
    assert fresh.get("a") == store.get("a") == 2
    assert neighbour.exists()


def test_a_folder_that_cannot_be_used_is_a_miss_and_a_refusal_to_coordinate(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file where the folder should be")
    store = ResultStore(tmp_path / "results", SECRET, 60)
    assert store.get("a") is None
    assert store.put("a", 1) is False
    with pytest.raises(Busy), store.locked():
        pass


def test_a_value_is_forgotten_after_its_time(store: ResultStore) -> None:
    store.put("a", 1, ttl_seconds=0.01)
    _write(store, "UPDATE Cache SET expire_time = expire_time - 1")
    assert store.get("a") is None


def test_only_the_owner_can_enter_the_folder_and_sqlite_keeps_no_wal(store: ResultStore) -> None:
    store.put("a", 1)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    with closing(sqlite3.connect(store.folder / "cache.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert store.cache.sqlite_mmap_size == 0


def test_locked_changes_of_many_processes_are_all_kept(store: ResultStore) -> None:
    code = (
        "import sys; from pathlib import Path; from dashapp.store.results import ResultStore\n"
        f"store = ResultStore(Path(sys.argv[1]), {SECRET!r}, 60)\n"
        "for _ in range(25):\n with store.locked(): store.put('n', (store.get('n') or 0) + 1)"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(store.folder)]) for _ in range(4)]
    assert [process.wait(30) for process in processes] == [0, 0, 0, 0]
    assert store.get("n") == 100


def test_the_key_tells_apart_job_arguments_data_and_reader_but_not_the_order_of_arguments() -> None:
    key = result_key("job", {"a": 1, "b": 2}, "000001-x", "analyst")
    assert key == result_key("job", {"b": 2, "a": 1}, "000001-x", "analyst")
    others = [
        result_key("other", {"a": 1, "b": 2}, "000001-x", "analyst"),
        result_key("job", {"a": 1, "b": 3}, "000001-x", "analyst"),
        result_key("job", {"a": 1, "b": 2}, "000002-y", "analyst"),
        result_key("job", {"a": 1, "b": 2}, "000001-x", "viewer"),
    ]
    assert len({key, *others}) == 5
