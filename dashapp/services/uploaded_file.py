"""Whether an uploaded file is what its name says, and safe to open: by its ending, its first bytes, its directory.

A workbook is a zip archive. What it would unpack to is read from the archive's own directory, before anything is
unpacked; Python's zipfile never yields more of an entry than that directory says (security.md S-31).
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from dashapp.domain.archives import ENTRIES_LIMIT, RATIO_LIMIT, UNPACKED_LIMIT
from dashapp.errors import InputError

Content = Literal["text", "lines", "workbook", "old_workbook", "parquet"]
FORMATS: dict[str, Content] = {
    "csv": "text",
    "tsv": "text",
    "txt": "text",
    "xlsx": "workbook",
    "xls": "old_workbook",
    "parquet": "parquet",
    "jsonl": "lines",
    "ndjson": "lines",
}
"Ending -> what such a file holds."
DIRECTORY_LIMIT = 1_000_000
"Bytes of the archive's directory: 200 entries take a few thousand."
HEAD_BYTES = 65_536
NAME_LIMIT = 120

_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
_KNOWN = {
    _ZIP: "an Excel workbook or another zip archive",
    _OLE: "an old Excel workbook",
    _PARQUET: "a Parquet file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"MZ": "a program",
    b"\x7fELF": "a program",
}
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _COMMENT_BYTES, _LOCATOR_BYTES = 22, 65_535, 20


@dataclass(frozen=True, slots=True)
class Directory:
    """What a zip archive's own end says of it."""

    entries: int
    bytes: int


def clean_name(name: str) -> str:
    """What to call the file on screen: its last part, printable, at most NAME_LIMIT characters.

    >>> clean_name("../../etc/passwd.csv"), clean_name("C:\\\\orders\\x00.csv"), clean_name("")
    ('passwd.csv', 'orders.csv', 'file')
    """
    last = PurePath(name.replace("\\", "/")).name
    # Format characters could turn the name around on screen.
    plain = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    return plain.strip()[-NAME_LIMIT:] or "file"


def format_of(name: str) -> str:
    """The ending, if it is one of FORMATS. Raises InputError."""
    ending = clean_name(name).rpartition(".")[2].lower()
    if "." not in clean_name(name) or ending not in FORMATS:
        raise InputError(
            f"{clean_name(name)} is not a kind of file that can be loaded.", f"Use one of: {', '.join(FORMATS)}."
        )
    return ending


def check(path: Path, file_format: str, name: str) -> None:
    """Raises InputError unless the content at `path` is of that format and safe to open."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\0 \t\r\n"):
        raise InputError(f"{name} is empty.", "Export it again.")
    wanted = _told(head) if file_format == "xls" else FORMATS[file_format]
    if wanted in ("text", "lines"):
        _check_text(head, name, wanted)
    elif not head.startswith({"workbook": _ZIP, "old_workbook": _OLE, "parquet": _PARQUET}[wanted]):
        raise _other(head, name, file_format)
    if wanted == "workbook":
        check_workbook(path, name)
    if wanted == "parquet" and _tail(path, len(_PARQUET)) != _PARQUET:
        raise InputError(f"{name} is not a whole Parquet file.", "Export it again.")


def _told(head: bytes) -> Content:
    """What a file called .xls holds: shops give that ending to old and new workbooks and to tables with tabs."""
    return "workbook" if head.startswith(_ZIP) else "old_workbook" if head.startswith(_OLE) else "text"


def check_workbook(path: Path, name: str) -> None:
    """Raises InputError for an archive that is no workbook or would unpack to too much."""
    directory = _directory(path)
    if directory is None:
        raise InputError(f"{name} is not a whole workbook.", "Save it again as .xlsx.")
    if directory.entries > ENTRIES_LIMIT or directory.bytes > DIRECTORY_LIMIT:
        raise _bomb(name, f"{directory.entries:,} parts")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, struct.error) as error:
        raise InputError(f"{name} is not a whole workbook.", "Save it again as .xlsx.") from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, min(sum(entry.compress_size for entry in entries), path.stat().st_size))
    if len(entries) > ENTRIES_LIMIT or unpacked > UNPACKED_LIMIT or unpacked > packed * RATIO_LIMIT:
        raise _bomb(name, f"{unpacked / 1e6:,.0f} MB in {len(entries)} parts")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {entry.filename for entry in entries}:
        raise InputError(f"{name} is a zip archive but no workbook.", "Save it again as .xlsx.")


def _bomb(name: str, what: str) -> InputError:
    return InputError(f"{name} would unpack to {what}; that is refused.", "Export the sheet as CSV.")


def _directory(path: Path) -> Directory | None:
    """Read without zipfile, which would take a directory of any size into memory. None where there is no sound end."""
    tail = _tail(path, _END_BYTES + _COMMENT_BYTES + _LOCATOR_BYTES)
    at = tail.rfind(_END)
    # A 64-bit directory stands for more entries or bytes than any workbook has.
    if at < 0 or len(tail) - at < _END_BYTES or tail[max(0, at - _LOCATOR_BYTES) : at].startswith(_END_64):
        return None
    entries, length = struct.unpack_from("<HL", tail, at + 10)
    return Directory(entries, length)


def _tail(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - length))
        return file.read(length)


def _check_text(head: bytes, name: str, wanted: Content) -> None:
    is_utf_16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if any(head.startswith(magic) for magic in _KNOWN) or (b"\0" in head and not is_utf_16):
        raise _other(head, name, "text")
    if wanted == "lines" and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise InputError(f"{name} does not hold one JSON object per line.", "Export it as CSV, or as JSON lines.")


def _other(head: bytes, name: str, wanted: str) -> InputError:
    found = next((words for magic, words in _KNOWN.items() if head.startswith(magic)), "something else")
    return InputError(
        f"{name} is not {'text' if wanted == 'text' else f'a .{wanted} file'} inside: it is {found}.",
        "Give it the ending it was saved with, or export it again.",
    )
