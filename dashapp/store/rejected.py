"""The rows a rehearsal refused, read a piece at a time from the file it left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
