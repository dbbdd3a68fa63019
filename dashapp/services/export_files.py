"""Files that were made in the background, kept for their owner until they expire; the folder is the only record.

A file lies in `exports/<account>/<id>-<name>`, private, whole or not at all. For anybody else it does not exist.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashapp.errors import Gone, NotFound
from dashapp.logs import get_logger
from dashapp.settings import Settings

UNFINISHED = ".part"
_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,150}")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of one account."""

    id: str
    "32 hexadecimal digits that nobody can guess."
    name: str
    path: Path
    bytes: int
    made_at: datetime
    expires_at: datetime


def new_id() -> str:
    """An id for a file that is going to be made."""
    return secrets.token_hex(16)


def keep(settings: Settings, owner_id: int, name: str, content: bytes) -> Kept:
    """Keep a finished file."""
    file_id = new_id()
    with making(settings, owner_id, file_id, name) as path:
        path.write_bytes(content)
    return find(settings, owner_id, file_id, datetime.now(UTC))


@contextmanager
def making(settings: Settings, owner_id: int, file_id: str, name: str) -> Iterator[Path]:
    """Where to write a file that appears when it is finished; what was not finished is removed. Raises ValueError."""
    if not (_ID.fullmatch(file_id) and _NAME.fullmatch(name)):
        raise ValueError("neither the id nor the name of a file comes from outside")
    folder = _folder(settings, owner_id)
    folder.mkdir(exist_ok=True, mode=0o700)
    unfinished = folder / f"{file_id}{UNFINISHED}"
    unfinished.touch(mode=0o600)
    try:
        yield unfinished
        unfinished.rename(folder / f"{file_id}-{name}")
    finally:
        unfinished.unlink(missing_ok=True)


def find(settings: Settings, owner_id: int, file_id: str, at: datetime) -> Kept:
    """The file of that id, if it is this account's. Raises NotFound, also for another's; Gone once it has expired."""
    paths = _folder(settings, owner_id).glob(f"{file_id}-*") if _ID.fullmatch(file_id) else ()
    kept = next(_all(paths, settings), None)
    if kept is None:
        raise NotFound("There is no such file.", "It may have expired. Export it again.")
    if at >= kept.expires_at:
        raise Gone("This file has expired.", "Export it again.")
    return kept


def listed(settings: Settings, owner_id: int, at: datetime) -> list[Kept]:
    """The files of an account that have not expired, newest first."""
    found = [one for one in _all(_folder(settings, owner_id).glob("*-*"), settings) if at < one.expires_at]
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def remove(kept: Kept) -> None:
    """Delete a file before its time."""
    kept.path.unlink(missing_ok=True)


def sweep(settings: Settings, at: datetime) -> int:
    """Delete what has expired, and what nobody finished in all that time. Returns how many files."""
    old = [one for one in _all(settings.folder("exports").glob("*/*"), settings) if at >= one.expires_at]
    for one in old:
        remove(one)
    if old:
        log.info("expired exports removed", files=len(old))
    return len(old)


def _folder(settings: Settings, owner_id: int) -> Path:
    return settings.folder("exports") / str(int(owner_id))


def _all(paths: Iterable[Path], settings: Settings) -> Iterator[Kept]:
    """What lies at these paths, without what goes away meanwhile."""
    for path in paths:
        with suppress(FileNotFoundError):
            yield _kept(path, settings)


def _kept(path: Path, settings: Settings) -> Kept:
    status = path.stat()
    file_id, _, name = path.name.partition("-")
    made_at = datetime.fromtimestamp(status.st_mtime, UTC)
    expires_at = made_at + timedelta(hours=settings.export_keep_hours)
    return Kept(file_id, name, path, status.st_size, made_at, expires_at)
