"""What may stand in a cell of an exported file: numbers, dates, and text that no spreadsheet takes for a formula.

OWASP "CSV injection": a cell that begins with = + - @ (also in full width), tab or line break may run when opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

BYTE_ORDER_MARK = "\ufeff"
"Without it Excel reads UTF-8 as the local code page."

_STARTS = re.compile(
    r"[\s\0\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\s\0\u200b-\u200f\u2060\ufeff]*[\t\r\n\0]"
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def safe_text(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet might run it; plain numbers stay, phone numbers do not.

    >>> safe_text("=1+1"), safe_text(" ＠SUM(A1)"), safe_text("+49 170 1234567"), safe_text("-12.5"), safe_text("Ann")
    ("'=1+1", "' ＠SUM(A1)", "'+49 170 1234567", '-12.5', 'Ann')
    """
    return f"'{text}" if _STARTS.match(text) and not _NUMBER.fullmatch(text) else text


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose texts and headings are safe and whose days have no time of day."""
    columns = {safe_text(str(name)): _safe_column(frame[name]) for name in frame}
    return pd.DataFrame(columns, index=frame.index)


def csv_text(frames: Iterable[pd.DataFrame]) -> Iterator[bytes]:
    """UTF-8 lines of the frames under one heading, a piece per frame; missing values are empty, days are ISO dates."""
    is_first = True
    for frame in frames:
        text = safe(frame).to_csv(index=False, header=is_first, lineterminator="\r\n")
        yield ((BYTE_ORDER_MARK if is_first else "") + text).encode()
        is_first = False


def _safe_column(column: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return _days(column)
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map(lambda value: safe_text(value) if isinstance(value, str) else value)


def _days(column: pd.Series[Any]) -> pd.Series[Any]:
    """Dates where every value is a whole day, else the moments as they are."""
    whole = bool((column.dropna() == column.dropna().dt.normalize()).all())
    return column.dt.date.where(column.notna(), None) if whole else column.astype(object).where(column.notna(), None)
