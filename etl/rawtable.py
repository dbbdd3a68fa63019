"""All text in: any file as columns c0, c1, ... of text with the exact physical line of each row.

CSV takes the fast path through DuckDB and keeps it when the arithmetic proves that one row is one line: no blank
lines, one kind of line end, and as many rows as lines. Otherwise the exact path reads it again, row by row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from dashapp.errors import SourceError
from etl import aligned, fileformat, jsonlines, textfile, workbook
from etl.connection import literal
from etl.scan import Scan, scan
from etl.source import DeliveredFile

BLOCK_ROWS = 50_000


@dataclass(frozen=True)
class Broken:
    """A line that is not a row of the table."""

    line_number: int
    line_span: int
    reason: str
    text: str


@dataclass(frozen=True)
class Row:
    """Fields of one row; none when the line is blank."""

    line_number: int
    line_span: int
    fields: list[str]


@dataclass(frozen=True)
class Raw:
    """A file as text. `relation` is SQL yielding line_number, line_span, c0, c1, ..."""

    relation: str
    names: tuple[str, ...]
    physical_lines: int
    header_lines: int
    blank_lines: int
    broken: tuple[Broken, ...] = ()
    blanks_only: bool = False
    """White space around values can only be blanks, which are twice as fast to trim."""
    bare: bool = False
    """Nor is there a blank around any value; counts with `blanks_only` only."""
    proof_rows: int | None = None
    """Rows the relation must yield for its line numbers to be right; None: they are known to be right."""
    ordered: str = ""
    """SQL yielding c0, c1, ... only, one line each in the order of the file: numbering them would take one thread."""
    canonical: Mapping[str, int] = field(default_factory=dict)
    """Positions of the canonical columns where the source made them itself, beyond those of the file's own `names`."""
    judged: str = ""
    """Column of the relation with the reason mask the source gives a row; empty: it gives none."""

    def places(self, columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
        """Position of each canonical column, given the names it may have; all of them must be there."""
        return {
            column: next(place for place, name in enumerate(self.names) if name in accepted)
            for column, accepted in columns.items()
        }


def read(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path, exact: bool = False) -> Raw:
    """The file as text, by what it holds. Raises SourceError, MappingError."""
    if not file.path.is_file():
        raise SourceError(f"{file.path} is not a file.", "Check the path.")
    match fileformat.of(file.path):
        case "gzip":
            plain = fileformat.unpacked(file.path, file.name, work)
            return read(con, replace(file, path=plain, seen=None), work, exact)
        case "parquet":
            return _parquet(con, file, work)
        case "workbook":
            return _workbook(con, file)
        case "jsonl":
            return _json_lines(con, file, work)
        case _:
            return _text(con, file, work, exact)


def _literal_path(path: Path, work: Path) -> str:
    """The path as SQL; DuckDB would take `orders[1].csv` for a pattern, so such a file gets a plain second name."""
    if not set("*?[{") & set(path.name):
        return literal(str(path))
    plain = work / f"plain{path.suffix}"
    plain.unlink(missing_ok=True)
    plain.symlink_to(path.resolve())
    return literal(str(plain))


def _columns(count: int) -> list[str]:
    return [f"c{position}" for position in range(count)]


def _parquet(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path) -> Raw:
    table = f"read_parquet({_literal_path(file.path, work)}, hive_partitioning = false, file_row_number = true)"
    try:
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {table}").fetchall()
        rows = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    except duckdb.Error as error:
        raise SourceError(f"{file.name} is not a readable Parquet file.", "Write it again.") from error
    names = textfile.header_names(str(row[0]) for row in described)
    textfile.check_header(file, names)
    columns = _columns(len(names))
    # A NaN in a floating column is how pandas writes "missing"; in text it would become the customer "nan".
    texts = ", ".join(
        f"CAST(CASE WHEN NOT isnan({column}) THEN {column} END AS VARCHAR) AS {column}"
        if row[1] in ("DOUBLE", "FLOAT")
        else f"CAST({column} AS VARCHAR) AS {column}"
        for column, row in zip(columns, described, strict=True)
    )
    relation = (
        f"(SELECT line + 1 AS line_number, 1 AS line_span, {texts} FROM {table} AS t({', '.join(columns)}, line))"
    )
    return Raw(relation, names, rows, 0, 0)


def _workbook(con: duckdb.DuckDBPyConnection, file: DeliveredFile) -> Raw:
    lines = enumerate(workbook.rows(file.path, file.sheet), start=1)
    first, header = next(((line, cells) for line, cells in lines if any(cells)), (0, []))
    if not first:
        raise SourceError(f"{file.name} is empty.", "Export it again; nothing was changed.")
    while header and not header[-1].strip():
        header.pop()
    names = textfile.header_names(header)
    textfile.check_header(file, names)
    table, width, last = Table(con, len(names)), len(names), first
    broken, blank = [], first - 1
    for last, cells in lines:
        if any(cells[width:]):
            broken.append(Broken(last, 1, "wrong_field_count", "\t".join(cells)))
        elif any(cells):
            table.add(last, 1, cells[:width])
        else:
            blank += 1
    table.flush()
    return Raw("raw", names, last, 1, blank, tuple(broken))


def _json_lines(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path) -> Raw:
    path, _ = textfile.as_utf8(file, work)
    names = jsonlines.header(path, file.name)
    textfile.check_header(file, names)
    table, broken, blank, number = Table(con, len(names)), [], 0, 0
    for number, line in jsonlines.lines(path):
        if not line.strip():
            blank += 1
            continue
        try:
            found = jsonlines.row(line)
        except jsonlines.NotARow as error:
            broken.append(Broken(number, 1, str(error), line))
        else:
            table.add(number, 1, [found.get(name, "") for name in names])
    table.flush()
    return Raw("raw", names, number, 0, blank, tuple(broken))


def _text(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path, exact: bool) -> Raw:
    path, seen = textfile.as_utf8(file, work)
    if file.reading.delimiter == aligned.BLANKS:
        path = aligned.with_tabs(path, work)
        seen, file = scan(path), replace(file, reading=replace(file.reading, delimiter="\t"))
    header = textfile.read_header(file, path)
    delimiters = seen.physical_lines * (len(header.names) - 1)
    plain = seen.simple_line_ends and not seen.blank_lines and header.lines <= 1
    # DuckDB drops an empty field at the end of a line that has one too many, even when strict.
    if exact or not plain or textfile.has_surplus(path, header.delimiter, delimiters, seen.closing):
        return _exact(con, file, path, seen, header)
    columns = _columns(len(header.names))
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    ordered = (
        f"read_csv({_literal_path(path, work)}, auto_detect = false, header = false, skip = {header.lines}, "
        f"delim = {literal(header.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        f"encoding = 'utf-8', compression = 'none', columns = {{{types}}})"
    )
    number = f"row_number() OVER () + {header.lines} AS line_number, 1 AS line_span"
    relation = f"(SELECT {number}, {', '.join(columns)} FROM {ordered})"
    lines, rows = seen.physical_lines, seen.physical_lines - header.lines
    bare = seen.blanks_only and not seen.padded(header.delimiter)
    return Raw(relation, header.names, lines, header.lines, 0, (), seen.blanks_only, bare, rows, ordered)


