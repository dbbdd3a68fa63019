"""Corrected rows: what a later delivery replaces, by the key of its entity. The lake keeps them; the views do not.

A row is replaced by a row of the same shop and key in a later delivery. Where the entity has a part (the line of an
order), both rows must be the same part; a row that names no part stands for the whole key. So an order delivered
without line ids replaces the whole earlier order of that number, and one with line ids replaces those lines.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from etl.entities import ENTITIES, Entity
from etl.lake import Lake
from etl.rows import insert

REPLACED = """
    create table meta.replaced (entity VARCHAR, batch_id VARCHAR, line_number BIGINT, amount DECIMAL(38,7));
    create table run.deliveries (entity VARCHAR, batch_id VARCHAR, delivery INTEGER, shop VARCHAR)"""


def find(connection: DuckDBPyConnection, lake: Lake) -> None:
    """Makes meta.replaced: entity, batch_id, line_number and amount of every accepted row that no longer counts.

    The views raw.<entity>_accepted must be there.
    """
    connection.execute(REPLACED)
    rows = [(batch.entity, batch.batch_id, batch.delivery, batch.shop) for batch in lake.batches]
    insert(connection, "run.deliveries", rows)
    for entity in ENTITIES.values():
        if entity.key and len({batch.delivery for batch in lake.batches if batch.entity == entity.name}) > 1:
            connection.execute(f"insert into meta.replaced {_replaced(entity)}")


def _replaced(entity: Entity) -> str:
    key = ", ".join(("shop", *entity.key))
    names = ", ".join(filter(None, (*entity.key, entity.part)))
    first = f"(select min(delivery) from run.deliveries where entity = '{entity.name}')"
    latest, part = f"max(delivery) over (partition by {key})", entity.part
    later = f"delivery < {latest}"
    if part:
        whole = f"max(case when {part} is null then delivery end) over (partition by {key})"
        same = f"max(delivery) over (partition by {key}, {part})"
        later = f"case when {part} is null then {later} else delivery < greatest(coalesce({whole}, -1), {same}) end"
    return f"""
        with delivered as not materialized (
            select accepted.batch_id, line_number, delivery, shop, {names},
                {entity.amount or "cast(null as decimal)"} as amount
            from raw.{entity.name}_accepted as accepted
            inner join run.deliveries as deliveries on deliveries.batch_id = accepted.batch_id
        )
        select '{entity.name}', batch_id, line_number, amount
        from (
            select *, {later} as is_replaced
            from delivered
            semi join (select distinct {key} from delivered where delivery > {first}) as later using ({key})
        )
        where is_replaced"""
