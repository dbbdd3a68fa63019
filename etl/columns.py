"""Which columns the newest delivery of each entity fills, beside what the delivery before it filled.

The earlier shares come from the current snapshot: the lake keeps no delivery that a later one replaced.
"""

from __future__ import annotations

import duckdb

from dashapp.errors import NoSnapshot
from dashapp.store.publish import Warehouse
from etl.entities import ENTITIES, Entity
from etl.lake import Lake
from etl.rows import insert
from etl.work import Connection

EARLIER = """
    create table if not exists run.earlier_columns (
        entity VARCHAR, column_name VARCHAR, delivery VARCHAR, filled_share DOUBLE, earlier_share DOUBLE
    )"""

KNOWN = "select 1 from duckdb_tables() where schema_name = 'quality' and table_name = 'columns'"
"Snapshots of earlier versions have no such table."

COMPARABLE = "select 1 from meta.snapshot where not is_demo or source = ?"

COLUMNS = """
    create table quality.columns as
    select
        filled.*,
        case when earlier.delivery = filled.delivery then earlier.earlier_share else earlier.filled_share end
            as earlier_share
    from ({filled}) as filled
    left join run.earlier_columns as earlier using (entity, column_name)"""
"A snapshot of the same delivery, built once more, still knows the delivery before."


def remember(connection: Connection, warehouse: Warehouse, loaded: Lake) -> None:
    """Keep the shares of the current snapshot at hand in run.earlier_columns; none before the first snapshot.

    What a demonstration filled says nothing about the columns of another source.
    """
    connection.execute(EARLIER)
    try:
        path = warehouse.folder / warehouse.current().file
    except NoSnapshot:
        return
    with duckdb.connect(str(path), read_only=True) as snapshot:
        known = (
            snapshot.execute(KNOWN).fetchall()
            and snapshot.execute(COMPARABLE, [loaded.feed.source if loaded.feed else ""]).fetchall()
        )
        rows = snapshot.execute("from quality.columns").fetchall() if known else []
    insert(connection, "run.earlier_columns", rows)


def build(connection: Connection) -> None:
    """quality.columns: entity, column, a batch of its newest delivery, share of its rows that fill it, and earlier."""
    connection.execute(EARLIER)
    connection.execute(COLUMNS.format(filled=" union all ".join(_filled(entity) for entity in ENTITIES.values())))


def _filled(entity: Entity) -> str:
    shares = ", ".join(f"'{column.name}': count({column.name}) / count(*)" for column in entity.columns)
    return f"""
        select '{entity.name}' as entity, unnest(map_keys(shares)) as column_name, delivery,
            unnest(map_values(shares)) as filled_share
        from (
            select min(newest.batch_id) as delivery, map {{{shares}}} as shares
            from raw.{entity.name}_accepted as line
            inner join (
                select batch_id from meta.batches where entity = '{entity.name}'
                qualify loaded_at = max(loaded_at) over ()
            ) as newest on newest.batch_id = line.batch_id
            having count(*) > 0
        )"""
