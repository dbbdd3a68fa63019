"""The account of a run: what it read, what the rules found, which snapshot it left and which it led to.

Read from the two published files, so it says what readers get, whatever the run did on the way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from dashapp.settings import Settings
from dashapp.store.publish import Published, Warehouse
from etl.headlines import compared, headlines
from etl.pipeline import Outcome
from etl.timeline import Timeline
from etl.work import Connection

KNOWN = "select batch_id from meta.batches"
ROWS = """
    select
        entity,
        count(*),
        count(*) filter (not list_contains(?::varchar[], batch_id)),
        cast(sum(accepted_rows + rejected_rows) - coalesce(sum(accepted_rows) filter (replays <> ''), 0) as bigint),
        cast(sum(accepted_rows) as bigint),
        cast(sum(rejected_rows) - coalesce(sum(accepted_rows) filter (replays <> ''), 0) as bigint)
    from meta.batches group by entity order by entity"""
"Rows that were rejected and replayed since are in two batches and count once, as accepted."
ROW = ("entity", "files", "new", "rows", "accepted", "rejected")
FINDINGS = """
    select check_id, title, severity, status, offending_rows, checked_rows, cast(amount as double), customers
    from quality.check_results where status <> 'passed' order by check_id"""
PASSED = "select count(*) from quality.check_results where status = 'passed'"
FINDING = ("check_id", "title", "severity", "status", "offending_rows", "checked_rows", "amount", "customers")


def told(outcome: Outcome, timeline: Timeline, settings: Settings) -> dict[str, Any]:
    """Steps and account. The data is published: files that cannot be read are noted, not raised."""
    steps = timeline.to_dict()
    try:
        return steps | account(outcome, settings)
    except (duckdb.Error, OSError) as error:
        timeline.note(f"The account of this run is not complete: {str(error).splitlines()[0]}")
        return steps


def account(outcome: Outcome, settings: Settings) -> dict[str, Any]:
    """Source, snapshots before and after, rows by entity, rules with findings, key figures before and after.

    A row of `rows` counts files, those the snapshot before did not have (`new`), and rows of one entity.
    The figures before are null where there was no snapshot or it is no longer kept.
    """
    warehouse = Warehouse(settings.folder("warehouse"))
    known, before = _before(warehouse, outcome.before)
    with _opened(warehouse, outcome.entry) as connection:
        return {
            "source": outcome.entry.source,
            "before": _named(outcome.before),
            "after": _named(outcome.entry),
            "rows": _dicts(ROW, connection.execute(ROWS, [known]).fetchall()),
            "passed": connection.execute(PASSED).fetchall()[0][0],
            "findings": _dicts(FINDING, connection.execute(FINDINGS).fetchall()),
            "headlines": [
                {"name": item.name, "before": _float(item.before), "after": _float(item.after)}
                for item in compared(before, headlines(connection))
            ],
        }


def _before(warehouse: Warehouse, entry: Published | None) -> tuple[list[str], dict[str, Decimal]]:
    """Ids of the batches and key figures of the snapshot before; nothing where it is not there (any more)."""
    if entry is None or not (warehouse.folder / entry.file).exists():
        return [], {}
    with _opened(warehouse, entry) as connection:
        return [row[0] for row in connection.execute(KNOWN).fetchall()], headlines(connection)


def _opened(warehouse: Warehouse, entry: Published) -> Connection:
    return duckdb.connect(os.fspath(warehouse.folder / entry.file), read_only=True)


def _dicts(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _named(entry: Published | None) -> dict[str, Any] | None:
    return {"seq": entry.seq, "snapshot_id": entry.snapshot_id} if entry else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
