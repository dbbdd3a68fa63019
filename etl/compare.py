"""Two published snapshots side by side: rows per table, key figures, and whose value moved. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from dashapp.errors import NotFound, SnapshotDamaged
from dashapp.settings import Settings
from dashapp.store.publish import Published, Warehouse
from etl.connection import literal
from etl.headlines import Headline, compared, headlines
from etl.work import Connection

TOP = 10
SIDES = ("a", "b")

CUSTOMERS = """
    create temp table customers as
    select
        coalesce(a.customer_id, b.customer_id) as customer_id,
        a.customer_id is null as added,
        b.customer_id is null as removed,
        a.net_sales as net_sales_before, b.net_sales as net_sales_after,
        a.clv as clv_before, b.clv as clv_after
    from a.marts.customers as a full outer join b.marts.customers as b on b.customer_id = a.customer_id"""
MOVED = "not added and not removed and {0}_before is distinct from {0}_after"


@dataclass(frozen=True, slots=True)
class Mover:
    """A customer of both snapshots with another value."""

    customer_id: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What tells the snapshot `after` from `before`."""

    before: str
    after: str
    tables: dict[str, tuple[int | None, int | None]]
    "Rows of every mart in both; None where a snapshot does not have it."
    headlines: list[Headline]
    customers: dict[str, int]
    "added, removed, moved_net_sales, moved_clv"
    added: list[str]
    removed: list[str]
    "The first ids of each."
    movers: dict[str, list[Mover]]
    "By net_sales and by clv, the largest change first."

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentences(self) -> Iterator[str]:
        """Lines for people."""
        yield f"{self.before} -> {self.after}"
        yield from (item.sentence() for item in self.headlines)
        for name, (old, new) in self.tables.items():
            if old != new:
                yield f"marts.{name}: {_shown(old)} -> {_shown(new)} rows"
        yield ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in self.customers.items())
        for measure, movers in self.movers.items():
            for mover in movers:
                yield f"{measure} of {mover.customer_id}: {_shown(mover.before)} -> {_shown(mover.after)}"


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def difference(before: str, after: str, settings: Settings) -> Difference:
    """Compare two kept snapshots, each by its number or its id. Raises NotFound, SnapshotDamaged."""
    warehouse = Warehouse(settings.folder("warehouse"))
    entries = [_entry(warehouse, name) for name in (before, after)]
    with _opened(warehouse, entries) as connection:
        connection.execute(CUSTOMERS)
        measures = ("net_sales", "clv")
        counts = {kind: _count(connection, kind) for kind in ("added", "removed")}
        counts |= {f"moved_{name}": _count(connection, MOVED.format(name)) for name in measures}
        return Difference(
            entries[0].snapshot_id, entries[1].snapshot_id, _tables(connection),
            compared(*(headlines(connection, f"{side}.") for side in SIDES)), counts,
            _ids(connection, "added"), _ids(connection, "removed"),
            {name: _movers(connection, name) for name in measures},
        )  # fmt: skip


def _entry(warehouse: Warehouse, name: str) -> Published:
    kept = warehouse.history()
    for entry in kept:
        if name in (entry.snapshot_id, str(entry.seq)):
            return entry
    known = ", ".join(entry.snapshot_id for entry in kept) or "none"
    raise NotFound(f"There is no snapshot {name!r}.", f"Kept are: {known}.")


@contextmanager
def _opened(warehouse: Warehouse, entries: list[Published]) -> Iterator[Connection]:
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        for side, entry in zip(SIDES, entries, strict=True):
            try:
                connection.execute(f"attach {literal(str(warehouse.folder / entry.file))} as {side} (read_only)")
            except duckdb.Error as error:
                raise SnapshotDamaged(f"{entry.file} cannot be read.", "Run `python -m etl list`.") from error
        yield connection


def _tables(connection: Connection) -> dict[str, tuple[int | None, int | None]]:
    counts: dict[str, dict[str, int]] = {}
    for side in SIDES:
        names = connection.execute(
            "select table_name from duckdb_tables() where database_name = ? and schema_name = 'marts' order by 1",
            [side],
        ).fetchall()
        for (name,) in names:
            rows = connection.execute(f"select count(*) from {side}.marts.{name}").fetchall()[0][0]
            counts.setdefault(name, {})[side] = rows
    return {name: (found.get("a"), found.get("b")) for name, found in sorted(counts.items())}


def _count(connection: Connection, condition: str) -> int:
    count: int = connection.execute(f"select count(*) from customers where {condition}").fetchall()[0][0]
    return count


def _ids(connection: Connection, condition: str) -> list[str]:
    rows = connection.execute(f"select customer_id from customers where {condition} order by 1 limit {TOP}")
    return [row[0] for row in rows.fetchall()]


def _movers(connection: Connection, measure: str) -> list[Mover]:
    rows = connection.execute(
        f"""select customer_id, {measure}_before::double, {measure}_after::double from customers
        where {MOVED.format(measure)}
        order by abs(coalesce({measure}_after, 0) - coalesce({measure}_before, 0)) desc, customer_id limit {TOP}"""
    )
    return [Mover(*row) for row in rows.fetchall()]
