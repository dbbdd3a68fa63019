"""One pass from text to types: typed columns, a mask of reasons, the physical line and the raw text of what failed.

Every cast takes wrapped text (`try_cast(nullif(trim(c), '') AS T)`), never a bare column of read_csv.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import duckdb

from etl import amounts
from etl.connection import literal
from etl.dates import DateFormat, countable
from etl.entities import Column, Entity
from etl.quarantine import LAKE, unnumbered
from etl.rawtable import Raw
from etl.reasons import BITS
from etl.source import Reading

WHITESPACE = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
MOST_MONEY = 10**11
"""Quantity times price has 18 digits in a snapshot, 7 of them behind the point."""
ROUNDED_BIT = 40
"""Above every reason; the bits above it name columns."""
Blamed = Sequence[tuple[str, str]]
"""Columns of the file by name, each with SQL of whether it gave a reason."""
SCIENTIFIC = r"[0-9]+(\.[0-9]+[eE]\+?|[eE]\+)[0-9]+"


def clean(raw: Raw, position: int) -> str:
    """SQL of the text in column `position`: white space around it removed, NULL only when nothing is left."""
    text = f"c{position}"
    if not raw.blanks_only:
        return f"nullif(trim({text}, {WHITESPACE}), '')"
    if raw.bare:
        return f"nullif({text}, '')"
    # To look for a blank at either end is half the work of trimming what has none.
    return f"nullif(CASE WHEN {text} < '!' OR suffix({text}, ' ') THEN trim({text}) ELSE {text} END, '')"


def delivered(column: Column, raw: Raw, position: int, reading: Reading) -> str:
    """SQL of the text to read for `column`: as delivered, or what the mapping reads in its place.

    The year 9999 of an end that is open is no date.
    """
    text = clean(raw, position)
    if said := dict(reading.values).get(column.name):
        cases = " ".join(f"WHEN {literal(value)} THEN nullif({literal(read)}, '')" for value, read in said)
        text = f"(CASE {text} {cases} ELSE {text} END)"
    return f"CASE WHEN NOT contains({text}, '9999') THEN {text} END" if column.open_end else text


def build(
    con: duckdb.DuckDBPyConnection,
    entity: Entity,
    raw: Raw,
    columns: Mapping[str, int],
    reading: Reading,
    dates: Mapping[str, str],
    last_day: str,
    target: Path | None = None,
) -> None:
    """Makes `typed`: line_number, line_span, the columns, mask, amount, rounded, raw_row, columns.

    columns: canonical name -> position in `raw`; dates: canonical name -> day format; last_day: ISO date, later
    dates are rejected as being in the future. The column `columns` lists those of the file that gave the reasons.
    target: a folder where the rows are written once, as Parquet, if nobody has to number them; otherwise, and without
    it, they are the table `typed_rows`.
    """
    if target:
        shutil.rmtree(target, ignore_errors=True)
    texts = ", ".join(f"{_text(column, raw, columns, reading)} AS t_{column.name}" for column in entity.columns)
    found = _dated(entity, dates)
    parsed = "".join(f", {_format(dates, n, reading).moment(f't_{n}')} AS m_{n}" for n in found)
    types = ", ".join(f"{_value(column, reading, dates)} AS {column.name}" for column in entity.columns)
    bits = {column.name: _bits(entity, column, last_day) for column in entity.columns}
    mask = " | ".join(bits.values()) or "0"
    if raw.judged:
        mask = f"CASE WHEN {raw.judged} <> 0 THEN {raw.judged} ELSE {mask} END"
    blamed = [(_called(raw, columns, name), f"({found}) <> 0") for name, found in bits.items() if found != "0"]
    counted = bool(raw.ordered) and not any("{line}" in value for _, value in reading.fixed)
    rounded = " OR ".join(_rounded(column, reading) for column in entity.columns if column.kind == "decimal") or "false"
    # Each level computes a column once, however often those above it name it.
    rows = f"""(
        SELECT *, {rounded} AS rounded, CASE WHEN mask <> 0 THEN {raw_text(raw)} END AS raw_row
        FROM (SELECT *, {mask} AS mask
              FROM (SELECT *, {_amount(entity)} AS amount
                    FROM (SELECT *, {types}
                          FROM (SELECT *{parsed}
                                FROM (SELECT *, {texts} FROM {raw.ordered if counted else raw.relation}))))))"""
    if target and counted:
        told = {column.name for column in entity.columns if column.name in {*columns, *dict(reading.fixed)}}
        path = target / unnumbered(raw.header_lines)
        held, place = _written(con, entity, rows, told, blamed, path), "file_row_number"
    else:
        held, place = _kept(con, entity, rows, blamed, counted), "rowid"
    # Rows that were written in order are numbered in that order: nobody has to count them one by one.
    number = f"{place} + {raw.header_lines + 1} AS line_number, 1 AS line_span, " if counted else ""
    shown = f"{number}*, {_amount(entity)} AS amount, {place} AS place"
    con.execute(f"CREATE OR REPLACE TEMP VIEW typed AS SELECT {shown} FROM {held}")
    _add_broken(con, raw)


def _kept(con: duckdb.DuckDBPyConnection, entity: Entity, rows: str, blamed: Blamed, counted: bool) -> str:
    """Makes the table `typed_rows`."""
    names = ", ".join(column.name for column in entity.columns)
    lines = "" if counted else "line_number, line_span, "
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE typed_rows AS
            SELECT {lines}{names}, mask, rounded, raw_row, CASE WHEN mask <> 0 THEN {_names(blamed)} END AS columns
            FROM {rows}"""
    )
    return "typed_rows"


