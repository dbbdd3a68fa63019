"""Columns of an entity that lie in a second file: prices in the product list, countries in the list of territories.

The join is on text, before anything is typed: a line whose key is not found lacks the value like a line whose cell is
empty, and is judged, kept or set aside by the same rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from dashapp.errors import MappingError, SourceError
from etl import rawtable
from etl.rawtable import Raw
from etl.source import DeliveredFile, Lookup, Reading, nearest
from etl.textfile import DELIMITERS
from etl.typed import clean


def read(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path, exact: bool = False) -> Raw:
    """The file as text, with the columns it looks up elsewhere. Raises SourceError, MappingError."""
    return joined(con, file, work, lambda: rawtable.read(con, file, work, exact))


def joined(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path, read_lines: Callable[[], Raw]) -> Raw:
    """What `read_lines` gives, with the columns `file` looks up elsewhere. Raises SourceError, MappingError."""
    tables = [_table(con, file, number, work) for number in range(len(file.lookups))]
    raw = read_lines()
    for lookup, table in zip(file.lookups, tables, strict=True):
        raw = _joined(raw, file, lookup, table)
    return raw


def _table(con: duckdb.DuckDBPyConnection, file: DeliveredFile, number: int, work: Path) -> str:
    """Makes a table k0, k1, ..., v0, v1, ... of a lookup of `file`, one row per key, and names it.

    Raises SourceError where a key has two meanings or a line cannot be read, MappingError on a missing column.
    """
    lookup = file.lookups[number]
    names = [column for _, column in lookup.by] + list(lookup.columns)
    # A usual delimiter of the first file says nothing about the second: it is found by the columns.
    delimiter = "" if file.reading.delimiter in DELIMITERS else file.reading.delimiter
    reading = Reading(delimiter=delimiter, encoding=file.reading.encoding)
    second = DeliveredFile(file.entity, lookup.path, {name: (name,) for name in names}, reading)
    raw = rawtable.read(con, second, work, exact=True)
    if raw.broken:
        raise SourceError(
            f"Line {raw.broken[0].line_number} of {second.name} cannot be read.",
            "Correct it: lines of another file need it.",
        )
    places = [raw.names.index(name) for name in names]
    keys = [f"{clean(raw, place)} AS k{n}" for n, place in enumerate(places[: len(lookup.by)])]
    values = [f"{clean(raw, place)} AS v{n}" for n, place in enumerate(places[len(lookup.by) :])]
    name = f"lookup_{number}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT {', '.join(keys + values)} FROM {raw.relation}"
    )
    _require_one_meaning(con, name, second.name, lookup)
    return name


def _require_one_meaning(con: duckdb.DuckDBPyConnection, name: str, file_name: str, lookup: Lookup) -> None:
    keys = ", ".join(f"k{n}" for n in range(len(lookup.by)))
    doubled = con.execute(f"SELECT {keys} FROM {name} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1").fetchall()
    if doubled:
        raise SourceError(
            f"{file_name} has several lines for {', '.join(map(repr, doubled[0]))} that differ in "
            f"{', '.join(lookup.columns)}.",
            "A lookup needs one meaning per key; a history belongs under `prices` or `costs`.",
        )


def _joined(raw: Raw, file: DeliveredFile, lookup: Lookup, name: str) -> Raw:
    """`raw` with the columns of the lookup added at its end. Raises MappingError on an unknown or doubled column."""
    if doubled := sorted(set(raw.names) & set(lookup.columns)):
        raise MappingError(f"{file.name} has a column {doubled[0]!r} of its own.", "Leave it out of the lookup.")
    for column, _ in lookup.by:
        if column not in raw.names:
            raise MappingError(f"{file.name} has no column {column!r} to look up by.", nearest(column, raw.names))
    on = " AND ".join(f"{clean(raw, raw.names.index(column))} = {name}.k{n}" for n, (column, _) in enumerate(lookup.by))
    width = len(raw.names)
    added = ", ".join(f"{name}.v{n} AS c{width + n}" for n in range(len(lookup.columns)))
    relation = f"(SELECT lines.*, {added} FROM {raw.relation} AS lines LEFT JOIN {name} ON {on})"
    return replace(raw, relation=relation, names=(*raw.names, *lookup.columns), ordered="")
