"""Newer order lines alone: only the rows they touch are made again, in the tables the refresh before left behind.

A table says with `-- mends: <column>` that a row depends on no rows but those of the same value of that column, in
every table it is read from that has the column. So the same SQL, read over the touched values, gives the rows to put in
place of the old ones. `<column> of <table>` says which rows those are: the ones that differ in that table, which was
mended before. `whole months` says that no line after the last month that is over is counted, `sums by` that rows add up
over customers (etl/sums.py). Tables that say `all`, or nothing, are made anew. Anything but newer lines (a correction,
an undo, a replay, other entities, settings or code) makes everything anew, and so does `--force`.

What is mended is the working database of the refresh before. It is kept under the name of the snapshot it led to and
taken, not copied: a refresh that fails or is killed leaves none, and the next one makes everything anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
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
        from staging.customer_ids as ids semi join run.newer as newer on newer.customer_id = ids.customer_id
        union
        select line.customer_key
        from staging.order_lines as line semi join run.newer as newer on newer.order_id = line.refunded_order_id
        where line.customer_key is not null""",
    "customer_id": "select distinct customer_id from run.newer anti join staging.customer_arrivals using (customer_id)",
    "product_id": "select distinct product_id from run.newer anti join staging.product_arrivals using (product_id)",
    "retold": """
        from run.touched_customer_key
        union
        select now.customer_key
        from staging.segments as now left join kept.segments as before on before.customer_key = now.customer_key
        where now.segment is distinct from before.segment
        union
        select days.customer_key
        from staging.purchase_days as days cross join staging.gap_rule as now cross join kept.gap_rule as before
        where (days.gap_days - 1 > 2 * now.usual_gap_days) <> (days.gap_days - 1 > 2 * before.usual_gap_days)""",
    "order_id": "select distinct order_id from run.newer",
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
"""Values that newer lines touch. A customer's refund may name an order that came now for another one. Ids are those
nobody had before: all that is said of them came now. `retold` are customers of whose days something else is said
now. A day that scores are given on is touched where it is another than before, and where lines came that count by
then; a month from that of the first line on: who bought in it for the first time may be told of another one now."""

SAME_MONTHS = """
    select
        (from staging.relationship_cut) is not distinct from (from kept.relationship_cut)
        and (select min(cast(ordered_at as date)) from run.newer)
            > (select cut_off + 180 from staging.relationship_cut)"""
"The cut-off lies 180 days before the end of the last month that is over."

LINES = "raw.order_lines"
READS = re.compile(r"\b(?:staging|marts|raw)\.\w+\b")
IDS = ("customer_id", "product_id")
STANDING = (
    "staging.inputs", "staging.segment_dates", "staging.relationship_cut", "staging.segments", "staging.gap_rule",
)  # fmt: skip
"Tables whose earlier rows are asked for when they have been made anew already."


