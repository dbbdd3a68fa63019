"""Columns worked out for customers after marts.customers was made: gathered one by one, then joined all at once.

That table is wide and full of texts: writing it again for every group of columns cost as much as making it.
"""

from __future__ import annotations

from etl.work import Connection

OF_RUN = """
    select table_name from duckdb_tables() where temporary and table_name like 'added\\_%' escape '\\'
    order by table_oid"""


def add(connection: Connection, name: str, select: str) -> None:
    """Gather the columns of `select`, which has a row or none for each customer_key, as temp table added_`name`."""
    connection.execute(f"create temp table added_{name} as {select}")


def join(connection: Connection) -> None:
    """Put what was gathered in marts.customers, in the order it came; NULL where a customer has no row."""
    names = [name for (name,) in connection.execute(OF_RUN).fetchall()]
    columns = "".join(f", {name}.* exclude (customer_key)" for name in names)
    joins = " ".join(f"left join {name} on {name}.customer_key = customers.customer_key" for name in names)
    connection.execute(
        f"""create or replace table marts.customers as
            select customers.*{columns} from marts.customers as customers {joins}"""
    )
    for name in names:
        connection.execute(f"drop table {name}")
