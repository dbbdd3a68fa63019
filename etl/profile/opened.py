"""An unknown file as text: its format by its bytes, its sheet, its layout, and the questions these leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from dashapp.errors import SourceError
from etl import fileformat, rawtable, workbook
from etl.profile import encoding, layout
from etl.profile.aliases import is_known
from etl.profile.question import Option, Question
from etl.rawtable import Raw
from etl.source import DeliveredFile, Reading
from etl.textfile import header_names

TEXT_FORMATS = {",": "csv", "\t": "tsv", ";": "semicolon", "|": "bar"}


@dataclass(frozen=True)
class Opened:
    format: str
    "xlsx, parquet, jsonl, csv, tsv, semicolon or bar."
    encoding: str
    encodings: tuple[str, ...]
    delimiter: str
    sheets: tuple[str, ...]
    raw: Raw
    sets: Mapping[str, Any]
    "What a mapping must say to read the file so; without what is asked."
    questions: tuple[Question, ...]


def read(con: duckdb.DuckDBPyConnection, path: Path, given: Mapping[str, Any], work: Path) -> Opened:
    """The file at `path` as text. given: the reading a mapping says already, and its `columns`. Raises SourceError."""
    if not path.is_file():
        raise SourceError(f"{path} is not a file.", "Check the path.")
    match fileformat.of(path):
        case "gzip":
            return read(con, fileformat.unpacked(path, path.name, work), given, work)
        case "parquet":
            return Opened("parquet", "", (), "", (), _raw(con, DeliveredFile("", path, {}), work), {}, ())
        case "workbook":
            return _workbook(con, path, given, work)
        case "jsonl":
            return _json_lines(con, path, given, work)
        case _:
            return _text(con, path, given, work)


def _raw(con: duckdb.DuckDBPyConnection, file: DeliveredFile, work: Path) -> Raw:
    """The file by the fast path where it is proved, else row by row, as the load does it."""
    raw = rawtable.read(con, file, work)
    if raw.proof_rows is None:
        return raw
    try:
        if con.execute(f"SELECT count(*) FROM {raw.relation}").fetchall()[0][0] == raw.proof_rows:
            return raw
    except duckdb.InvalidInputException:
        pass  # a line that is no row
    return rawtable.read(con, file, work, exact=True)


def _json_lines(con: duckdb.DuckDBPyConnection, path: Path, given: Mapping[str, Any], work: Path) -> Opened:
    coded = encoding.detect(path, given.get("encoding", ""))
    questions = (coded.question,) if coded.question else ()
    sets = {} if questions or coded.name == "utf-8" else {"encoding": coded.name}
    raw = _raw(con, DeliveredFile("", path, {}, Reading(encoding=coded.name)), work)
    return Opened("jsonl", coded.name, coded.possible, "", (), raw, sets, questions)


def _text(con: duckdb.DuckDBPyConnection, path: Path, given: Mapping[str, Any], work: Path) -> Opened:
    coded = encoding.detect(path, given.get("encoding", ""))
    mapped = frozenset(given.get("columns", {}).values())
    laid = layout.detect(path, coded.name, given.get("delimiter", ""), mapped)
    header = tuple(given.get("header", ())) or laid.header
    asked = [question for question in laid.questions if question.key not in given]
    questions = ([coded.question] if coded.question else []) + asked
    keys = {question.key for question in questions}
    said = {"encoding": coded.name, "delimiter": laid.delimiter, "header": list(header)}
    sets = {key: value for key, value in said.items() if value and key not in keys and value != "utf-8"}
    file = DeliveredFile("", path, {}, Reading(delimiter=laid.delimiter, encoding=coded.name, header=header))
    return Opened(
        TEXT_FORMATS.get(laid.delimiter, "csv"), coded.name, coded.possible, laid.delimiter, (),
        _raw(con, file, work), sets, tuple(questions),
    )  # fmt: skip


def _workbook(con: duckdb.DuckDBPyConnection, path: Path, given: Mapping[str, Any], work: Path) -> Opened:
    headers = {sheet: _header(path, sheet) for sheet in workbook.sheets(path)}
    filled = {sheet: names for sheet, names in headers.items() if names}
    if not filled:
        raise SourceError(f"{path.name} is empty.", "Export it again; nothing was changed.")
    sheet = given.get("sheet") or max(filled, key=lambda name: sum(map(is_known, filled[name])))
    alike = all(names == filled.get(sheet) for names in headers.values())
    questions = () if alike or given.get("sheet") or len(filled) == 1 else (_which_sheet(filled, sheet),)
    sets = {} if alike or questions else {"sheet": sheet}
    raw = rawtable.read(con, replace(DeliveredFile("", path, {}), sheet=sheet), work)
    return Opened("xlsx", "", (), "", tuple(headers), raw, sets, questions)


def _header(path: Path, sheet: str) -> tuple[str, ...]:
    return header_names(next((row for row in workbook.rows(path, sheet) if any(row)), []))


def _which_sheet(headers: Mapping[str, tuple[str, ...]], likely: str) -> Question:
    ordered = [likely, *(sheet for sheet in headers if sheet != likely)]
    options = tuple(Option(sheet, sheet, " / ".join(headers[sheet])[:120], {"sheet": sheet}) for sheet in ordered)
    return Question("sheet", "", "The sheets of the workbook have different columns. Which one is meant?", options)
