"""What a snapshot says about itself, also one that an earlier version built."""

from __future__ import annotations

from dataclasses import astuple, fields

import duckdb
import pytest

from dashapp.store.facts import EARLIER, Facts, read_facts
from tests.store.conftest import facts


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    about = facts(1)
    names = [field.name for field in fields(Facts)]
    with duckdb.connect() as connection:
        connection.execute("create schema meta")
        columns = ", ".join(f"? as {name}" for name in names)
        connection.execute(f"create table meta.snapshot as select {columns}", list(astuple(about)))
        yield connection


def test_facts_are_read_as_written(connection: duckdb.DuckDBPyConnection) -> None:
    assert read_facts(connection) == facts(1)


def test_predictions_of_an_earlier_version_are_doubted_not_hidden(connection: duckdb.DuckDBPyConnection) -> None:
    for name in EARLIER:
        connection.execute(f"alter table meta.snapshot drop column {name}")
    assert read_facts(connection).validity == "ranking_only"


def test_a_snapshot_without_its_facts_is_no_snapshot(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("alter table meta.snapshot drop column currency")
    with pytest.raises(ValueError, match="currency"):
        read_facts(connection)
    connection.execute("delete from meta.snapshot")
    with pytest.raises(ValueError, match="0 rows"):
        read_facts(connection)
