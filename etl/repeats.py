"""Overlapping exports: lines of a later file that an earlier file of the same delivery already holds.

Online Retail II is the example: its two sheets share 22,523 lines of December 2010. A line that occurs twice in
one file is not touched here; the n-th copy in a later file repeats the n-th copy in the earlier ones.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.entities import Entity
from etl.rawtable import Raw
from etl.reasons import BITS
from etl.typed import raw_text
from etl.work import create_view


def mark(con: duckdb.DuckDBPyConnection, entity: Entity, raw: Raw, earlier: list[Path]) -> int:
    """Gives repeated rows of `typed` the reason `repeated_in_later_file`; returns how many there are.

    earlier: folders with the accepted rows of the earlier files.
    """
    paths = [path for folder in earlier for path in sorted(folder.rglob("*.parquet"))]
    names = ", ".join(column.name for column in entity.columns)
    same = " AND ".join(f"late.{column.name} IS NOT DISTINCT FROM early.{column.name}" for column in entity.columns)
    window = (
        f"{entity.moment} BETWEEN (SELECT min({entity.moment}) FROM {{0}}) AND (SELECT max({entity.moment}) FROM {{0}})"
    )
    create_view(con, "earlier", {column.name: column.sql_type for column in entity.columns}, paths)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
        WITH late AS (
            SELECT place, line_number, {names}, row_number() OVER (PARTITION BY {names} ORDER BY line_number) AS copy
            FROM typed WHERE mask = 0 AND {window.format("earlier")}
        ), early AS (
            SELECT {names}, count(*) AS copies FROM earlier WHERE {window.format("typed")} GROUP BY ALL
        )
        SELECT place, line_number FROM late JOIN early ON {same} WHERE copy <= copies
        """
    )
    con.execute(
        f"""
        UPDATE typed_rows SET mask = {BITS["repeated_in_later_file"]}, raw_row = text.raw_row
        FROM (SELECT line_number, {raw_text(raw)} AS raw_row FROM {raw.relation}) AS text
        JOIN repeated ON repeated.line_number = text.line_number
        WHERE typed_rows.rowid = repeated.place
        """
    )
    found: int = con.execute("SELECT count(*) FROM repeated").fetchall()[0][0]
    return found
