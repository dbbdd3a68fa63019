"""Answers that a snapshot brings along: heavy questions and the key figures under the filters everybody begins with.

A question says `-- kept: {"split": ""}` with the parameters its page begins with, and `-- kept_under: range=l28d` where
a page begins with another view. The refresh asks it once for all readers, by the same SQL with the same values;
whatever differs in a letter is asked anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

import duckdb

from dashapp.domain.filters import Filters
from dashapp.store import metrics, query
from dashapp.store.facts import Facts

TABLE = "create table meta.answers (name VARCHAR, asked VARCHAR, columns VARCHAR, answer VARCHAR)"
"""`columns`: names and types as JSON; `answer`: the rows as JSON, every value as text, which casts back to what it was.
One table for all: fifty tables would take a quarter of a megabyte each."""


def asked(sql: str, values: dict[str, Any]) -> str:
    """What tells one question from another; a fixed list among the values may hold a million customers."""
    return blake2b(f"{sql}\n{sorted(values.items())!r}".encode()).hexdigest()


def worth_keeping(facts: Facts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, SQL and values of everything a snapshot should bring along."""
    everybody = Filters()
    for name in query.names():
        question = query.find(name)
        if "kept" in question.headers:
            views = {everybody, *map(_view, question.headers.get("kept_under", "").split())}
            for view in sorted(views, key=repr):
                yield name, *question.statement(view, facts, json.loads(question.headers["kept"]))
    for name in metrics.names():
        figure = metrics.metric(name)
        earlier = figure.comparison(everybody, facts)
        for part, period in (("figure", None), ("earlier", earlier)):
            if period or part == "figure":
                yield f"{part}_{name}", *figure.query.statement(everybody, facts, {}, period)


def _view(address: str) -> Filters:
    return Filters.from_query(dict(parse_qsl(address)))


def places(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What reads each answer, by what was asked; a snapshot of an earlier version has none."""
    try:
        known = connection.execute("select asked, columns from meta.answers").fetchall()
    except duckdb.CatalogException:
        return {}
    return {asked: _reading(asked, json.loads(columns)) for asked, columns in known}


def _reading(asked: str, columns: list[tuple[str, str]]) -> str:
    """SQL that gives the rows of an answer with their own types; `asked` is a hash."""
    values = ", ".join(f'cast(answer."{name}" as {kind}) as "{name}"' for name, kind in columns)
    shape = json.dumps([{name: "VARCHAR" for name, _ in columns}])
    return (
        f"select {values} from (select unnest(from_json(answer, '{shape}')) as answer from meta.answers "
        f"where asked = '{asked}')"
    )