def _written(
    con: duckdb.DuckDBPyConnection,
    entity: Entity,
    rows: str,
    told: Container[str],
    blamed: Blamed,
    path: Path,
) -> str:
    """Writes the columns that are `told`, once, as Parquet; SQL of what `typed_rows` would be.

    A column costs its writing even where all of it is the same: what is wrong with a row is one number for all reasons,
    all columns and whether it was rounded, and what every row has in common is told by the name of the file.
    """
    con.execute("DROP TABLE IF EXISTS typed_rows")
    path.parent.mkdir(parents=True, mode=0o700)
    names = ", ".join(column.name for column in entity.columns if column.name in told)
    bits = [1 << ROUNDED_BIT + 1 + place for place in range(len(blamed))]
    whose = " | ".join(f"CASE WHEN {is_so} THEN {bit} ELSE 0 END" for bit, (_, is_so) in zip(bits, blamed, strict=True))
    con.execute(
        f"""COPY (
            SELECT {names}, raw_row, mask | CASE WHEN rounded THEN {1 << ROUNDED_BIT} ELSE 0 END
                | CASE WHEN mask <> 0 THEN {whose or 0} ELSE 0 END AS flaws
            FROM {rows}) TO {literal(str(path))} ({LAKE})"""
    )
    typed = ", ".join(
        column.name if column.name in told else f"CAST(NULL AS {column.sql_type}) AS {column.name}"
        for column in entity.columns
    )
    names = _names([(name, f"flaws & {bit} <> 0") for bit, (name, _) in zip(bits, blamed, strict=True)])
    return f"""(SELECT {typed}, flaws & {(1 << ROUNDED_BIT) - 1} AS mask, flaws & {1 << ROUNDED_BIT} <> 0 AS rounded,
            raw_row, CASE WHEN raw_row IS NOT NULL THEN {names} END AS columns, file_row_number
        FROM read_parquet({literal(str(path))}, hive_partitioning = false, file_row_number = true))"""


def _names(blamed: Blamed) -> str:
    """SQL of the list of the names whose condition holds."""
    named = ", ".join(f"CASE WHEN {holds} THEN {literal(name)} END" for name, holds in blamed)
    return f"list_filter(CAST([{named}] AS VARCHAR[]), lambda c: c IS NOT NULL)"


def _called(raw: Raw, columns: Mapping[str, int], name: str) -> str:
    """What the file calls a canonical column; its own name where the source made it."""
    place = columns.get(name, len(raw.names))
    return raw.names[place] if place < len(raw.names) else name


def raw_text(raw: Raw) -> str:
    """SQL of a row as a JSON object of its text, by the file's own column names."""
    cells = ", ".join(f"{literal(name or f'column {n + 1}')}, coalesce(c{n}, '')" for n, name in enumerate(raw.names))
    return f"CAST(json_object({cells}) AS VARCHAR)"


def _amount(entity: Entity) -> str:
    return f"CAST({entity.amount or 'NULL'} AS DECIMAL(26, 7))"


def _dated(entity: Entity, dates: Mapping[str, str]) -> list[str]:
    return [column.name for column in entity.columns if column.kind in ("timestamp", "date") and column.name in dates]


def _format(dates: Mapping[str, str], name: str, reading: Reading) -> DateFormat:
    return DateFormat(dates[name], reading.timezone)


def _text(column: Column, raw: Raw, columns: Mapping[str, int], reading: Reading) -> str:
    fixed = dict(reading.fixed)
    if column.name in fixed:
        value = literal(fixed[column.name])
        return f"replace({value}, '{{line}}', CAST(line_number AS VARCHAR))" if "{line}" in value else value
    if column.name not in columns:
        return "CAST(NULL AS VARCHAR)"
    text = delivered(column, raw, columns[column.name], reading)
    return amounts.plain(text, reading.signs) if reading.signs and column.kind == "decimal" else text


