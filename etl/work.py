"""The working database of one refresh: the lake as raw views, the rules of this run as tables, room for the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from dashapp.settings import Settings
from dashapp.store import links
from etl import corrections, replays
from etl.entities import ENTITIES
from etl.lake import Lake
from etl.reasons import LEFT_OUT
from etl.rows import insert

Connection = duckdb.DuckDBPyConnection

ORIGIN = {"batch_id": "VARCHAR", "line_number": "BIGINT"}
"What every accepted row carries besides its own columns."
PLACED = {
    "batch_id": "parse_path(filename)[-2]",
    "line_number": "try_cast(regexp_extract(filename, 'after-([0-9]+)', 1) as bigint) + file_row_number + 1",
}

REJECTS = {
    "batch_id": "VARCHAR", "entity": "VARCHAR", "file_name": "VARCHAR", "line_number": "BIGINT", "reasons": "VARCHAR",
    "columns": "VARCHAR[]", "amount": "DECIMAL(28,2)", "raw_row": "VARCHAR",
}  # fmt: skip

BATCHES = """
    create table meta.batches (
        batch_id VARCHAR, entity VARCHAR, source VARCHAR, file_name VARCHAR, file_sha256 VARCHAR, loaded_at TIMESTAMP,
        physical_lines BIGINT, header_lines BIGINT, blank_lines BIGINT, accepted_lines BIGINT, rejected_lines BIGINT,
        raw_amount DECIMAL(38,7), accepted_amount DECIMAL(38,7), rejected_amount DECIMAL(38,7),
        accepted_rows BIGINT, rejected_rows BIGINT, replays VARCHAR, left_out_rows BIGINT, rounded_rows BIGINT
    )"""

COUNT_REPLACED = """
    create or replace table meta.batches as
    select
        batch.*,
        cast(coalesce(replaced.lines, 0) as bigint) as replaced_rows,
        cast(replaced.amount as decimal(38, 7)) as replaced_amount,
        cast(coalesce(replayed.lines, 0) as bigint) as replayed_rows,
        cast(replayed.amount as decimal(38, 7)) as replayed_amount,
        cast(coalesce(left_out.lines, 0) as bigint) as still_left_out_rows,
        cast(left_out.amount as decimal(38, 7)) as left_out_amount
    from meta.batches as batch
    left join (
        select batch_id, count(*) as lines, sum(amount) as amount from meta.replaced group by batch_id
    ) as replaced on replaced.batch_id = batch.batch_id
    left join (
        select batch_id, count(*) as lines, sum(amount) as amount from meta.replayed group by batch_id
    ) as replayed on replayed.batch_id = batch.batch_id
    left join (
        select batch_id, count(*) as lines, sum(amount) as amount
        from raw.rejects
        where list_has_all($left_out, string_split(replace(reasons, ' ', ''), ','))
        group by batch_id
    ) as left_out on left_out.batch_id = batch.batch_id"""
"""Accepted rows of a batch that a later delivery replaced: they stay in the lake and do not count. Rejected rows that
were replayed: accepted in the batch that `replays` this one, and no longer rejected. Rejected rows that only a declared
rule of the source leaves out."""


OF_A_RUN = """
    select schema_name from duckdb_schemas()
    where not internal and database_name = current_database()
        and schema_name not in ('main', 'staging', 'marts', 'kept')"""
"Schemas of an earlier refresh that say nothing of this one."

STATEMENTS = {
    "day": "A day is the shop's own calendar day; the data ends with the last day that has a sale.",
    "purchase": "A day is a purchase when a line has a quantity and a price above zero; orders of one day merge.",
    "returns": "A return lowers the value of the purchase it follows and never counts as a purchase.",
    "charges": "Charge codes such as postage and fees count as money, not as goods, products or purchases.",
    "adjustments": "Lines without quantity or price, or with a negative price, count as money only.",
    "unidentified": "Lines without a customer count in sales and stay out of customer figures and CLV.",
    "duplicates": "Exactly equal lines are kept, and counted by a check.",
    "linked": "Customer numbers that an operator linked count as one customer, under the lexically first of them.",
    "countries": "A customer belongs to the country and channel of the first purchase; sales to those of the order.",
    "rounding": "Quantity times price is rounded to cents per line.",
}
"Fixed rules, in words for the reader; the SQL files are their meaning."


@dataclass(frozen=True, slots=True)
class Policy:
    """What this run counts as what; it is published with the snapshot."""

    started_at: datetime
    "UTC, without zone: the only clock of the run."
    max_reject_share: float
    non_product_codes: tuple[str, ...]
    zero_price_is_purchase: bool
    "True where the source has purchases without a price that count (CDNOW)."
    links: tuple[tuple[str, str], ...] = ()
    "Pairs of customer ids that count as one customer."

    def counting(self) -> dict[str, object]:
        """The part that shapes the content: everything but the clock."""
        return {name: value for name, value in asdict(self).items() if name != "started_at"}


@contextmanager
def working(path: Path, lake: Lake, policy: Policy, settings: Settings) -> Iterator[Connection]:
    """An open working database with raw.*, run.* and meta.batches; removed on the way out.

    One that is there already keeps its staging and mart tables.
    """
    connection = duckdb.connect(os.fspath(path), config=_config(path, settings))
    try:
        # DuckDB 2.0.0 loses rows when it pushes casts into a scan (duckdb issue 23818).
        connection.execute("SET disabled_optimizers='type_pushdown'")
        # The file is removed on the way out, or was checkpointed to be kept (etl/mend.py).
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        for (schema,) in connection.execute(OF_A_RUN).fetchall():
            connection.execute(f"drop schema {schema} cascade")
        for schema in ("raw", "run", "staging", "marts", "quality", "meta", "backtest", "ledger"):
            connection.execute(f"create schema if not exists {schema}")
        _open_lake(connection, lake)
        _state_rules(connection, policy, settings)
        yield connection
    finally:
        connection.close()
        for leftover in (path, path.with_name(path.name + ".wal")):
            leftover.unlink(missing_ok=True)


def _config(path: Path, settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "temp_directory": os.fspath(path.with_name(path.name + "-spill")),
        "memory_limit": settings.refresh_memory_limit,
        "threads": str(settings.duckdb_threads),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }


def _open_lake(connection: Connection, lake: Lake) -> None:
    for name, entity in ENTITIES.items():
        columns = ORIGIN | {column.name: column.sql_type for column in entity.columns}
        create_view(connection, f"raw.{name}_accepted", columns, lake.files(name))
    create_view(connection, "raw.all_rejects", REJECTS, lake.rejects())
    connection.execute(BATCHES)
    rows = [[_plain(getattr(batch, name)) for name in _batch_columns(connection)] for batch in lake.batches]
    insert(connection, "meta.batches", rows)
    corrections.find(connection, lake)
    replays.find(connection, lake)
    connection.execute(COUNT_REPLACED, {"left_out": list(LEFT_OUT)})
    for name in ENTITIES:
        connection.execute(
            f"create view raw.{name} as select * from raw.{name}_accepted as line {_active(connection, name)}"
        )


def _active(connection: Connection, entity: str) -> str:
    """The anti join that leaves replaced rows out, where there are any: it costs a scan per view."""
    if not connection.execute("select count(*) from meta.replaced where entity = ?", [entity]).fetchall()[0][0]:
        return ""
    return f"""anti join (from meta.replaced where entity = '{entity}') as replaced
        on replaced.batch_id = line.batch_id and replaced.line_number = line.line_number"""


def _batch_columns(connection: Connection) -> list[str]:
    return [row[0] for row in connection.execute("describe meta.batches").fetchall()]


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def create_view(connection: Connection, name: str, columns: dict[str, str], files: Sequence[Path]) -> None:
    """A typed view over Parquet files, NULL where files of an earlier version lack a column; may be empty.

    Rows without batch and line number (`quarantine.unnumbered`) have them by where they lie.
    """
    if files:
        listed = ", ".join("'" + os.fspath(file).replace("'", "''") + "'" for file in files)
        options = "union_by_name=true, hive_partitioning=false, filename=true, file_row_number=true"
        origin = f"read_parquet([{listed}], {options})"
        present = {row[0] for row in connection.execute(f"describe select * from {origin}").fetchall()}
        told = {column: column if column in present else "null" for column in columns}
        if "batch_id" in columns and any(file.name.startswith("after-") for file in files):
            told |= {column: f"coalesce({told[column]}, {PLACED[column]})" for column in ORIGIN}
        cast = ", ".join(f"cast({told[column]} as {kind}) as {column}" for column, kind in columns.items())
        connection.execute(f"create or replace view {name} as select {cast} from {origin}")
    else:
        empty = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in columns.items())
        connection.execute(f"create or replace view {name} as select {empty} where false")


def _state_rules(connection: Connection, policy: Policy, settings: Settings) -> None:
    connection.execute(
        """create table run.policy as select
            cast($started_at as timestamp) as started_at,
            cast($max_reject_share as double) as max_reject_share,
            cast($zero_price_is_purchase as boolean) as zero_price_is_purchase,
            cast($margin_share as double) as margin_share""",
        {
            "started_at": policy.started_at,
            "max_reject_share": policy.max_reject_share,
            "zero_price_is_purchase": policy.zero_price_is_purchase,
            "margin_share": settings.gross_margin,
        },
    )
    connection.execute(
        "create table run.non_product_codes as select distinct upper(unnest(cast($codes as varchar[]))) as code",
        {"codes": list(policy.non_product_codes)},
    )
    connection.execute("create table run.customers_before as select cast(0 as uinteger) as keys")
    linked = links.groups(policy.links)
    connection.execute(
        """create table run.same_customers as
           select unnest(cast($ids as varchar[])) as customer_id, unnest(cast($persons as varchar[])) as person""",
        {"ids": list(linked), "persons": list(linked.values())},
    )
