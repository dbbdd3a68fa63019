"""Rows that were rejected and replayed since: what of the quarantine no longer counts as rejected."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from etl.lake import Lake

REPLAYED = """
    create table run.replays (batch_id VARCHAR, replays VARCHAR);
    create table meta.replayed (batch_id VARCHAR, line_number BIGINT, amount DECIMAL(38,7))"""


def find(connection: DuckDBPyConnection, lake: Lake) -> None:
    """Makes meta.replayed: batch_id, line_number and former amount of each rejected row that counts now.

    The views raw.<entity>_accepted and raw.all_rejects must be there. Makes the view raw.rejects of the others.
    """
    connection.execute(REPLAYED)
    found = [(batch.batch_id, batch.replays) for batch in lake.batches if batch.replays]
    if not found:
        connection.execute("create view raw.rejects as from raw.all_rejects")
        return
    connection.executemany("insert into run.replays values (?, ?)", found)
    for entity in sorted({batch.entity for batch in lake.batches if batch.replays}):
        connection.execute(
            f"""insert into meta.replayed
                select rejected.batch_id, rejected.line_number, rejected.amount
                from raw.{entity}_accepted as accepted
                inner join run.replays on replays.batch_id = accepted.batch_id
                inner join raw.all_rejects as rejected
                    on rejected.batch_id = replays.replays and rejected.line_number = accepted.line_number"""
        )
    connection.execute(
        """create view raw.rejects as
            select rejected.* from raw.all_rejects as rejected
            anti join meta.replayed as replayed
                on replayed.batch_id = rejected.batch_id and replayed.line_number = rejected.line_number"""
    )
