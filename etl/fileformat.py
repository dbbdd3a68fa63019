"""What a file is, told by its bytes: endings are only what somebody once called it.

A shop's `orders.xls` is often a table with tabs, its `orders.csv` sometimes a workbook, its `orders.txt` JSON Lines.
"""

from __future__ import annotations

import errno
import gzip
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import duckdb

from dashapp.errors import SourceError
from etl.source import DeliveredFile

Format = Literal["parquet", "workbook", "gzip", "jsonl", "text"]
CLAIMS: dict[str, Format] = {".parquet": "parquet", ".xlsx": "workbook"}
"""Endings that hold one thing only: text called so is a mistake to be told, not a table to be tried."""

OLE = b"\xd0\xcf\x11\xe0"
"""How an .xls begins."""

BAD_ARCHIVE = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error)
"""What the directory of a damaged zip archive raises."""

JSON_OBJECT = re.compile(rb'\{\s*["}]')
JSON_ARRAY = re.compile(rb"\[\s*[\[{]")
MAX_UNPACKED_BYTES = 16 << 30
MAX_RATIO = 200
"""The most a gzip archive may grow: order exports shrink to a tenth, and only a bomb to a two-hundredth."""
HARMLESS_BYTES = 64 << 20
"""Up to this size the ratio does not matter."""
BLOCK = 1 << 22


def of(path: Path) -> Format:
    """The format of the file. Raises SourceError on a JSON array, which is no table of lines."""
    with path.open("rb") as stream:
        head = stream.read(2048)
    if (claimed := CLAIMS.get(path.suffix.lower())) is not None:
        return claimed
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(OLE) or _is_workbook(path, head):
        return "workbook"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if JSON_ARRAY.match(start):
        raise SourceError(
            f"{path.name} is one JSON array, not JSON Lines.", "Write one object per line: `jq -c '.[]' file.json`."
        )
    return "jsonl" if JSON_OBJECT.match(start) else "text"


def _is_workbook(path: Path, head: bytes) -> bool:
    if not (head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path)):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/workbook") for name in archive.namelist())
    except BAD_ARCHIVE:
        return False


def unpacked(path: Path, name: str, work: Path) -> Path:
    """The text inside a gzip archive, as a file in `work`.

    name: of the file as people see it, for messages. Raises SourceError on a damaged archive, on one that would
    explode, and on one that holds anything but text.
    """
    target = work / "unpacked" / path.name.removesuffix(".gz")
    target.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            _copy(packed, plain, name, path.stat().st_size)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{name} is a damaged gzip archive: {error}.", "Pack or export it again.") from error
    if of(target) not in ("text", "jsonl"):
        raise SourceError(f"{name} holds no text.", "Unpack it first; only CSV and JSON Lines are read packed.")
    return target


def _copy(packed: gzip.GzipFile, plain: IO[bytes], name: str, size: int) -> None:
    limit = min(MAX_UNPACKED_BYTES, max(HARMLESS_BYTES, MAX_RATIO * size))
    while block := packed.read(BLOCK):
        plain.write(block)
        if plain.tell() > limit:
            raise SourceError(
                f"{name} unpacks to more than {limit / 1e6:,.0f} MB; that is refused.", "Split or unpack it first."
            )


@contextmanager
def readable(file: DeliveredFile) -> Iterator[None]:
    """Damage in the pages of a Parquet file shows only while its rows are read. Raises SourceError."""
    try:
        yield
    except duckdb.Error as error:
        own = isinstance(error, duckdb.OutOfMemoryException) or os.strerror(errno.ENOSPC) in str(error)
        if own or of(file.path) != "parquet":
            raise
        raise SourceError(
            f"{file.name} is not a readable Parquet file: its rows are damaged.", "Write it again."
        ) from error
