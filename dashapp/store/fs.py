"""File operations that survive a power cut: contents first, then the name, then the folder that holds the name.

Everything that publishes, commits or caches goes through here, and everything here goes through `disk`: a test puts one
in its place whose n-th operation fails, for every n.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


class Disk:
    """The single operations, none of which is safe by itself. Raises OSError."""

    def write(self, path: Path, content: bytes) -> None:
        """Bytes into a new or emptied file that only the owner reads."""
        path.touch(mode=0o600)
        path.write_bytes(content)

    def digest(self, path: Path) -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def close_to_others(self, path: Path) -> None:
        path.chmod(0o600)

    def sync(self, path: Path) -> None:
        """Have a file's bytes, or a folder's names, on the disk before going on."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Within one file system; a file takes the place of a file."""
        source.replace(target)

    def copy(self, source: Path, target: Path) -> None:
        """The bytes of a file as a new or emptied file that only the owner reads."""
        target.touch(mode=0o600)
        shutil.copyfile(source, target)

    def make_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def remove(self, path: Path) -> None:
        """A file, a link or a folder with all it holds; none is fine."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


disk = Disk()


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    return disk.digest(path)


def close_to_others(path: Path) -> None:
    """Have a file readable and writable for its owner only."""
    disk.close_to_others(path)


def sync(path: Path) -> None:
    """Have the bytes of a file on the disk before going on."""
    disk.sync(path)


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` on the disk before going on."""
    disk.sync(folder)


def make_folder(path: Path) -> None:
    """The folder and those above it, for the owner only."""
    disk.make_folder(path)


def remove(path: Path) -> None:
    """A file, a link or a folder with all it holds; none is fine."""
    disk.remove(path)


def move(source: Path, target: Path) -> None:
    """Give a finished file, or a folder of finished files, its name; a leftover folder of that name goes."""
    held = [path for path in source.rglob("*") if path.is_file()] if source.is_dir() else []
    folders = [path for path in source.rglob("*") if path.is_dir()]
    for path in (*held, *folders, source):
        disk.sync(path)
    disk.make_folder(target.parent)
    if target.is_dir():
        disk.remove(target)
    disk.rename(source, target)
    disk.sync(target.parent)


def copy(source: Path, target: Path) -> None:
    """The bytes of a file as a draft, which whoever finishes it moves to its name."""
    with _removed_on_failure(target):
        disk.copy(source, target)


def write(path: Path, text: str) -> None:
    """Replace a small file; readers see all of the old text or all of the new."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with _removed_on_failure(draft):
        disk.write(draft, text.encode())
        disk.sync(draft)
        disk.rename(draft, path)
    disk.sync(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """A new file that is there with all its bytes, or not at all; its folder is made."""
    disk.make_folder(path.parent)
    with _removed_on_failure(path):
        disk.write(path, content)


@contextlib.contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        with contextlib.suppress(OSError):
            disk.remove(path)
        raise
