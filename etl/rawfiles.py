"""Files as delivered, kept byte for byte under their hash as long as a version of the lake names them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dashapp.errors import SourceError
from dashapp.store import fs
from etl import fileformat
from etl.lake import Batch
from etl.scan import see, stamp
from etl.source import DeliveredFile
from etl.textfile import UTF8

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Original:
    """A delivered file: under which name it came, and where it lies now."""

    file_name: str
    sha256: str
    path: Path | None
    "None: it was not kept."
    size_bytes: int


def folder(lake: Path) -> Path:
    """Where they lie."""
    return lake / "raw"


def seen(file: DeliveredFile, lake: Path, copy: Path | None) -> DeliveredFile:
    """Text in UTF-8 with what one reading of its bytes tells; any other file as it is.

    copy: a new file for those bytes, made unless the lake keeps a file of that size: it may be this one.
    """
    if not file.path.is_file() or fileformat.of(file.path) != "text" or file.reading.encoding.lower() not in UTF8:
        return file
    size = file.path.stat().st_size
    held = any(kept.stat().st_size == size for kept in folder(lake).glob("*"))
    return replace(file, seen=see(file.path, None if held else copy))


@contextmanager
def settled(file: DeliveredFile) -> Iterator[None]:
    """On the way out the load's copy of a file is on the disk: it is written there while the caller works.

    Raises SourceError where somebody wrote to the file since it was read: it may have been read half written.
    """
    with ThreadPoolExecutor(1) as beside:
        written = [beside.submit(fs.sync, copy) for copy in copies(file).values()]
        yield
    for copy in written:
        copy.result()
    if file.seen and (not file.path.is_file() or stamp(file.path) != file.seen.stamp):
        raise _changed(file.path)


def copies(file: DeliveredFile) -> dict[str, Path]:
    """The load's copy of a file by its SHA-256, if it made one."""
    return {file.seen.sha256: file.seen.path} if file.seen and file.seen.path != file.path else {}


def keep(lake: Path, delivered: Mapping[str, Path], copies: Mapping[str, Path]) -> None:
    """Files into the lake unless they are there. delivered: path by SHA-256, as it was when the file was read.

    copies: those of them that lie beside the lake already and only move. Raises SourceError on a file whose content is
    another by now.
    """
    for sha256, path in delivered.items():
        target = folder(lake) / sha256
        if not target.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            if sha256 in copies:
                fs.move(copies[sha256], target)
            else:
                _copy(path, target)


def _copy(path: Path, target: Path) -> None:
    draft, digest = target.with_name(f".{target.name}"), hashlib.sha256()
    with path.open("rb") as source, os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            to.write(chunk)
    if digest.hexdigest() != target.name:
        draft.unlink()
        raise _changed(path)
    fs.move(draft, target)


def _changed(path: Path) -> SourceError:
    return SourceError(f"{path.name} changed while it was read.", "Load it again; nothing was changed.")


def originals(lake: Path, batches: Iterable[Batch]) -> Iterator[Original]:
    """The files that batches were read from, second files after the one they belong to; each once."""
    seen = set()
    for batch in batches:
        for sha256, name in {batch.file_sha256: batch.file_name, **batch.lookups}.items():
            if (sha256, name) not in seen:
                seen.add((sha256, name))
                yield _original(folder(lake) / sha256, name)


def _original(path: Path, name: str) -> Original:
    kept = path.is_file()
    return Original(name, path.name, path if kept else None, path.stat().st_size if kept else 0)
