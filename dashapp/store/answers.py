"""Answers that a snapshot brings along: heavy questions and the key figures under the filters everybody begins with.

A question says `-- kept: {"split": ""}` with the parameters its page begins with, and `-- kept_under: range=l28d` where
a page begins with another view; `ranges` there are all named ranges with every comparison. The refresh asks it once for
all readers, by the same SQL with the same values; whatever differs in a letter is asked anew. `-- settled: now_end`
names the value that is the last day the answer rests on: newer lines after it leave the answer as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import duckdb

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import RANGES
from dashapp.domain.vocabulary import Compare
from dashapp.store import metrics, query
from dashapp.store.facts import Facts

TABLE = "create table if not exists meta.answers (name VARCHAR, asked VARCHAR, columns VARCHAR, answer VARCHAR)"
"""`columns`: names and types as JSON; `answer`: the rows as JSON, every value as text, which casts back to what it was.
One table for all: fifty tables would take a quarter of a megabyte each."""


class Worth(NamedTuple):
    """An answer a snapshot should bring along."""

    name: str
    sql: str
    values: dict[str, Any]
    settled: date | None = None
    "The last day it rests on, where that is known."


def asked(sql: str, values: dict[str, Any]) -> str:
    """What tells one question from another; a fixed list among the values may hold a million customers."""
    return blake2b(f"{sql}\n{sorted(values.items())!r}".encode()).hexdigest()


def worth_keeping(facts: Facts) -> dict[str, Worth]:
    """Everything a snapshot should bring along by what is asked, each once: ranges may be the same days."""
    return {asked(worth.sql, worth.values): worth for worth in (*_questions(facts), *_figures(facts))}


def _questions(facts: Facts) -> Iterator[Worth]:
    for name in query.names():
        question = query.find(name)
        if "kept" in question.headers:
            words = question.headers.get("kept_under", "").split()
            views = {Filters(), *(view for word in words for view in _views(word))}
            for view in sorted(views, key=repr):
                sql, values = question.statement(view, facts, json.loads(question.headers["kept"]))
                yield Worth(name, sql, values, values.get(question.headers.get("settled", "")))


def _figures(facts: Facts) -> Iterator[Worth]:
    for name in metrics.names():
        figure = metrics.metric(name)
        earlier = figure.comparison(Filters(), facts)
        for part, period in (("figure", None), ("earlier", earlier)):
            if period or part == "figure":
                yield Worth(f"{part}_{name}", *figure.query.statement(Filters(), facts, {}, period))


def _views(word: str) -> Iterator[Filters]:
    if word == "ranges":
        for range_, compare in product(RANGES, Compare):
            yield Filters(range=range_, compare=compare)
    else:
        yield Filters.from_query(dict(parse_qsl(word)))


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
