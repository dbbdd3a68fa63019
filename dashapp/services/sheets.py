"""Workbooks: typed cells under a frozen heading, nothing a spreadsheet would run, one sheet that says what it is."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

import pandas as pd
import xlsxwriter

from dashapp.services.cells import safe
from dashapp.settings import Settings

LONGEST_TEXT = 32_767
"Characters in a worksheet cell."
LONGEST_NAME = 31
"Characters in the name of a worksheet."
WIDTH, ABOUT_WIDTH = 18, 110
"Characters."


@contextmanager
def workbook(target: IO[bytes] | Path, folder: Path) -> Iterator[Any]:
    """A book that is written row by row into `target`; what it needs on the way lies in `folder` and is removed."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with tempfile.TemporaryDirectory(dir=folder) as way:
        place = str(target) if isinstance(target, Path) else target
        with xlsxwriter.Workbook(place, options | {"tmpdir": way}) as book:
            yield book


def temporary(settings: Settings) -> tuple[IO[bytes], Path]:
    """A nameless file, gone when closed, and the folder it is in."""
    folder = settings.folder("cache")
    return tempfile.TemporaryFile(dir=folder), folder


class Sheet:
    """One worksheet, written row after row as constant memory demands."""

    def __init__(self, book: Any, name: str, formats: Mapping[str, str] | None = None) -> None:
        """`formats` gives columns a number format."""
        self._book = book
        self._sheet = book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._bold = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._formats = {name: book.add_format({"num_format": text}) for name, text in (formats or {}).items()}
        self._looks: list[Any] = []
        self._row = 0
        self.shortened = 0
        "Cells cut to what a worksheet can hold."

    def write(self, frame: pd.DataFrame, row_formats: Sequence[str] = ()) -> None:
        """Append the rows; the heading comes from the first frame. `row_formats` gives each row a number format."""
        shown = safe(frame)
        if self._row == 0:
            self._looks = [self._formats.get(str(name)) for name in frame]
            self._sheet.set_column(0, max(0, len(shown.columns) - 1), WIDTH)
            for column, name in enumerate(shown.columns):
                self._sheet.write_string(0, column, name, self._bold)
        looks = [self._book.add_format({"num_format": text}) for text in row_formats]
        for place, values in enumerate(shown.itertuples(index=False, name=None)):
            self._row += 1
            if looks:
                self._looks = [looks[place]] * len(values)
            for column, value in enumerate(values):
                self._write(column, value)

    def widen(self, column: int, characters: int) -> None:
        """Make a column wide enough to read."""
        self._sheet.set_column(column, column, characters)

    def _write(self, column: int, value: Any) -> None:
        if pd.isna(value) or (isinstance(value, float) and math.isinf(value)):
            return
        if isinstance(value, date):
            self._sheet.write_datetime(self._row, column, value, self._day)
        elif isinstance(value, str):
            self._sheet.write_string(self._row, column, self._fitting(value))
        else:
            self._sheet.write_number(self._row, column, value, self._looks[column])

    def _fitting(self, text: str) -> str:
        if len(text) <= LONGEST_TEXT:
            return text
        self.shortened += 1
        return text[:LONGEST_TEXT]


def write_about(book: Any, lines: Sequence[tuple[str, str]], shortened: int = 0) -> None:
    """The sheet "About": what the book holds, as (item, text)."""
    cut = ("Shortened cells", f"{shortened} longer than {LONGEST_TEXT:,} characters")
    sheet = Sheet(book, "About")
    sheet.write(pd.DataFrame([*lines, cut], columns=["item", "text"]))
    sheet.widen(1, ABOUT_WIDTH)


def sheet_name(title: str, taken: Sequence[str]) -> str:
    """A title as the name of a worksheet: no more than 31 characters, none that is forbidden, no name twice.

    >>> sheet_name("Sales: new/old", []), sheet_name("About", ["About"])
    ('Sales new old', 'About (2)')
    """
    plain = " ".join(re.sub(r"[\[\]:*?/\\']", " ", title).split())[:LONGEST_NAME].strip() or "Sheet"
    known = {name.casefold() for name in taken}
    name, number = plain, 1
    while name.casefold() in known:
        number += 1
        end = f" ({number})"
        name = plain[: LONGEST_NAME - len(end)].strip() + end
    return name


def number_formats(frame: pd.DataFrame) -> dict[str, str]:
    """How the numbers of a card look: shares in percent, counts whole, the rest with two decimals."""
    return {str(name): _format(str(name), frame[name]) for name in frame if pd.api.types.is_numeric_dtype(frame[name])}


def _format(name: str, column: pd.Series[Any]) -> str:
    if pd.api.types.is_float_dtype(column) and name.startswith(("Share", "Best ")):
        return "0.0%"
    return "#,##0" if (column.dropna() % 1 == 0).all() else "#,##0.00"