def _value(column: Column, reading: Reading, dates: Mapping[str, str]) -> str:
    text = f"t_{column.name}"
    match column.kind:
        case "id" if reading.whole_number_ids:
            return f"CASE WHEN {text}[-2:] = '.0' THEN regexp_replace({text}, '^([0-9]+)\\.0$', '\\1') ELSE {text} END"
        case "decimal" if column.name == "quantity" and reading.returns:
            return f"-abs(try_cast({number(text, reading)} AS {column.sql_type}))"
        case "decimal":
            return f"try_cast({number(text, reading)} AS {column.sql_type})"
        case "timestamp" | "date" if column.name in dates:
            return f"CAST({countable(f'm_{column.name}')} AS {column.sql_type})"
        case "place" if reading.unknown_words:
            words = ", ".join(literal(word.lower()) for word in reading.unknown_words)
            return f"CASE WHEN lower({text}) NOT IN ({words}) THEN {text} END"
    return f"CAST({text} AS {column.sql_type})"


def number(text: str, reading: Reading) -> str:
    """SQL of the number as `1234.5`, NULL for what only looks like one.

    A thousands mark is removed only from whole groups of three: 12.50 in a file with decimal commas is no 1250.
    """
    guard = f"NOT contains({text}, '_')"
    decimal = "," if reading.decimal_comma else "."
    if reading.thousands:
        mark = re.escape(reading.thousands)
        grouped = rf"[+-]?[0-9]{{1,3}}({mark}[0-9]{{3}})+({re.escape(decimal)}[0-9]*)?"
        guard += f" AND (NOT contains({text}, {literal(reading.thousands)})"
        guard += f" OR regexp_full_match({text}, {literal(grouped)}))"
        number = f"replace({text}, {literal(reading.thousands)}, '')"
    else:
        number = text
    if reading.decimal_comma:
        guard += "" if reading.thousands == "." else f" AND NOT contains({text}, '.')"
        number = f"replace({number}, ',', '.')"
    return f"CASE WHEN {guard} THEN {number} END"


def _rounded(column: Column, reading: Reading) -> str:
    """SQL of whether the text says more digits than the type keeps; the noise of binary numbers is none."""
    text, scale = f"t_{column.name}", column.sql_type.rpartition(",")[2].rstrip(")")
    point = f"strpos({text}, '{',' if reading.decimal_comma else '.'}')"
    noise = f"abs(try_cast({number(text, reading)} AS DOUBLE) - {column.name}) < 1e-9"
    # One after the other: few texts are long enough, and of a conjunction every part is computed for every row.
    more = f"CASE WHEN {point} > 0 AND length({text}) - {point} > {scale} THEN NOT {noise} END"
    return f"coalesce(CASE WHEN length({text}) > {int(scale) + 1} THEN {more} END, false)"


def _bits(entity: Entity, column: Column, last_day: str) -> str:
    text, bits = f"t_{column.name}", []
    if column.missing:
        bits.append(f"CASE WHEN {text} IS NULL THEN {BITS[column.missing]} ELSE 0 END")
    if column.bad:
        bits.append(f"CASE WHEN {text} IS NOT NULL AND {column.name} IS NULL THEN {BITS[column.bad]} ELSE 0 END")
    if column.kind == "id":
        bits.append(f"CASE WHEN {_scientific(text)} THEN {BITS['scientific_id']} ELSE 0 END")
    if column.kind in ("timestamp", "date") and not column.open_end:
        late = f"CAST({column.name} AS DATE) > DATE {literal(last_day)}"
        bits.append(f"CASE WHEN {late} THEN {BITS['future_date']} ELSE 0 END")
    if column.kind == "decimal" and column.name in entity.amount:
        bits.append(f"CASE WHEN abs(amount) >= {MOST_MONEY} THEN {BITS['too_much_money']} ELSE 0 END")
    return " | ".join(bits) or "0"


def _scientific(text: str) -> str:
    """SQL of whether an id is a number in scientific notation, the cheap questions first."""
    has_e = f"contains({text}, 'e') OR contains({text}, 'E')"
    return (
        f"CASE WHEN {text} < ':' THEN CASE WHEN {has_e} THEN regexp_full_match({text}, {literal(SCIENTIFIC)}) END END"
    )


def _add_broken(con: duckdb.DuckDBPyConnection, raw: Raw) -> None:
    if raw.broken:
        con.executemany(
            "INSERT INTO typed_rows (line_number, line_span, mask, raw_row) VALUES (?, ?, ?, ?)",
            [(b.line_number, b.line_span, BITS[b.reason], json.dumps({"line": b.text})) for b in raw.broken],
        )
