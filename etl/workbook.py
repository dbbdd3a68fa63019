"""Excel workbooks, .xlsx and the old .xls, as rows of text.

Excel knows no whole numbers: 17850.0 is written 17850, dates as ISO.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import python_calamine

from dashapp.domain.archives import ENTRIES_LIMIT, RATIO_LIMIT, UNPACKED_LIMIT
from dashapp.errors import SourceError
from etl.fileformat import BAD_ARCHIVE, OLE

EXACT_WHOLE_NUMBERS = 1e15
"""Excel keeps 15 digits; beyond that an id is damaged and stays in scientific notation, to be refused."""


def sheets(path: Path) -> list[str]:
    """Names of the sheets, in order. Raises SourceError when the file is no workbook or would explode."""
    return list(_open(path).sheet_names)


def rows(path: Path, sheet: str) -> Iterator[list[str]]:
    """Every row of a sheet from its first, empty ones included, as text."""
    book = _open(path)
    if not book.sheet_names:
        raise SourceError(f"{path.name} has no sheet.", "Save it again as .xlsx or export it as CSV.")
    name = sheet or book.sheet_names[0]
    if name not in book.sheet_names:
        raise SourceError(f"{path.name} has no sheet {name!r}.", f"It has {', '.join(map(repr, book.sheet_names))}.")
    with _readable(path):
        found = book.get_sheet_by_name(name).iter_rows()
    for cells in found:
        yield [as_text(cell) for cell in cells]


def _open(path: Path) -> Any:
    with path.open("rb") as stream:
        packed = not stream.read(8).startswith(OLE)
    if packed:
        check_size(path)
    with _readable(path):
        return python_calamine.CalamineWorkbook.from_path(str(path))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except python_calamine.CalamineError as error:
        raise SourceError(f"{path.name} is not a readable workbook: {error}.", "Save it again as .xlsx.") from error


def check_size(path: Path) -> None:
    """Refuses zip bombs from the directory of the archive, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except BAD_ARCHIVE as error:
        raise SourceError(f"{path.name} is not an Excel workbook.", "Save it as .xlsx or export it as CSV.") from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > ENTRIES_LIMIT or unpacked > UNPACKED_LIMIT or unpacked / packed > RATIO_LIMIT:
        raise SourceError(
            f"{path.name} would unpack to {unpacked / 1e6:,.0f} MB in {len(entries)} parts ({unpacked / packed:.0f} "
            "times its size); that is refused.",
            "Export the sheet as CSV.",
        )


def as_text(cell: Any) -> str:
    """A cell the way a CSV export would hold it.

    >>> as_text(17850.0), as_text(2.55), as_text(None), as_text(True)
    ('17850', '2.55', '', 'TRUE')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_WHOLE_NUMBERS else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
