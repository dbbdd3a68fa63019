"""An .xls file written by hand: a compound file (MS-CFB) that holds one BIFF8 workbook with one sheet (MS-XLS)."""

from __future__ import annotations

import struct

SECTOR = 512
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def xls(rows: list[list[str | float]], sheet: str = "Orders") -> bytes:
    """Text as LABEL and numbers as NUMBER records."""
    name = sheet.encode()
    globals_size = len(_bof(5)) + 4 + 8 + len(name) + 4
    bound = struct.pack("<IBBBB", globals_size, 0, 0, len(name), 0) + name
    book = _bof(5) + _record(0x85, bound) + _record(0x0A, b"")
    cells = b"".join(_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    return _compound(book + _bof(0x10) + _record(0x200, size) + cells + _record(0x0A, b""))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 1996, 0, 0x600))


def _cell(row: int, column: int, value: str | float) -> bytes:
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)
    return _record(0x203, struct.pack("<HHHd", row, column, 0, value))


def _compound(stream: bytes) -> bytes:
    """Sector 0: the allocation table, 1: the directory, from 2: the stream, 4096 bytes or more (no short sectors)."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    table = [FAT, END, *range(3, 2 + count), END]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    allocation = struct.pack("<128I", *table, *[FREE] * (128 - len(table)))
    directory = _entry("Root Entry", 5, child=1, start=END, size=0) + _entry("Workbook", 2, NONE, 2, len(stream))
    return header + allocation + directory.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<III", NONE, NONE, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
