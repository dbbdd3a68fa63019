"""A PostgreSQL database that is only read: one session, one moment, rows as CSV text.

Every query runs in one READ ONLY transaction of one snapshot, so lines and customers fit together. The address comes
from an environment variable and appears in no message.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashapp.errors import SourceError

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric"), "number"),
    **dict.fromkeys(("date", "timestamp"), "day"),
    "timestamptz": "moment",
}
SESSION = {
    "default_transaction_read_only": "on",
    "client_encoding": "UTF8",
    "datestyle": "ISO",
    "timezone": "UTC",
    "extra_float_digits": "1",
    # The same rows in the same order are the same file, which is then known.
    "synchronize_seqscans": "off",
}
CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Column:
    """A column of a query."""

    name: str
    type_name: str
    kind: str
    """number, day, moment (with time zone) or other."""


@dataclass(frozen=True)
class Increment:
    """Rows from the last value seen minus the overlap on."""

    column: Column
    seen: str
    overlap: str
    """As SQL reads it: `2 days`, or a number."""
    whole: tuple[str, ...] = ()
    """Columns whose value brings all its rows along when one of them is new."""


@contextmanager
def reading(variable: str, timeout_seconds: int) -> Iterator[Database]:
    """The database whose address is in the environment variable. Raises SourceError in one sentence."""
    if importlib.util.find_spec("psycopg") is None:
        raise SourceError(
            "Reading from PostgreSQL needs the package psycopg, which is not installed.",
            "`pip install -r requirements-postgres.txt`",
        )
    import psycopg
    from psycopg.conninfo import make_conninfo

    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    options += f" -c statement_timeout={timeout_seconds * 1000}"
    address = _address(variable)
    try:
        connection = psycopg.connect(make_conninfo(**address, options=options, connect_timeout=CONNECT_SECONDS))
    except psycopg.Error as error:
        raise SourceError(
            f"The database at {variable} cannot be reached: {_without(str(error), address)}.",
            "Check the address, and that the server runs and lets this machine in.",
        ) from error
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield Database(connection, timeout_seconds)
    finally:
        connection.close()


def _address(variable: str) -> dict[str, str]:
    from psycopg import ProgrammingError, conninfo

    given = os.environ.get(variable, "")
    if not given:
        raise SourceError(
            f"The environment variable {variable} is not set.",
            "Set it to the address of the database, e.g. postgresql://reader@host/shop.",
        )
    try:
        parts = conninfo.conninfo_to_dict(given)
    except ProgrammingError:
        # The driver quotes what it cannot read, and that may be the password.
        raise SourceError(
            f"The environment variable {variable} holds no address of a PostgreSQL database.",
            "Write it like postgresql://reader@host/shop.",
        ) from None
    return {name: str(value) for name, value in parts.items() if value is not None and name != "options"}


def _without(message: str, address: dict[str, str]) -> str:
    """The first line of a message, without the password should it be there."""
    line = message.strip().partition("\n")[0].rstrip(".")
    return line.replace(address["password"], "***") if address.get("password") else line


class Database:
    """An open database in its one transaction."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], timeout_seconds: int) -> None:
        self._connection, self._timeout_seconds = connection, timeout_seconds

    def columns(self, what: str, query: str) -> dict[str, Column]:
        """The columns of the query, by name. Raises SourceError unless it is one statement that returns rows."""
        with self._explained(what), self._connection.cursor() as cursor:
            fields = self._described(query)
            names = "SELECT oid::bigint, typname::text FROM pg_type WHERE oid = ANY(%s)"
            found = dict(cursor.execute(names, [[oid for _, oid in fields]]).fetchall())
        if not fields:
            raise SourceError(f"The query of {what} returns no rows.", "Write a SELECT.")
        types = [(name, str(found[oid])) for name, oid in fields]
        return {name: Column(name, kind, KINDS.get(kind, "other")) for name, kind in types}

    def copy(self, what: str, query: str, increment: Increment | None, target: Path) -> int:
        """The rows of the query as CSV with a header in `target`. Returns how many. Raises SourceError."""
        from psycopg import sql

        asked = _newer(query, increment) if increment else sql.SQL(_text(query))
        command = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER true)").format(asked)
        with self._explained(what), self._connection.cursor() as cursor, target.open("wb") as stream:
            with cursor.copy(command) as rows:
                for block in rows:
                    stream.write(block)
            return cursor.rowcount

    def highest(self, what: str, query: str, column: Column, seen: str) -> str:
        """The highest watermark of the query, or `seen` where that is higher; empty without rows.

        Endless values and days that have not come yet do not count: everything after them would be missed.
        """
        from psycopg import sql

        name: sql.Composable = sql.Identifier(column.name)
        real = "{0} <> 'NaN'" if column.kind == "number" else "isfinite({0}) AND {0} <= now() + interval '1 day'"
        last = _typed(seen, column) if seen else sql.NULL
        asked = sql.SQL("SELECT greatest(max({0}), {1})::text FROM ({2}) AS delivered WHERE " + real)
        if column.kind == "number":
            name = sql.SQL("{}::numeric").format(name)
        with self._explained(what), self._connection.cursor() as cursor:
            found = cursor.execute(asked.format(name, last, sql.SQL(_text(query)))).fetchall()[0][0]
        return str(found) if found is not None else ""

    def _described(self, query: str) -> list[tuple[str, int]]:
        """Name and type of every column. Prepared, not run: a prepared statement is one statement, and never two."""
        from psycopg import errors, pq

        self._connection.execute("SELECT 1")  # begins the transaction
        server = self._connection.pgconn
        for result in (server.prepare(b"", query.encode()), server.describe_prepared(b"")):
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)
        return [((result.fname(place) or b"").decode(), result.ftype(place)) for place in range(result.nfields)]

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """What the server says as one sentence, for whoever wrote the query."""
        import psycopg

        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            raise SourceError(
                f"The query of {what} took longer than {self._timeout_seconds} seconds and was stopped.",
                "Make it faster, or raise `statement_timeout_seconds`.",
            ) from error
        except psycopg.Error as error:
            said = (error.diag.message_primary or str(error)).strip().partition("\n")[0].rstrip(".")
            if self._connection.broken:
                raise SourceError(
                    f"The database went away while {what} was read: {said}.", "Nothing was changed; try again."
                ) from error
            raise SourceError(
                f"The database refuses the query of {what}: {said}.",
                error.diag.message_hint or f"Correct `query` of {what}.",
            ) from error