def _exact(con: duckdb.DuckDBPyConnection, file: DeliveredFile, path: Path, seen: Scan, header: textfile.Header) -> Raw:
    table, broken, blank = Table(con, len(header.names)), [], 0
    with textfile.open_text(path) as text:
        for row in _rows(file, text, header):
            if isinstance(row, Broken):
                broken.append(row)
            elif row.fields:
                table.add(row.line_number, row.line_span, row.fields)
            else:
                blank += 1
    table.flush()
    return Raw("raw", header.names, seen.physical_lines, header.lines, blank, tuple(broken))


def _rows(file: DeliveredFile, text: Iterable[str], header: textfile.Header) -> Iterator[Row | Broken]:
    """Everything but the header, with the first physical line of each row and how many it covers."""
    seen: list[str] = []
    reader = csv.reader(_remembering(text, seen), delimiter=header.delimiter, strict=True)
    before = 0
    while True:
        seen.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _structural(file, before + 1, reader.line_num - before, str(error), seen)
            before = reader.line_num
            continue
        line, span, before = before + 1, reader.line_num - before, reader.line_num
        if line != header.first_line:
            yield _row(file, line, span, row, len(header.names), seen)


def _row(file: DeliveredFile, line: int, span: int, fields: list[str], width: int, seen: list[str]) -> Row | Broken:
    if not fields or len(fields) == width:
        return Row(line, span, fields)
    if span > 1:
        raise _unclosed(file, line)
    return Broken(line, span, "wrong_field_count", _text_of(seen))


def _remembering(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    for line in lines:
        seen.append(line)
        yield line


def _structural(file: DeliveredFile, line: int, span: int, error: str, seen: list[str]) -> Broken:
    # A quote left open swallows lines until the next quote or the end of the file: which of the lines are
    # data cannot be known, so the file is refused instead of losing them in one reject.
    if span > 1 or "unexpected end of data" in error:
        raise _unclosed(file, line)
    reason = "field_too_long" if "field limit" in error else "bad_quoting"
    return Broken(line, span, reason, _text_of(seen))


def _text_of(seen: list[str]) -> str:
    return "".join(seen).rstrip("\r\n")


def _unclosed(file: DeliveredFile, line: int) -> SourceError:
    return SourceError(
        f"A quotation mark opened on line {line} of {file.name} is not closed properly.",
        "Close or double it and load again; nothing was changed.",
    )


class Table:
    """Collects rows of text and hands them to DuckDB in blocks."""

    def __init__(self, con: duckdb.DuckDBPyConnection, width: int) -> None:
        self.con = con
        self.rows: list[tuple[int | str, ...]] = []
        places = [("line_number", pa.int64()), ("line_span", pa.int64())]
        self.schema = pa.schema(places + [(column, pa.string()) for column in _columns(width)])
        con.register("block", self.schema.empty_table())
        con.execute("CREATE OR REPLACE TEMP TABLE raw AS FROM block")
        con.unregister("block")

    def add(self, line: int, span: int, fields: list[str]) -> None:
        self.rows.append((line, span, *fields))
        if len(self.rows) >= BLOCK_ROWS:
            self.flush()

    def flush(self) -> None:
        if not self.rows:
            return
        columns = zip(zip(*self.rows, strict=True), self.schema, strict=True)
        arrays = [pa.array(values, type=place.type) for values, place in columns]
        self.con.register("block", pa.Table.from_arrays(arrays, schema=self.schema))
        self.con.execute("INSERT INTO raw FROM block")
        self.con.unregister("block")
        self.rows.clear()
