"""A disk whose n-th operation fails: with an error, when it is full, with half of the bytes, or by killing the process.

After a kill nothing works any more, as for a process that is gone, and what was not on the disk is lost: files written
since and not synced are cut in half.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.store import fs

FAULTS = ("error", "full", "short", "killed")


class Killed(BaseException):
    """The process is gone: nobody may catch this and tidy up."""


class FaultyDisk(fs.Disk):
    """Counts its operations and fails at the n-th (from 1); `fault` is one of FAULTS."""

    def __init__(self, folder: Path, fail_at: int = 0, fault: str = "error") -> None:
        self.folder = folder
        self.fail_at = fail_at
        self.fault = fault
        self.done = 0
        self.dead = False
        self.safe = self._stamps()

    def write(self, path: Path, content: bytes) -> None:
        self._operate(lambda: super(FaultyDisk, self).write(path, content), (path, content))

    def digest(self, path: Path) -> str:
        found: list[str] = []
        self._operate(lambda: found.append(super(FaultyDisk, self).digest(path)))
        return found[0]

    def close_to_others(self, path: Path) -> None:
        self._operate(lambda: super(FaultyDisk, self).close_to_others(path))

    def sync(self, path: Path) -> None:
        self._operate(lambda: super(FaultyDisk, self).sync(path))
        self.safe[path.stat().st_ino] = path.stat().st_mtime_ns

    def rename(self, source: Path, target: Path) -> None:
        self._operate(lambda: super(FaultyDisk, self).rename(source, target))

    def copy(self, source: Path, target: Path) -> None:
        self._operate(lambda: super(FaultyDisk, self).copy(source, target))

    def make_folder(self, path: Path) -> None:
        self._operate(lambda: super(FaultyDisk, self).make_folder(path))

    def remove(self, path: Path) -> None:
        self._operate(lambda: super(FaultyDisk, self).remove(path))

    def _operate(self, action: Callable[[], object], written: tuple[Path, bytes] | None = None) -> None:
        if self.dead:
            raise Killed
        self.done += 1
        if self.done == self.fail_at:
            self._fail(written)
        action()

    def _fail(self, written: tuple[Path, bytes] | None) -> None:
        if self.fault == "short" and written:
            written[0].write_bytes(written[1][: len(written[1]) // 2])
        if self.fault == "killed":
            self.dead = True
            self._lose_what_was_not_synced()
            raise Killed
        code = errno.EIO if self.fault == "error" else errno.ENOSPC
        raise OSError(code, os.strerror(code))

    def _stamps(self) -> dict[int, int]:
        return {path.stat().st_ino: path.stat().st_mtime_ns for path in self._files()}

    def _files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink()]

    def _lose_what_was_not_synced(self) -> None:
        for path in self._files():
            stat = path.stat()
            if self.safe.get(stat.st_ino) != stat.st_mtime_ns and path.suffix in (".json", ".parquet", ".duckdb", ""):
                path.chmod(0o600)
                path.write_bytes(path.read_bytes()[: stat.st_size // 2])


def with_disk(disk: FaultyDisk, action: Callable[[], object]) -> BaseException | None:
    """What the action ended with; None when it succeeded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fs, "disk", disk)
        try:
            action()
        except (Killed, Exception) as error:
            return error
    return None