def _newer(query: str, increment: Increment) -> sql.Composable:
    """The rows that are new, without a watermark, or of the same whole; in an order that repeats itself."""
    from psycopg import sql

    column = increment.column
    back = sql.SQL("{}" if column.kind == "number" else "interval {}").format(sql.Literal(_number(increment.overlap)))
    fresh = sql.SQL("({0} >= {1} - {2} OR {0} IS NULL)").format(
        sql.Identifier(column.name), _typed(increment.seen, column), back
    )
    wanted, source = fresh, sql.SQL(_text(query))
    if increment.whole:
        keys = sql.SQL(", ").join(map(sql.Identifier, increment.whole))
        same = "{0} OR ({1}) IN (SELECT {1} FROM ({2}) AS touched WHERE {0})"
        wanted = sql.SQL(same).format(fresh, keys, source)
    ordered = "SELECT * FROM ({}) AS delivered WHERE {} ORDER BY CAST(delivered AS text)"
    return sql.SQL(ordered).format(source, wanted)


def _typed(seen: str, column: Column) -> sql.Composable:
    from psycopg import sql

    return sql.SQL("{}::" + ("numeric" if column.kind == "number" else column.type_name)).format(sql.Literal(seen))


def _number(overlap: str) -> int | str:
    return int(overlap) if overlap.isdigit() else overlap


def _text(query: str) -> str:
    """The query for use inside another: a comment at its end must not swallow what follows; braces are text."""
    return f"\n{query}\n"
