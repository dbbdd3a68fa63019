"""Columns worked out for customers after marts.customers was made: gathered one by one, then joined all at once.

That table is wide and full of texts: writing it again for every group of columns cost as much as making it. What is
gathered stays in memory as it was worked out until then.
"""

from __future__ import annotations

import pandas as pd

from etl.work import Connection

OF_RUN = """
    select view_name from duckdb_views() where temporary and view_name like 'added\\_%' escape '\\'
    order by view_oid"""


def add(connection: Connection, name: str, frame: pd.DataFrame, select: str) -> None:
    """Gather the columns of `select` as temp view added_`name`; it reads `frame` as worked_out_`name`.

    It has a row or none for each customer_key.
    """
    connection.register(f"worked_out_{name}", frame)
    connection.execute(f"create temp view added_{name} as {select}")


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
        connection.execute(f"drop view {name}")
        connection.unregister(name.replace("added_", "worked_out_"))
