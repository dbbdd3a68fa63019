"""Columns worked out for customers after marts.customers was made: gathered one by one, then joined all at once.

That table is wide and full of texts: writing it again for every group of columns cost as much as making it. So what is
joined is written where it is published, and marts.customers is from then on a view of it.
"""

from __future__ import annotations

from etl.work import Connection

OF_RUN = """
    select table_name from duckdb_tables() where temporary and table_name like 'added\\_%' escape '\\'
    order by table_oid"""


def add(connection: Connection, name: str, select: str) -> None:
    """Gather the columns of `select`, which has a row or none for each customer_key, as temp table added_`name`."""
    connection.execute(f"create temp table added_{name} as {select}")


def join(connection: Connection, target: str) -> None:
    """Write marts.customers with what was gathered, in the order it came, as `target`, and read it there from now on.

    NULL where a customer has no row.
    """
    names = [name for (name,) in connection.execute(OF_RUN).fetchall()]
    columns = "".join(f", {name}.* exclude (customer_key)" for name in names)
    joins = " ".join(f"left join {name} on {name}.customer_key = customers.customer_key" for name in names)
    connection.execute(
        f"""create table {target} as
            select customers.*{columns} from marts.customers as customers {joins} order by customers.customer_key"""
    )
    connection.execute(f"drop table marts.customers; create view marts.customers as from {target}")
    for name in names:
        connection.execute(f"drop table {name}")