@dataclass(frozen=True, slots=True)
class Change:
    """Newer lines in a working database that still holds what the refresh before made."""

    connection: Connection
    snapshot: Path
    "File of the snapshot before."
    days: tuple[date, date]
    "First and last day of newer lines."
    known: dict[str, set[str]] = field(default_factory=dict)
    "Columns of the tables that were asked for."

    def mend(self, table: Table) -> None:
        """Make the touched rows of a table with its own SQL."""
        touched = self.touched(table)
        select = READS.sub(lambda found: self._within(found[0], table), table.select)
        if table.name in followed():
            self.connection.execute(f"create table {of_run('gone', table.name)} as from {table.name} where {touched}")
            self.connection.execute(f"create table {of_run('came', table.name)} as {select}")
            select = f"from {of_run('came', table.name)}"
        self.put(table, table.name, select)
        if table.retold:
            self._compare(table, *table.retold)
            self.retell(table, table.name)

    def of_them(self, name: str, who: str) -> str:
        """What a table says of some customers; all of one that tells of no customer."""
        return f"(from {name} where {who})" if "customer_key" in self._columns(name) else name

    def _compare(self, table: Table, columns: str, key: str) -> None:
        """Note the rows of which something else is said now, though no line of their days came."""
        self.values("customer_key")
        told = f"customer_key in (from {self.values('retold')})"
        select = READS.sub(lambda found: self.of_them(found[0], told), table.select)
        rows = f"select {key}, {columns} from"
        self.connection.execute(
            f"""create table {of_run("retold", table.name)} as
                ({rows} ({select})) except ({rows} {table.name} where {told})"""
        )

    def retell(self, table: Table, target: str) -> None:
        """Put what is said now in the rows of `target`, where they lie: most columns and their order stay."""
        columns, key = (names.split(", ") for names in table.retold or ("", ""))
        self.connection.execute(
            f"""update {target} as told set {", ".join(f"{name} = now.{name}" for name in columns)}
                from {of_run("retold", table.name)} as now
                where {" and ".join(f"told.{name} = now.{name}" for name in key)}"""
        )

    def put(self, table: Table, target: str, select: str) -> None:
        """Rows of `select` in place of the touched rows of `target`."""
        self.connection.execute(f"create or replace temp table mended as {select}")
        self.connection.execute(f"delete from {target} where {self.touched(table)}")
        self.connection.execute(f"insert into {target} from mended")

    def leaves(self, table: Table) -> bool:
        """Whether no newer line is of the months the table tells of, and these are the same months."""
        return table.stands and self.connection.execute(SAME_MONTHS).fetchall() == [(True,)]

    def touched(self, table: Table) -> str:
        """The condition for rows of a touched value."""
        return f"{table.mends} in (from {self.values(table.mends, table.changed_in)})"

    def values(self, column: str, changed_in: str = "") -> str:
        """The table of touched values of a column."""
        name = of_run("touched", f"{column}.{changed_in}" if changed_in else column)
        if name not in self.known:
            gone, came = of_run("gone", changed_in), of_run("came", changed_in)
            differing = f"(from {gone} except all from {came}) union all (from {came} except all from {gone})"
            select = f"select distinct {column} from ({differing})" if changed_in else TOUCHED[column]
            self.connection.execute(f"create table {name} as {select}")
            self.known[name] = {column}
        return name

    def _within(self, name: str, table: Table) -> str:
        """What of a table has to be read."""
        column = table.mends
        if table.changed_in:
            return f"(from {name} where {self.touched(table)})" if name == table.changed_in else name
        if name.startswith("raw."):
            return self._delivered(name, table)
        if column == "month" and "order_date" in self._columns(name):
            return f"(from {name} where order_date >= (select min(month) from {self.values(column)}))"
        return f"(from {name} where {self.touched(table)})" if column in self._columns(name) else name

    def _delivered(self, name: str, table: Table) -> str:
        """Of the delivered rows those of the touched days; of ids that nobody had before only what came now."""
        if table.mends in IDS:
            return f"(from {'run.newer' if name == LINES else name} where {self.touched(table)})"
        first, last = self.days
        return f"""(from {name} where ordered_at >= date '{first}' and ordered_at < date '{last}' + 1
            and cast(ordered_at as date) in (from {self.values("order_date")}))"""

    def _columns(self, name: str) -> set[str]:
        if name not in self.known:
            self.known[name] = {row[0] for row in self.connection.execute(f"describe {name}").fetchall()}
        return self.known[name]


@cache
def followed() -> frozenset[str]:
    """Tables of which the rows before are asked for when they are mended."""
    by_customer = {table.name for table in all_tables() if table.mends == "customer_key" and not table.is_view}
    summed = frozenset(name for table in all_tables() if table.sums_by for name in table.reads & by_customer)
    return summed | {table.changed_in for table in all_tables() if table.changed_in}


def of_run(what: str, name: str) -> str:
    return f"run.{what}_{name.replace('.', '_')}"


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
    mended = {table.name for table in all_tables() if table.mends or table.stands or table.sums_by}
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
            connection.execute(
                "update run.customers_before set keys = (select max(customer_key) from staging.customer_ids)"
            )
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
