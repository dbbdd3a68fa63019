"""Answers that a snapshot brings along: heavy questions and the key figures under the filters everybody begins with.

A question says `-- kept: {"split": ""}` with the parameters its page begins with. The refresh asks it once for all readers,
by the same SQL with the same values; whatever differs in a letter is asked anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import duckdb

from dashapp.domain.filters import Filters
from dashapp.store import metrics, query
from dashapp.store.facts import Facts

TABLE = "create table meta.answers (asked VARCHAR, place VARCHAR)"


def asked(sql: str, values: dict[str, Any]) -> str:
    """What tells one question from another; a fixed list among the values may hold a million customers."""
    return blake2b(f"{sql}\n{sorted(values.items())!r}".encode()).hexdigest()


def worth_keeping(facts: Facts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name of the table, SQL and values of everything a snapshot should bring along."""
    everybody = Filters()
    for name in query.names():
        question = query.find(name)
        if "kept" in question.headers:
            yield name, *question.statement(everybody, facts, json.loads(question.headers["kept"]))
    for name in metrics.names():
        figure = metrics.metric(name)
        earlier = figure.comparison(everybody, facts)
        for part, period in (("figure", None), ("earlier", earlier)):
            if period or part == "figure":
                yield f"{part}_{name}", *figure.query.statement(everybody, facts, {}, period)


def places(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Where the answers are, by what was asked; a snapshot of an earlier version has none."""
    try:
        return dict(connection.execute("select asked, place from meta.answers").fetchall())
    except duckdb.CatalogException:
        return {}
