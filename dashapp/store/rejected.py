"""The rows a rehearsal refused, read a piece at a time from the file it left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

VECTORS = 8
"Of 2,048 rows: what is held in memory at once."


def pieces(path: Path) -> Iterator[pd.DataFrame]:
    """Frames with `line_number`, `reasons` (codes, separated by commas), `amount` and `raw_row`, in file order."""
    with duckdb.connect() as connection:
        rows = connection.execute("select line_number, reasons, amount, raw_row from read_parquet(?)", [str(path)])
        while len(piece := rows.fetch_df_chunk(VECTORS)):
            yield piece


def cells(raw_row: Any) -> dict[str, str]:
    """The row by the columns of its file; empty where the line was no row of it.

    >>> cells('{"Order": "7", "Day": null}'), cells('7;8;"9')
    ({'Order': '7', 'Day': ''}, {})
    """
    try:
        found = json.loads(raw_row)
    except (TypeError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): "" if value is None else str(value) for name, value in found.items()}
