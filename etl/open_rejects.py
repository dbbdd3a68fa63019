"""Rejected rows of a batch, read back as the text they were delivered as."""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb

from dashapp.errors import SourceError
from etl.connection import literal
from etl.lake import Batch, Lake
from etl.rawtable import BLOCK_ROWS, Raw, Table
from etl.reasons import JUDGED

BROKEN = ("wrong_field_count", "bad_quoting", "field_too_long", "bad_json", *JUDGED)
"Such a line has no columns, or its order was judged as a whole: only the file itself can be corrected."
REPEATED = "repeated_in_later_file"
"Such a row counts already, in another file."


@dataclass(frozen=True, slots=True)
class Rejects:
    """Rows of a batch that are still rejected."""

    batch: Batch
    open: int
    "Those that another mapping may read; the table `open_rejects` holds them."
    broken: int
    repeated: int


def still_rejected(con: duckdb.DuckDBPyConnection, lake: Lake, batch: Batch) -> Rejects:
    """Makes the table `open_rejects`: line_number, line_span and raw_row of the rows a mapping may read.

    Raises SourceError where an earlier version did not note how many lines each row covers.
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW rejected AS SELECT *{_span(con, lake, batch)} FROM {_file(lake, batch)}")
    done = [path for item in lake.batches if item.replays == batch.batch_id for path in lake.files_of(item)]
    accepted = ", ".join(literal(str(path)) for path in done)
    replayed = f"(SELECT line_number FROM read_parquet([{accepted}]))" if done else "(NULL)"
    codes, broken = "string_split(reasons, ',')", f"[{', '.join(map(literal, BROKEN))}]"
    kind = (
        f"CASE WHEN list_has_any({codes}, {broken}) THEN 'broken' "
        f"WHEN list_contains({codes}, {literal(REPEATED)}) THEN 'repeated' ELSE 'open' END"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE open_rejects AS SELECT line_number, line_span, raw_row, {kind} AS kind "
        f"FROM rejected WHERE (line_number IN {replayed}) IS NOT TRUE"
    )
    counts = dict(con.execute("SELECT kind, count(*) FROM open_rejects GROUP BY ALL").fetchall())
    con.execute("DELETE FROM open_rejects WHERE kind <> 'open'")
    return Rejects(batch, *(counts.get(name, 0) for name in ("open", "broken", "repeated")))


def _file(lake: Lake, batch: Batch) -> str:
    return f"read_parquet({literal(str(lake.rejects_of(batch)))})"


def _span(con: duckdb.DuckDBPyConnection, lake: Lake, batch: Batch) -> str:
    columns = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {_file(lake, batch)}").fetchall()}
    if "line_span" in columns:
        return ""
    if batch.rejected_lines != batch.rejected_rows:
        raise SourceError(
            f"{batch.file_name} was loaded by a version that did not note which rows cover several lines.",
            "Load the file again with the corrected mapping.",
        )
    return ", 1 AS line_span"


def as_raw(con: duckdb.DuckDBPyConnection, without: frozenset[str]) -> Raw:
    """The rows of `open_rejects` as a file of text, by the file's own column names, `without` some of them."""
    first = con.execute("SELECT raw_row FROM open_rejects ORDER BY line_number LIMIT 1").fetchall()[0][0]
    names = tuple(name for name in json.loads(first) if name not in without)
    lines = con.execute("SELECT sum(line_span)::BIGINT FROM open_rejects").fetchall()[0][0]
    table, last = Table(con, len(names)), 0
    question = "SELECT line_number, line_span, raw_row FROM open_rejects WHERE line_number > ? ORDER BY ALL LIMIT ?"
    while rows := con.execute(question, [last, BLOCK_ROWS]).fetchall():
        for line, span, text in rows:
            row = json.loads(text)
            table.add(line, span, [row[name] for name in names])
        last = rows[-1][0]
        table.flush()
    return Raw("raw", names, lines, 0, 0)
