"""The answers a snapshot brings along, asked of the build file itself."""

from __future__ import annotations

import json
from datetime import date

import duckdb

from dashapp.store.answers import TABLE, Worth, worth_keeping
from dashapp.store.facts import Facts
from etl.progress import Progress
from etl.work import Connection

FEWEST_DAYS = 1_000
"""Days on which customers bought, or none is kept: a shop this small answers as fast as it finds an answer, and asking
beforehand would be a third of its refresh (docs/adr/0041)."""


def keep(connection: Connection, facts: Facts, progress: Progress, newer_from: date | None = None) -> None:
    """Ask every question worth keeping of the attached database `build`, which is complete but for the answers.

    newer_from: first day of the newer lines that were mended; answers of the snapshot before that rest on earlier days
    alone stay. On one thread: sums of fractions then come out the same in every build. An answer that cannot be had is
    left to the reader who asks for it, and so are all answers of a shop with fewer than FEWEST_DAYS.
    """
    home, threads = connection.execute("select current_database(), current_setting('threads')").fetchall()[0]
    connection.execute("use build")
    connection.execute("set threads = 1")
    connection.execute(TABLE)
    days = connection.execute("select count(*) from marts.customer_days").fetchall()[0][0]
    worth = worth_keeping(facts) if days >= FEWEST_DAYS else {}
    stays = {key for key, one in worth.items() if newer_from and one.settled and one.settled < newer_from}
    connection.execute("delete from meta.answers where not list_contains($stays, asked)", {"stays": list(stays)})
    there = {key for (key,) in connection.execute("select asked from meta.answers").fetchall()}
    for key, one in worth.items():
        try:
            if key not in there:
                _ask(connection, key, one)
        except duckdb.Error as error:
            progress.note(f"The answer to {one.name} is not kept: {str(error).splitlines()[0]}")
    connection.execute(f"set threads = {int(threads)}")
    connection.execute(f'use "{home}"')


def _ask(connection: Connection, key: str, worth: Worth) -> None:
    columns = [row[:2] for row in connection.execute(f"describe {worth.sql}", worth.values).fetchall()]
    texts = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column, _ in columns)
    connection.execute(
        f"""insert into meta.answers
            select $as_name, $as_asked, $as_columns, cast(to_json(list(answer)) as varchar)
            from (select {texts} from ({worth.sql})) as answer""",
        worth.values | {"as_name": worth.name, "as_asked": key, "as_columns": json.dumps(columns)},
    )
