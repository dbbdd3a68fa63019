"""The answers a snapshot brings along, asked of the build file itself: `create table` as the question reads."""

from __future__ import annotations

import duckdb

from dashapp.store.answers import TABLE, asked, worth_keeping
from dashapp.store.facts import Facts
from etl.progress import Progress
from etl.work import Connection


def keep(connection: Connection, facts: Facts, progress: Progress) -> None:
    """Ask every question worth keeping of the attached database `build`, which is complete but for the answers.

    On one thread: sums of fractions then come out the same in every build. An answer that cannot be had is left to the
    reader who asks for it.
    """
    home, threads = connection.execute("select current_database(), current_setting('threads')").fetchall()[0]
    connection.execute("use build")
    connection.execute("set threads = 1")
    connection.execute("create schema answers")
    connection.execute(TABLE)
    for name, sql, values in worth_keeping(facts):
        try:
            connection.execute(f"create table answers.{name} as {sql}", values)
        except duckdb.Error as error:
            progress.note(f"The answer to {name} is not kept: {str(error).splitlines()[0]}")
            continue
        connection.execute("insert into meta.answers values (?, ?)", [asked(sql, values), f"answers.{name}"])
    connection.execute(f"set threads = {int(threads)}")
    connection.execute(f'use "{home}"')
