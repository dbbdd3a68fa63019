"""A text file: is it text at all, in which encoding, what does its header say.

Nothing here guesses: what cannot be read for certain is refused.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from dashapp.errors import MappingError, SourceError
from etl.scan import CHUNK, QUOTE, Scan, chunks, scan
from etl.source import ENCODINGS, DeliveredFile, nearest

UTF8 = ("utf-8", "utf-8-sig")
MOST_COLUMNS = 1_000
"""Two thousand take 450 MB of memory, five thousand more than a refresh may have, however few the lines."""
DELIMITERS = (",", ";", "\t", "|")
MAGIC = {
    b"PK\x03\x04": "a workbook or zip archive",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3": "a SQLite database",
}
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Header:
    names: tuple[str, ...]
    delimiter: str
    first_line: int
    """Physical line the header starts on; 0: the file has none."""
    lines: int
    """Physical lines the header covers."""


def digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def as_utf8(file: DeliveredFile, work: Path) -> tuple[Path, Scan]:
    """The file itself when it is UTF-8 text, else a UTF-8 copy in `work`, and what its bytes tell.

    Raises SourceError, MappingError.
    """
    refuse_other_formats(file)
    encoding = file.reading.encoding.lower()
    if encoding not in ENCODINGS:
        raise MappingError(f"The encoding {file.reading.encoding!r} is unknown.", f"Use one of {', '.join(ENCODINGS)}.")
    if encoding in UTF8:
        seen = file.seen.scan if file.seen else scan(file.content)
        if seen.fault:
            raise _damaged(file, *seen.fault)
        return file.content, seen
    path = _transcode(file, encoding, work / f"{file.path.stem}.utf8.csv")
    return path, scan(path)


def refuse_other_formats(file: DeliveredFile) -> None:
    """Raises SourceError when the bytes begin like something that is no CSV text."""
    with file.content.open("rb") as stream:
        head = stream.read(2048)
    if not head.strip():
        raise SourceError(f"{file.name} is empty.", "Export it again; nothing was changed.")
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            raise SourceError(f"{file.name} is {what}, not text.", "Give it the right extension or export it as CSV.")
    for mark, name in BYTE_ORDER_MARKS.items():
        if head.startswith(mark) and file.reading.encoding.lower() != name:
            raise SourceError(f"{file.name} is written in UTF-16.", "Say `encoding: utf-16`, or save it as UTF-8.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise SourceError(
            f"{file.name} is a web page, not a CSV file.", "Export CSV; a sign-in page may have been saved instead."
        )


def _damaged(file: DeliveredFile, offset: int, byte: int) -> SourceError:
    line = _line_at(file.content, offset)
    if not byte:
        return SourceError(
            f"{file.name} holds a NUL byte on line {line}: it is not text.",
            "Export it as CSV; if it is UTF-16, say `encoding: utf-16`.",
        )
    return SourceError(
        f"{file.name} is not UTF-8: byte {offset + 1} on line {line} is 0x{byte:02x}.",
        "Save it as UTF-8, or name its encoding (often `encoding: cp1252`).",
    )


def _line_at(path: Path, offset: int) -> int:
    """The line a byte stands on, counting LF: only an error asks for it."""
    with path.open("rb") as stream:
        return 1 + sum(stream.read(min(CHUNK, offset - at)).count(b"\n") for at in range(0, offset, CHUNK))


def _transcode(file: DeliveredFile, encoding: str, target: Path) -> Path:
    if encoding != "utf-16":
        _refuse_mojibake(file, encoding)
    try:
        with (
            file.path.open(encoding=encoding, newline="") as text,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            while block := text.read(CHUNK):
                _refuse_nul(file, block)
                copy.write(block)
    except UnicodeError as error:
        raise SourceError(f"{file.name} is not {encoding}: {error}.", "Name the encoding it was saved in.") from error
    return target


def _refuse_nul(file: DeliveredFile, block: str) -> None:
    if "\0" in block:
        raise SourceError(f"{file.name} holds NUL characters: it is not text.", "Export it as CSV.")


def _refuse_mojibake(file: DeliveredFile, encoding: str) -> None:
    """UTF-8 read as cp1252 turns every accent into two wrong letters without any error."""
    plain = True
    try:
        for chunk in chunks(file.path):
            chunk.decode()
            plain = plain and chunk.isascii()
    except UnicodeDecodeError:
        return
    if not plain:
        raise MappingError(f"{file.name} is UTF-8, not {encoding}.", "Say `encoding: utf-8`.")


def has_surplus(path: Path, delimiter: str, expected: int, closing: frozenset[int]) -> bool:
    """Whether UTF-8 text has more delimiters outside of quotation marks than `expected`, if a line ends with one."""
    mark = delimiter.encode()
    if len(mark) > 1:
        return True
    if mark[0] not in closing:
        return False
    found, quoted = 0, False
    for chunk in chunks(path):
        plain, quoted = _outside_quotes(chunk, mark, quoted)
        found += plain
    return found != expected


def _outside_quotes(chunk: bytes, mark: bytes, quoted: bool) -> tuple[int, bool]:
    """How often `mark` stands outside of quotation marks, and whether the chunk ends inside of them."""
    if b'"' not in chunk:
        return (0 if quoted else chunk.count(mark)), quoted
    letters = np.frombuffer(chunk, np.uint8)
    inside = np.logical_xor.accumulate(letters == QUOTE) ^ quoted
    return int(np.count_nonzero((letters == mark[0]) & ~inside)), bool(inside[-1])


def open_text(path: Path) -> IO[str]:
    """UTF-8 text whose line ends are kept as they are; a byte order mark is dropped."""
    return path.open(encoding="utf-8-sig", newline="")


def read_header(file: DeliveredFile, path: Path) -> Header:
    """The header of the file. Raises SourceError when there is none to read, MappingError on missing columns."""
    if file.reading.header:
        return Header(file.reading.header, file.reading.delimiter or ",", 0, 0)
    best: Header | None = None
    for delimiter in (file.reading.delimiter,) if file.reading.delimiter else DELIMITERS:
        header = _header_with(file, path, delimiter)
        if not missing_columns(file, header.names):
            check_header(file, header.names)
            return header
        best = header if best is None or len(header.names) > len(best.names) else best
    assert best is not None
    check_header(file, best.names)
    return best


def _header_with(file: DeliveredFile, path: Path, delimiter: str) -> Header:
    with open_text(path) as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        before = 0
        try:
            for row in reader:
                if row:
                    return Header(
                        tuple(" ".join(name.split()) for name in row), delimiter, before + 1, reader.line_num - before
                    )
                before = reader.line_num
        except csv.Error as error:
            raise SourceError(
                f"The header of {file.name} on line {before + 1} cannot be read: {error}.", "Close its quotation marks."
            ) from error
    raise SourceError(f"{file.name} holds nothing but blank lines.", "Export it again; nothing was changed.")


def header_names(row: Iterable[str]) -> tuple[str, ...]:
    """Column names as people read them: any white space is one blank."""
    return tuple(" ".join(name.split()) for name in row)


def missing_columns(file: DeliveredFile, names: Iterable[str]) -> list[str]:
    """Mapped columns that the header has under none of their names."""
    present = set(names).union(*(lookup.columns for lookup in file.lookups))
    return [accepted[0] for accepted in file.columns.values() if present.isdisjoint(accepted)]


def check_header(file: DeliveredFile, names: tuple[str, ...]) -> None:
    """Raises SourceError on a repeated name and MappingError on a missing one."""
    named = [name for name in names if name]
    if not named:
        raise SourceError(f"The first line of {file.name} names no column.", "Put the names there, or say `header`.")
    if len(names) > MOST_COLUMNS:
        raise SourceError(
            f"{file.name} has {len(names):,} columns; at most {MOST_COLUMNS:,} are read.",
            "Export only the columns that are needed.",
        )
    repeated = sorted({name for name in named if named.count(name) > 1})
    if repeated:
        raise SourceError(
            f"{file.name} has more than one column called {repeated[0][:60]!r}.",
            "Rename one: which is meant is not clear.",
        )
    missing = missing_columns(file, names)
    if missing:
        raise MappingError(
            f"{file.name} has no column {_listed(missing)}; it has {_listed(named)}.", nearest(missing[0], named)
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")
