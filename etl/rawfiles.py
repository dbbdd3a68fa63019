"""Files as delivered, kept byte for byte under their hash as long as a version of the lake names them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashapp.errors import SourceError
from dashapp.store import fs
from etl.lake import Batch

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


def keep(lake: Path, delivered: Mapping[str, Path]) -> None:
    """Copies files into the lake unless they are there. delivered: path by SHA-256, as it was when the file was read.

    Raises SourceError on a file whose content is another by now.
    """
    for sha256, path in delivered.items():
        target = folder(lake) / sha256
        if not target.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _copy(path, target)


def _copy(path: Path, target: Path) -> None:
    draft, digest = target.with_name(f".{target.name}"), hashlib.sha256()
    with path.open("rb") as source, os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            to.write(chunk)
    if digest.hexdigest() != target.name:
        draft.unlink()
        raise SourceError(f"{path.name} changed while it was read.", "Load it again; nothing was changed.")
    fs.move(draft, target)


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
