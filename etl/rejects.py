"""Rejected lines by what would repair them: a reason and a column, how many lines and how much money, a few examples.

A line with two reasons stands under both, so the lines of the groups may add up to more than were rejected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from etl.connection import literal
from etl.dates import DateFormat
from etl.entities import ENTITIES, Column
from etl.lake import Batch
from etl.reasons import REASONS, repair
from etl.typed import SCIENTIFIC

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Reject:
    """Lines with one reason in one column."""

    entity: str
    reason: str
    sentence: str
    column: str
    "Name in the file; empty where the whole line is meant."
    canonical: str
    "The key under `values`, where a text can be given a meaning once; empty where it cannot."
    lines: int
    amount: Decimal | None
    "Money of those lines that have a readable quantity and price; None where none has."
    repair: str
    examples: list[dict[str, Any]]
    "One line for each of the most frequent values: file, line, value, lines with it, row as a JSON object in text."

    def told(self) -> str:
        """The group in one line."""
        place = f" in {self.column}" if self.column else ""
        worth = f", amount {self.amount:,.2f}" if self.amount else ""
        texts = ", ".join(repr(example["value"]) for example in self.examples if example["value"])
        shown = f" For example {texts}." if texts else ""
        return f"{self.lines:,} lines rejected{place}{worth}: {self.sentence} {self.repair}{shown}"


def grouped(connection: duckdb.DuckDBPyConnection, batches: Iterable[Batch]) -> list[Reject]:
    """The rejected lines of the batches in `raw.rejects`, those of most lines first."""
    batches = [batch for batch in batches if batch.rejected_rows]
    groups = {
        (batch.entity, reason, canonical, batch.columns.get(canonical, "") or canonical)
        for batch in batches
        for reason in batch.reasons
        for canonical in _columns(batch, reason)
    }
    found = [
        _reject(connection, [batch for batch in batches if _belongs(batch, group)], *group) for group in sorted(groups)
    ]
    return sorted((item for item in found if item.lines), key=lambda item: -item.lines)


def _belongs(batch: Batch, group: tuple[str, str, str, str]) -> bool:
    entity, reason, canonical, column = group
    return batch.entity == entity and reason in batch.reasons and column == (batch.columns.get(canonical) or canonical)


def _columns(batch: Batch, reason: str) -> list[str]:
    """The canonical columns a reason can be about; the empty one for a whole line."""
    columns = ENTITIES[batch.entity].columns
    about = [column.name for column in columns if _about(column, reason)]
    # Batches of earlier versions do not say which columns they had.
    present = [name for name in about if not batch.columns or name in batch.columns]
    return present or about[:1] or [""]


def _about(column: Column, reason: str) -> bool:
    if reason == "scientific_id":
        return column.kind == "id"
    if reason == "future_date":
        return column.kind in ("timestamp", "date") and not column.open_end
    return reason in (column.missing, column.bad)


def _reject(
    connection: duckdb.DuckDBPyConnection, batches: list[Batch], entity: str, reason: str, canonical: str, column: str
) -> Reject:
    # A pointer takes any name; only its own two signs have to be written otherwise.
    pointer = "/" + column.replace("~", "~0").replace("/", "~1")
    value = f"trim(json_extract_string(raw_row, {literal(pointer)}))" if column else "NULL"
    ours = f"""SELECT file_name, line_number, amount, raw_row, {value} AS value FROM raw.rejects
        WHERE list_contains($1, batch_id) AND list_contains(string_split(reasons, ','), $2)"""
    lines = f"FROM ({ours}) WHERE {_guilty(batches[0], reason, canonical)}"
    given = [[batch.batch_id for batch in batches], reason]
    count, amount = connection.execute(f"SELECT count(*), sum(amount) {lines}", given).fetchall()[0]
    # Only a text that was there and could not be read can be given a meaning.
    told = canonical if reason.startswith("bad_") else ""
    return Reject(
        entity,
        reason,
        REASONS[reason],
        column,
        told,
        count,
        amount,
        repair(reason),
        _examples(connection, lines, given),
    )


def _guilty(batch: Batch, reason: str, canonical: str) -> str:
    """SQL that tells whose fault it is where a reason can be about several columns."""
    if len(_columns(batch, reason)) < 2:
        return "true"
    if reason == "scientific_id":
        return f"regexp_full_match(value, {literal(SCIENTIFIC)})"
    if reason == "bad_date" and canonical in batch.date_formats:
        return f"value <> '' AND ({DateFormat(batch.date_formats[canonical], 'UTC').sql('value')}) IS NULL"
    return "true"


def _examples(connection: duckdb.DuckDBPyConnection, lines: str, given: list[Any]) -> list[dict[str, Any]]:
    by_value = f"""SELECT arg_min(file_name, line_number) AS file, min(line_number) AS line, value,
        count(*) AS lines, arg_min(raw_row, line_number) AS row {lines} GROUP BY value"""
    if not connection.execute(f"SELECT 1 {lines} AND value <> '' LIMIT 1", given).fetchall():
        by_value = f"SELECT file_name AS file, line_number AS line, value, 1 AS lines, raw_row AS row {lines}"
    found = connection.execute(f"{by_value} ORDER BY lines DESC, line LIMIT {EXAMPLES}", given).fetchall()
    return [dict(zip(("file", "line", "value", "lines", "row"), row, strict=True)) for row in found]
