"""A table and what its reader needs to know as one file: a zip of two CSV files, made while it is sent.

Why so: docs/adr/0015.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from dashapp.services.cells import csv_text

ZIP = "application/zip"


def explained(lines: Sequence[tuple[str, str]]) -> bytes:
    """(item, text) as a CSV file of two columns."""
    return b"".join(csv_text([pd.DataFrame(lines, columns=["item", "text"])]))


def zipped(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The named files in one archive, piece by piece; none is ever whole in memory."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in members:
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield sink.taken()
    yield sink.taken()


class _Sink:
    """Where an archive is written that nobody can go back in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        written = bytes(self._written)
        self._written.clear()
        return written
