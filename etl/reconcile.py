"""Nothing is lost: every physical line and every amount of a file is in the lake or in the quarantine, as read back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from dashapp.errors import ReconciliationError
from etl.connection import literal
from etl.entities import Entity
from etl.rawtable import Raw
from etl.reasons import LEFT_OUT_MASK

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """Control totals of one batch; amounts are 0 for entities without money."""

    accepted_rows: int
    accepted_lines: int
    rejected_rows: int
    rejected_lines: int
    raw_amount: Decimal
    accepted_amount: Decimal
    rejected_amount: Decimal
    left_out_rows: int
    """Of the rejected rows those a declared rule of the source left out: nothing is wrong with them."""


def read_amount(con: duckdb.DuckDBPyConnection) -> Decimal:
    """The money of `typed`. To be asked as soon as it is built: what is lost from it afterwards is then found."""
    return con.execute("SELECT sum(amount) FROM typed").fetchall()[0][0] or NOTHING


def totals(
    con: duckdb.DuckDBPyConnection, entity: Entity, raw_amount: Decimal, accepted: Path, rejected: Path
) -> Totals:
    """What was read (the table `typed`, its `read_amount`) beside what was written (the files on disk)."""
    lines = con.execute(
        "SELECT coalesce(sum(line_span) FILTER (mask = 0), 0)::BIGINT, "
        "coalesce(sum(line_span) FILTER (mask <> 0), 0)::BIGINT, "
        f"count(*) FILTER (mask <> 0 AND mask & ~{LEFT_OUT_MASK}::BIGINT = 0) FROM typed"
    ).fetchall()[0]
    kept = _read_back(con, sorted(accepted.rglob("*.parquet")), entity.amount)
    set_aside = _read_back(con, [rejected] if rejected.exists() else [], "amount")
    return Totals(kept[0], lines[0], set_aside[0], lines[1], raw_amount, kept[1], set_aside[1], lines[2])


def _read_back(con: duckdb.DuckDBPyConnection, paths: list[Path], amount: str) -> tuple[int, Decimal]:
    if not paths:
        return 0, NOTHING
    listed = ", ".join(literal(str(path)) for path in paths)
    money = f"sum({amount})" if amount else "NULL"
    rows, total = con.execute(f"SELECT count(*), {money} FROM read_parquet([{listed}])").fetchall()[0]
    return rows, total or NOTHING


def prove(name: str, raw: Raw, typed_rows: int, found: Totals) -> None:
    """Raises ReconciliationError unless lines, rows and money of the file `name` add up exactly."""
    lines = raw.header_lines + raw.blank_lines + found.accepted_lines + found.rejected_lines
    if raw.physical_lines != lines:
        raise _error(name, "lines", raw.physical_lines, lines)
    rows = found.accepted_rows + found.rejected_rows
    if typed_rows != rows:
        raise _error(name, "rows", typed_rows, rows)
    money = found.accepted_amount + found.rejected_amount
    if found.raw_amount != money:
        raise _error(name, "money", found.raw_amount, money)


def _error(name: str, what: str, read: object, accounted: object) -> ReconciliationError:
    return ReconciliationError(
        f"{name}: {read} {what} were read, but {accounted} are accounted for.",
        "Nothing was changed. This is a fault of the program or the disk: keep the file and report it.",
    )
