"""The answers a snapshot brings along, asked of the build file itself."""

from __future__ import annotations

import json
from typing import Any

import duckdb

from dashapp.store.answers import TABLE, asked, worth_keeping
from dashapp.store.facts import Facts
from etl.progress import Progress
from etl.work import Connection

FEWEST_DAYS = 1_000
"""Days on which customers bought, or none is kept: a shop this small answers as fast as it finds an answer, and asking
beforehand would be a third of its refresh (docs/adr/0041)."""


def keep(connection: Connection, facts: Facts, progress: Progress) -> None:
    """Ask every question worth keeping of the attached database `build`, which is complete but for the answers.

    On one thread: sums of fractions then come out the same in every build. An answer that cannot be had is left to the
    reader who asks for it, and so are all answers of a shop with fewer than FEWEST_DAYS.
    """
    home, threads = connection.execute("select current_database(), current_setting('threads')").fetchall()[0]
    connection.execute("use build")
    connection.execute("set threads = 1")
    connection.execute(TABLE)
    days = connection.execute("select count(*) from marts.customer_days").fetchall()[0][0]
    for name, sql, values in worth_keeping(facts) if days >= FEWEST_DAYS else ():
        try:
            _ask(connection, name, sql, values)
        except duckdb.Error as error:
            progress.note(f"The answer to {name} is not kept: {str(error).splitlines()[0]}")
    connection.execute(f"set threads = {int(threads)}")
    connection.execute(f'use "{home}"')


def _ask(connection: Connection, name: str, sql: str, values: dict[str, Any]) -> None:
    columns = [row[:2] for row in connection.execute(f"describe {sql}", values).fetchall()]
    texts = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column, _ in columns)
    connection.execute(
        f"""insert into meta.answers
            select $as_name, $as_asked, $as_columns, cast(to_json(list(answer)) as varchar)
            from (select {texts} from ({sql})) as answer""",
        values | {"as_name": name, "as_asked": asked(sql, values), "as_columns": json.dumps(columns)},
    )
