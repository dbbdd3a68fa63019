"""Tables that add up over customers: newer lines take away what some customers added, and add what they add now.

A table says so with `-- mends: sums by <columns>`. The same SQL is asked twice, of what was known of these customers
before and of what is known now. What was known before lies in the snapshot before, or is what a mended table lost.
"""

from __future__ import annotations

import os

from etl.mend import READS, Change, followed, of_run
from etl.tables import Table

WHO = "run.customers_told_otherwise"
OTHERWISE = f"""
    create table if not exists {WHO} as
        {{retold}}
        union
        select now.customer_key
        from marts.customers as now left join published.marts.customers as was on was.customer_key = now.customer_key
        where (now.r_score, now.f_score, now.m_score) is distinct from (was.r_score, was.f_score, was.m_score)"""
"""Who is in the tables of this kind by another segment, kind of day, score or line than before."""
SOME = f"customer_key in (from {WHO})"


def add_up(change: Change, table: Table) -> None:
    """Bring the sums of a table up to what its SQL says now; rows of which nothing is left go."""
    connection, path = change.connection, os.fspath(change.snapshot).replace("'", "''")
    connection.execute(f"attach '{path}' as published (read_only)")
    connection.execute(OTHERWISE.format(retold=f"from {change.values('retold')}"))
    gone = READS.sub(lambda found: _before(change, found[0]), table.select)
    came = READS.sub(lambda found: change.of_them(found[0], SOME), table.select)
    columns = [name for (name, *_) in connection.execute(f"describe {table.name}").fetchall()]
    sums = [name for name in columns if name not in table.sums_by.split(", ")]
    connection.execute(
        f"""create or replace temp table mended as
            select {table.sums_by}, {", ".join(f"sum({name}) as {name}" for name in sums)}
            from (
                from {table.name}
                union all by name ({came})
                union all by name
                (select {table.sums_by}, {", ".join(f"-{name} as {name}" for name in sums)} from ({gone}))
            )
            group by {table.sums_by} having sum({sums[0]}) > 0"""
    )
    connection.execute(f"delete from {table.name}; insert into {table.name} by name from mended")
    connection.execute("detach published")


def _before(change: Change, name: str) -> str:
    """What a table said of these customers."""
    if name.startswith("marts."):
        return f"(from published.{name} where {SOME})"
    if name not in followed():
        return name
    touched = f"customer_key in (from {change.values('customer_key')})"
    return f"(from (from {name} where not ({touched}) union all from {of_run('gone', name)}) where {SOME})"
