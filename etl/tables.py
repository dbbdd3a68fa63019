"""One SQL file = one table, or a view. The order in which they are built is read from the SQL: who reads whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from dashapp.discovery import documents

SQL = Path(__file__).with_name("sql")
READS = re.compile(r"\b(?:staging|marts)\.\w+\b")
COMMENT = re.compile(r"--.*$", re.MULTILINE)
HEADER = re.compile(r"^-- (grain|sort|kept|mends|retold): (.+)$", re.MULTILINE)
COLUMN = re.compile(r"^-- (\w+) ([A-Z]+(?:\(\d+,\d+\))?): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its defining SELECT."""

    name: str
    "With its schema: staging.orders."
    grain: str
    sort: str
    "Physical order in the snapshot; empty for tables that are not published."
    columns: tuple[tuple[str, str], ...]
    "Declared names and types; empty where the file declares none."
    select: str
    reads: frozenset[str]
    is_view: bool = False
    "`-- kept: no`: written nowhere before the build file. For what is only copied, or costs less to say than to write."
    mends: str = ""
    "`-- mends: customer_key`: the column by whose values newer lines mend it (etl/mend.py); empty: it is made anew."
    changed_in: str = ""
    "`-- mends: month of staging.x`: touched are the values of that column in the rows of x that changed."
    stands: bool = False
    "`-- mends: whole months`: it tells of the months that are over alone, and stays as it is while no line is theirs."

    sums_by: str = ""
    """`-- mends: sums by category, segment`: every other column adds up over customers. The first of them counts, and a
    row goes when nothing is counted any more."""

    retold: tuple[str, str] | None = None
    """`-- retold: segment by customer_key, order_date`: columns that newer lines may change in other rows too, and what
    tells a row from others."""

    @property
    def published(self) -> bool:
        return self.name.startswith("marts.")


def read(path: Path, schema: str) -> Table:
    """The table a file defines. Its first comment states the grain."""
    text = path.read_text(encoding="utf-8")
    headers = dict(HEADER.findall(text))
    select = COMMENT.sub("", text).strip()
    name = f"{schema}.{path.stem}"
    columns = tuple((column, kind) for column, kind, _ in COLUMN.findall(text))
    reads, is_view = frozenset(READS.findall(select)), headers.get("kept") == "no"
    by, _, changed_in = headers.get("mends", "all").partition(" of ")
    stands, sums_by = by == "whole months", by.removeprefix("sums by ") if by.startswith("sums by ") else ""
    by = "" if by == "all" or stands or sums_by else by
    what, _, key = headers.get("retold", "").partition(" by ")
    return Table(
        name, headers["grain"], headers.get("sort", ""), columns, select, reads, is_view, by, changed_in, stands,
        sums_by, (what, key) if key else None,
    )  # fmt: skip


def in_order(tables: Iterable[Table]) -> list[Table]:
    """Every table after those it reads. Raises graphlib.CycleError on a cycle, ValueError on an unknown table."""
    by_name = {table.name: table for table in tables}
    for table in by_name.values():
        if unknown := table.reads - by_name.keys():
            raise ValueError(f"{table.name} reads {', '.join(sorted(unknown))}, which no file defines")
    graph = {name: sorted(table.reads) for name, table in sorted(by_name.items())}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


@cache
def all_tables(folder: Path = SQL) -> tuple[Table, ...]:
    """Every staging and mart table, in building order; read once."""
    schemas = ("staging", "marts")
    return tuple(in_order(read(path, schema) for schema in schemas for path in documents(folder / schema).values()))
