"""The straight way from CSV to types: DuckDB's reader types numbers and dates itself, and proves that nothing is lost.

It stands only for a file in which every line is accepted and every value is the one that the way over text (etl.typed)
would give. Whatever is not certain is left to that way, for the whole file: a value the reader refuses, an empty cell
that must not be, a date in the future or out of range, an identifier in scientific notation, dates in more than one
layout, numbers with marks of their own. About three times as fast; tests/etl/test_straight.py compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl import typed
from etl.connection import literal
from etl.dates import ISO, TIMES
from etl.entities import Column, Entity
from etl.rawtable import Csv, Raw
from etl.source import Reading

SAMPLE_ROWS = 1000
DATED = ("timestamp", "date")


def build(
    con: duckdb.DuckDBPyConnection,
    entity: Entity,
    raw: Raw,
    columns: Mapping[str, int],
    reading: Reading,
    dates: Mapping[str, str],
    last_day: str,
) -> bool:
    """Makes the table `typed` as etl.typed.build does, or says False and leaves none that counts."""
    delivered = [column for column in entity.columns if column.name in columns]
    if raw.typable is None or not _plain(reading, entity) or len(set(columns.values())) < len(columns):
        return False
    layout = _layout(con, raw, columns, dates)
    if layout is None:
        return False
    try:
        con.execute(_statement(entity, raw, raw.typable, columns, reading, layout))
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False  # a cell the reader could not take: the way over text says which and why
    doubts = " OR ".join(doubt for column in delivered for doubt in _doubts(column, last_day)) or "false"
    found: bool | None = con.execute(f"SELECT bool_or({doubts}) FROM typed").fetchall()[0][0]
    return not found


def _plain(reading: Reading, entity: Entity) -> bool:
    marks = reading.decimal_comma or reading.thousands or reading.timezone or reading.returns
    return not marks and not any(column.open_end for column in entity.columns)


def _layout(
    con: duckdb.DuckDBPyConnection, raw: Raw, columns: Mapping[str, int], dates: Mapping[str, str]
) -> str | None:
    """The one strptime layout of the dated columns in the first rows; empty without dates, None when not certain."""
    found = {_layout_of(con, raw, columns[name], day) for name, day in dates.items() if name in columns}
    return None if len(found) > 1 else next(iter(found), "")


def _layout_of(con: duckdb.DuckDBPyConnection, raw: Raw, place: int, day: str) -> str | None:
    sample = f"(SELECT {typed.clean(raw, place)} AS t FROM {raw.relation} LIMIT {SAMPLE_ROWS})"
    for layout in _layouts(day):
        fits = f"SELECT bool_and(try_strptime(t, {literal(layout)}) IS NOT NULL) FROM {sample} WHERE t IS NOT NULL"
        if con.execute(fits).fetchall()[0][0]:
            return layout
    return None


def _layouts(day: str) -> list[str]:
    """Layouts that etl.dates tries first for their number of colons, so that both ways read the same moment."""
    if "%H" in day or "%I" in day:
        return [day]
    start = "%Y-%m-%d" if day == ISO else day
    plain = [start + times[0] for times in TIMES.values()]
    return plain + [layout.replace(" ", "T") for layout in plain[1:] if day == ISO]


def _statement(entity: Entity, raw: Raw, csv: Csv, columns: Mapping[str, int], reading: Reading, layout: str) -> str:
    places = {column: columns[column.name] for column in entity.columns if column.name in columns}
    # A day is read as a moment too: the reader has one layout for each of the two types.
    types = {
        place: "TIMESTAMP" if column.kind in DATED else column.sql_type
        for column, place in places.items()
        if column.kind in (*DATED, "decimal")
    }
    options = f", timestampformat = {literal(layout)}" if layout else ""
    texts = ", ".join(f"{_cell(column, raw, columns, reading)} AS t_{column.name}" for column in entity.columns)
    values = ", ".join(f"{_value(column, columns, reading)} AS {column.name}" for column in entity.columns)
    return f"""
        CREATE OR REPLACE TEMP TABLE typed AS
        SELECT *, 0 AS mask, {typed.amount(entity)} AS amount, CAST(NULL AS VARCHAR) AS raw_row
        FROM (SELECT line_number, line_span, {values}
              FROM (SELECT line_number, line_span, {texts} FROM {csv.relation(types, options)}))
    """


def _cell(column: Column, raw: Raw, columns: Mapping[str, int], reading: Reading) -> str:
    if column.name in columns and column.kind in (*DATED, "decimal") and column.name not in dict(reading.fixed):
        return f"c{columns[column.name]}"
    return typed.text(column, raw, columns, reading)


def _value(column: Column, columns: Mapping[str, int], reading: Reading) -> str:
    if column.name in columns and column.kind in (*DATED, "decimal"):
        return f"CAST(t_{column.name} AS {column.sql_type})"
    return typed.value(column, reading, {})


def _doubts(column: Column, last_day: str) -> list[str]:
    """Conditions under which a row would not be accepted, or perhaps not as it is."""
    doubts = [f"{column.name} IS NULL"] if column.missing else []
    if column.kind in DATED:
        limits = f"BETWEEN TIMESTAMP '1901-01-01' AND least(TIMESTAMP '2199-12-31', TIMESTAMP {literal(last_day)})"
        doubts.append(f"{column.name} NOT {limits}")
    if column.kind == "id":
        doubts.append(
            f"(contains(lower({column.name}), 'e') AND regexp_full_match({column.name}, {literal(typed.SCIENTIFIC)}))"
        )
    return doubts
