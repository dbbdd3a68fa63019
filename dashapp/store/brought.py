"""Tables that callers bring to a question, for example the customers a search found."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from dashapp.store.query import Query

DTYPES = {"UINTEGER": "uint32", "TINYINT": "int8"}


def split(asked: Query, parameters: dict[str, Any]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables of a question, empty where none was brought, and the parameters that are values."""
    brought = {name: parameters.get(name) for name in asked.tables}
    tables = {name: _empty(asked.tables[name]) if frame is None else frame for name, frame in brought.items()}
    return tables, {name: value for name, value in parameters.items() if name not in tables}


def _empty(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=DTYPES[kind]) for name, kind in columns})


def register(cursor: duckdb.DuckDBPyConnection, tables: dict[str, pd.DataFrame]) -> None:
    """Let this cursor, and only this one, read the tables by their names."""
    for name, frame in tables.items():
        cursor.register(name, frame)
