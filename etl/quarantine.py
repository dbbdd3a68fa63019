"""The two places a typed row can go: the lake or the quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from etl.connection import literal
from etl.entities import Entity
from etl.reasons import BITS, REASONS

SHOWN_LINES = 100
LAKE = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 5000"
"""Of a million lines this takes a sixth of the writing away and a twentieth of the file. Ids that are nearly all
distinct gain nothing from a dictionary, but pay for every look into it."""


def unnumbered(lines_before: int) -> str:
    """Name of a file whose rows carry neither batch nor line number: its folder, this name and their order do."""
    return f"after-{lines_before}.parquet"


def write_accepted(con: duckdb.DuckDBPyConnection, entity: Entity, batch_id: str, folder: Path) -> None:
    """Rows of `typed` without a reason, as one Parquet file in `folder`, in the order of the delivered file."""
    folder.mkdir(parents=True, mode=0o700)
    names = ", ".join(column.name for column in entity.columns)
    con.execute(
        f"COPY (SELECT {names}, {literal(batch_id)} AS batch_id, line_number FROM typed WHERE mask = 0) "
        f"TO {literal(str(folder / 'data.parquet'))} ({LAKE})"
    )


def write_rejected(con: duckdb.DuckDBPyConnection, entity: Entity, batch_id: str, file_name: str, path: Path) -> None:
    """Rows of `typed` with a reason, as one Parquet file; each names its reasons and their columns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    con.execute(
        f"COPY (SELECT {literal(batch_id)} AS batch_id, {literal(entity.name)} AS entity, "
        f"{literal(file_name)} AS file_name, line_number, line_span, {_codes()} AS reasons, "
        f"coalesce(columns, []) AS columns, amount, raw_row "
        f"FROM typed WHERE mask <> 0 ORDER BY line_number) "
        f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )


def first_lines(con: duckdb.DuckDBPyConnection, path: Path | None = None) -> list[dict[str, Any]]:
    """The first rejected lines, with the codes of their reasons and what they mean: of `typed`, or of a file."""
    found = f"SELECT line_number, {_codes()} AS reasons FROM typed WHERE mask <> 0"
    if path:
        found = f"SELECT line_number, reasons FROM read_parquet({literal(str(path))})"
    rows = con.execute(f"{found} ORDER BY line_number LIMIT {SHOWN_LINES}").fetchall()
    told = [(line, reasons.split(",")) for line, reasons in rows]
    return [{"line": line, "reasons": codes, "sentences": [REASONS[code] for code in codes]} for line, codes in told]


def _codes() -> str:
    codes = ", ".join(f"CASE WHEN mask & {bit} <> 0 THEN {literal(code)} END" for code, bit in BITS.items())
    return f"concat_ws(',', {codes})"


def reason_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rejected rows of `typed` by reason, the most frequent first."""
    sums = ", ".join(f"count(*) FILTER (mask & {bit} <> 0)" for bit in BITS.values())
    counts = con.execute(f"SELECT {sums} FROM typed WHERE mask <> 0").fetchall()[0]
    found = [(code, count) for code, count in zip(BITS, counts, strict=True) if count]
    return dict(sorted(found, key=lambda item: -item[1]))
