"""Answers that a snapshot brings along: heavy questions and the key figures under the filters everybody begins with.

A question says `-- kept: {"split": ""}` with the parameters its page begins with, and `-- kept_under: range=l28d` where
a page begins with another view; `ranges` there are all named ranges with every comparison, in net and gross sales. The
refresh asks it once for all readers, by the same SQL with the same values; whatever differs in a letter is asked anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from itertools import product
from typing import Any
from urllib.parse import parse_qsl

import duckdb

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import RANGES
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.store import metrics, query
from dashapp.store.facts import Facts

TABLE = "create table meta.answers (name VARCHAR, asked VARCHAR, columns VARCHAR, answer VARCHAR)"
"""`columns`: names and types as JSON; `answer`: the rows as JSON, every value as text, which casts back to what it was.
One table for all: fifty tables would take a quarter of a megabyte each."""


def asked(sql: str, values: dict[str, Any]) -> str:
    """What tells one question from another; a fixed list among the values may hold a million customers."""
    return blake2b(f"{sql}\n{sorted(values.items())!r}".encode()).hexdigest()


def worth_keeping(facts: Facts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, SQL and values of everything a snapshot should bring along, each once: ranges may be the same days."""
    known = set[str]()
    for name, sql, values in (*_questions(facts), *_figures(facts)):
        if (key := asked(sql, values)) not in known:
            known.add(key)
            yield name, sql, values


def _questions(facts: Facts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in query.names():
        question = query.find(name)
        if "kept" in question.headers:
            words = question.headers.get("kept_under", "").split()
            views = {Filters(), *(view for word in words for view in _views(word))}
            for view in sorted(views, key=repr):
                yield name, *question.statement(view, facts, json.loads(question.headers["kept"]))


def _figures(facts: Facts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in metrics.names():
        figure = metrics.metric(name)
        earlier = figure.comparison(Filters(), facts)
        for part, period in (("figure", None), ("earlier", earlier)):
            if period or part == "figure":
                yield f"{part}_{name}", *figure.query.statement(Filters(), facts, {}, period)


def _views(word: str) -> Iterator[Filters]:
    if word == "ranges":
        for range_, compare, basis in product(RANGES, Compare, (Basis.NET_SALES, Basis.GROSS_SALES)):
            yield Filters(range=range_, compare=compare, basis=basis)
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
