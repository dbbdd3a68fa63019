"""Newer order lines alone: only the rows they touch are made again, in the tables the refresh before left behind.

A table says with `-- mends: <column>` that a row depends on no rows but those of the same value of that column, in
every table it is read from that has the column. So the same SQL, read over the touched values, gives the rows to put in
place of the old ones. Tables that say `all`, or nothing, are made anew. Anything but newer lines (a correction, an
undo, a replay, other entities, settings or code) makes everything anew, and so does `--force`.

What is mended is the working database of the refresh before. It is kept under the name of the snapshot it led to and
taken, not copied: a refresh that fails or is killed leaves none, and the next one makes everything anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dashapp.settings import Settings
from dashapp.store import fs
from dashapp.store.publish import Published, Warehouse
from etl.key import build_key
from etl.lake import Lake
from etl.tables import Table, all_tables
from etl.work import OF_A_RUN, Connection, Policy

KEPT = ".kept-"
MOST_TOUCHED = 0.2
"Of all lines, those on the days of newer ones: beyond it making everything anew costs about the same."

TOUCHED = {
    "order_date": "select distinct cast(ordered_at as date) as order_date from run.newer",
    "customer_key": """
        select distinct ids.customer_key
        from staging.customer_ids as ids semi join run.newer as newer on newer.customer_id = ids.customer_id""",
    "as_of": """
        select as_of from ((from staging.segment_dates except from kept.segment_dates)
            union all (from kept.segment_dates except from staging.segment_dates))
        union
        select as_of from staging.segment_dates
        where until_month >= (select date_trunc('month', min(ordered_at)) from run.newer)""",
    "month": """
        select distinct cast(date_trunc('month', order_date) as date) as month
        from staging.order_lines
        where order_date >= (select date_trunc('month', min(ordered_at)) from run.newer)""",
}
"""Values that newer lines touch. A day that scores are given on is touched where it is another than before, and where
lines came that count by then; a month from that of the first line on: who bought in it for the first time may be told
of another one now."""

OF_A_MONTH = "order_date >= (select min(month) from run.touched_month)"

LINES = "raw.order_lines"
READS = re.compile(r"\b(?:(?:staging|marts)\.\w+|raw\.order_lines)\b")
STANDING = ("staging.inputs", "staging.segment_dates")
"Tables whose earlier rows are asked for when they have been made anew already."


@dataclass(frozen=True, slots=True)
class Change:
    """Newer lines in a working database that still holds what the refresh before made."""

    connection: Connection
    snapshot: Path
    "File of the snapshot before."
    days: tuple[object, object]
    "First and last day of newer lines."

    def mend(self, table: Table) -> None:
        """Make the touched rows of a table with its own SQL."""
        select = READS.sub(lambda found: self._within(found[0], table.mends), table.select)
        self.put(table, table.name, select)

    def put(self, table: Table, target: str, select: str) -> None:
        """Rows of `select` in place of the touched rows of `target`."""
        touched = self.touched(table.mends)
        self.connection.execute(f"create or replace temp table mended as {select}")
        self.connection.execute(f"delete from {target} where {touched}")
        self.connection.execute(f"insert into {target} from mended")
        self.connection.execute("drop table mended")

    def touched(self, column: str) -> str:
        """The condition for rows of a touched value."""
        self.connection.execute(f"create table if not exists run.touched_{column} as {TOUCHED[column]}")
        return f"{column} in (from run.touched_{column})"

    def _within(self, name: str, column: str) -> str:
        if name == LINES:
            self.touched("order_date")
            first, last = self.days
            return f"""(from {LINES} where ordered_at >= date '{first}' and ordered_at < date '{last}' + 1
                and cast(ordered_at as date) in (from run.touched_order_date))"""
        columns, touched = _columns(self.connection, name), self.touched(column)
        if column == "month" and "order_date" in columns:
            return f"(from {name} where {OF_A_MONTH})"
        return f"(from {name} where {touched})" if column in columns else name


def _columns(connection: Connection, name: str) -> set[str]:
    return {row[0] for row in connection.execute(f"describe {name}").fetchall()}


def _kept(name: str) -> str:
    return name.replace("staging.", "kept.")


def newer(lake: Lake, policy: Policy, settings: Settings, earlier: Published | None) -> list[str]:
    """The batches that came since the `earlier` snapshot, if all that came are newer deliveries of order lines."""
    version = lake.history.version(lake.history.current)
    before = lake.history.version(version.delivery.before) if version and version.delivery.before else None
    if not earlier or not before or build_key(before.batches, policy.counting(), settings) != earlier.build_key:
        return []
    known = {batch.batch_id: batch for batch in before.batches}
    came = [batch for batch in lake.batches if batch.batch_id not in known]
    same = [batch for batch in lake.batches if known.get(batch.batch_id) == batch]
    last = max(batch.delivery for batch in before.batches)
    plain = all(item.entity == "order_lines" and not item.replays and item.delivery > last for item in came)
    return [batch.batch_id for batch in came] if plain and len(same) == len(known) else []


def take(warehouse: Warehouse, draft: Path, earlier: Published | None, batches: list[str]) -> None:
    """Move the working database that led to the `earlier` snapshot to `draft`, where `batches` can mend it.

    Any other one that is kept goes.
    """
    if earlier and batches and place(warehouse, earlier).exists():
        fs.move(place(warehouse, earlier), draft)
    for path in warehouse.folder.glob(f"{KEPT}*"):
        fs.remove(path)


def keep(connection: Connection, draft: Path, target: Path) -> None:
    """Close the working database at `draft` and keep of it what can be mended, as `target`."""
    connection.execute("create schema if not exists kept")
    for name in STANDING:
        connection.execute(f"create or replace table {_kept(name)} as from {name}")
    connection.execute("create or replace table kept.replaced as select count(*) as lines from meta.replaced")
    for (schema,) in connection.execute(OF_A_RUN).fetchall():
        connection.execute(f"drop schema {schema} cascade")
    mended = {table.name for table in all_tables() if table.mends}
    held = "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('staging', 'marts')"
    for (name,) in connection.execute(held).fetchall():
        if name not in mended:
            connection.execute(f"drop table {name}")
    connection.execute("checkpoint")
    connection.close()
    fs.close_to_others(draft)
    fs.move(draft, target)


def place(warehouse: Warehouse, snapshot: Published) -> Path:
    """Where the working database that led to a snapshot is kept."""
    return warehouse.folder / f"{KEPT}{snapshot.snapshot_id}-{duckdb.__version__}.duckdb"


def begin(connection: Connection, batches: list[str], snapshot: Path) -> Change | None:
    """What the lines of `batches` change in a working database that was taken; else it is emptied: None.

    snapshot: file of the snapshot before.
    """
    if connection.execute("select 1 from duckdb_schemas() where schema_name = 'kept'").fetchall():
        listed = ", ".join(f"'{batch}'" for batch in batches)
        connection.execute(f"create table run.newer as from {LINES} where batch_id in ({listed})")
        if _only_adds(connection):
            days = "select cast(min(ordered_at) as date), cast(max(ordered_at) as date) from run.newer"
            return Change(connection, snapshot, connection.execute(days).fetchall()[0])
    for schema in ("staging", "marts"):
        connection.execute(f"drop schema {schema} cascade; create schema {schema}")
    return None


def _only_adds(connection: Connection) -> bool:
    """Whether newer lines came, on few days, that replace none, bring no first cost and renumber no linked customer."""
    inputs = next(table.select for table in all_tables() if table.name == "staging.inputs")
    return connection.execute(
        f"""select
                exists (from run.newer)
                and (select lines from kept.replaced) = (select count(*) from meta.replaced)
                and (select count(*) from ({inputs} except from kept.inputs)) = 0
                and (select has_orders from kept.inputs)
                and not exists (
                    from run.newer as newer
                    semi join run.same_customers as linked on linked.customer_id = newer.customer_id
                    anti join (
                        from {LINES} where batch_id not in (select batch_id from run.newer)
                    ) as line on line.customer_id = newer.customer_id
                )
                and (
                    select count(*) from staging.order_lines where order_date in ({TOUCHED["order_date"]})
                ) <= {MOST_TOUCHED} * (select count(*) from staging.order_lines)"""
    ).fetchall() == [(True,)]
