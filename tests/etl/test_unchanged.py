"""What a refresh takes over from the snapshot before is row by row what it would have made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from dashapp.domain import bundles, entry_products, lifecycle
from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import backtest, premises, unchanged, whole
from etl import products as step
from etl.unchanged import fingerprint
from tests.etl.conftest import Ask, Refresh, order_lines

SPEND = pd.DataFrame({"spend_date": ["2024-03-01"], "channel": ["Web"], "spend": [100]})
CATALOGUE = pd.DataFrame({"product_id": ["cup", "saucer"], "category": ["china", "china"], "unit_cost": [4, 2]})


def shop() -> pd.DataFrame:
    """Eight months of fifty customers; every fourth order is a cup with its saucer."""
    rng, lines = np.random.default_rng(1), []
    for number in range(240):
        when = f"{date(2024, 1, 1) + timedelta(days=number)} 10:00"
        bought = {f"p{key}" for key in rng.choice(20, 2, replace=False)} | (
            {"cup", "saucer"} if number % 4 == 0 else set()
        )
        lines += [(f"o{number}", when, f"c{number % 50}", product, 2, 10) for product in sorted(bought)]
    return order_lines(*lines)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A horizon for which the shop is long enough, so that the backtest ends with a month."""
    return Settings(data_dir=tmp_path, horizon_days=60)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows whenever the backtest, the premises, stages, pairs or first products are worked out."""
    calls: list[str] = []
    steps = (
        (backtest, "run"), (premises, "examine"), (lifecycle, "judge"), (bundles, "find"), (entry_products, "compare"),
    )  # fmt: skip
    for module, name in steps:
        own = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, own=own: calls.append(own.__name__) or own(*given))
    return calls


def differences(settings: Settings) -> dict[str, int]:
    """Rows by which the last two snapshots differ, per table; what tells one build from another is left out."""
    warehouse = Warehouse(settings.folder("warehouse"))
    with duckdb.connect() as connection:
        for name, entry in zip(("one", "other"), sorted(warehouse.history(), key=lambda e: -e.seq)[:2], strict=True):
            connection.execute(f"attach '{warehouse.folder / entry.file}' as {name} (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'one'"
        ).fetchall()
        names = {name for (name,) in tables if not name.startswith("ledger.")} - {"meta.snapshot"}
        sides = ("(from one.{0} except all from other.{0})", "(from other.{0} except all from one.{0})")
        query = "select count(*) from (" + " union all ".join(sides) + ")"
        return {name: connection.execute(query.format(name)).fetchall()[0][0] for name in names}


EVERYTHING = ["run", "examine", "judge", "find", "compare", "compare"]
LATER = order_lines(("x1", "2024-08-30 10:00", "c3", "cup", 2, 10), ("x2", "2024-08-31 09:00", "c99", "spoon", 1, 9))
"Within the last month of the shop, before it is over; a customer and a product that were not there before."


def test_a_delivery_within_the_month_takes_over_what_a_full_rebuild_gives_and_the_turn_of_the_month_does_not(
    refresh: Refresh, settings: Settings, made: list[str], ask: Ask
):
    refresh(order_lines=shop().query("ordered_at < '2024-08-25'"), products=CATALOGUE)
    assert made == EVERYTHING
    lines = pd.concat([shop(), LATER.head(1)])
    refresh(order_lines=lines, products=CATALOGUE, marketing_spend=SPEND)
    assert made == EVERYTHING
    for table in ("marts.product_stages", "marts.product_pairs", "marts.entry_products", "backtest.metrics"):
        assert ask(f"from {table}"), table
    refresh(force=True, order_lines=lines, products=CATALOGUE, marketing_spend=SPEND)
    assert made == EVERYTHING * 2
    found = differences(settings)
    assert found.keys() >= {*step.TABLES, "backtest.metrics", "marts.order_lines", "marts.customers"}
    assert {name: rows for name, rows in found.items() if rows} == {}
    refresh(order_lines=pd.concat([lines, LATER.tail(1)]), products=CATALOGUE)
    assert made == EVERYTHING * 3


def test_a_line_dated_in_the_future_changes_no_number(refresh: Refresh, settings: Settings, ask: Ask):
    ahead = order_lines(("f1", "2031-01-01 10:00", "c3", "cup", 9, 900), ("f2", "2031-01-02 10:00", "z", "new", 9, 900))
    lines = "select * exclude (batch_id) from marts.order_lines order by line_number"
    refresh(order_lines=shop(), products=CATALOGUE)
    before = ask(lines)
    refresh(force=True, order_lines=pd.concat([shop(), ahead]), products=CATALOGUE)
    assert ask("select reason, lines from quality.reject_counts") == [("future_date", 2)]
    changed = {name for name, rows in differences(settings).items() if rows}
    assert {name for name in changed if not name.startswith(("quality.", "meta."))} == {"marts.order_lines"}
    assert ask(lines) == before  # only the delivery they came with is another


@pytest.fixture
def declared() -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables of the columns that every part declares, with one row each."""
    inputs: dict[str, set[str]] = {}
    for part in step.PARTS:
        for table, columns in part.inputs.items():
            inputs.setdefault(table, set()).update(columns.split(", "))
    dates = {"observed_from", "whole_until", "order_date", "first_sold_on", "month"}
    with duckdb.connect() as connection:
        connection.execute("create schema whole")
        for table, columns in inputs.items():
            typed = [f"{column} {'date' if column in dates else 'integer'}" for column in sorted(columns)]
            connection.execute(f"create table {table} ({', '.join(typed)})")
            row = ["date '2024-01-01'" if name.endswith("date") else "1" for name in typed]
            connection.execute(f"insert into {table} values ({', '.join(row)})")
        yield connection


READ = {
    "stages": (whole.MONTHS, whole.CATALOGUE, whole.SALE_DAYS),
    "pairs": (whole.BASKET_DAYS,),
    "first products": (whole.CATALOGUE, whole.ENTRIES, whole.CUSTOMERS, whole.VALUE_DAYS),
}


@pytest.mark.parametrize("part", step.PARTS, ids=lambda part: part.name)
def test_the_queries_read_nothing_that_is_not_declared(declared: duckdb.DuckDBPyConnection, part: step.Part):
    for (table,) in declared.execute("select table_name from duckdb_tables()").fetchall():
        columns = part.inputs.get(f"whole.{table}")
        declared.execute(f"create or replace table whole.{table} as select {columns} from whole.{table}"
                         if columns else f"drop table whole.{table}")  # fmt: skip
    assert [len(declared.execute(sql).fetchall()) for sql in READ[part.name]] == [1] * len(READ[part.name])


@pytest.mark.parametrize("part", step.PARTS, ids=lambda part: part.name)
def test_any_other_value_any_other_row_and_a_row_twice_are_told_but_not_another_order(
    declared: duckdb.DuckDBPyConnection, part: step.Part
):
    seen = {fingerprint(declared, part.inputs)}
    for number, (table, columns) in enumerate(part.inputs.items(), start=1):
        for column in columns.split(", "):
            declared.execute(f"update {table} set {column} = {column} + {number}")
            found = fingerprint(declared, part.inputs)
            assert found not in seen
            seen.add(found)
    declared.execute("insert into whole.sales from whole.sales")
    assert fingerprint(declared, part.inputs) not in seen
    declared.execute("insert into whole.sales select * replace (3 as product_key) from whole.sales limit 1")
    before = fingerprint(declared, part.inputs)
    declared.execute("create or replace table whole.sales as from whole.sales order by product_key desc")
    assert fingerprint(declared, part.inputs) == before


def test_an_earlier_snapshot_with_other_inputs_or_none_noted_gives_nothing(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "old.duckdb")) as old:
        old.execute("create schema meta")
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute(f"create schema meta; {unchanged.CREATE}; insert into meta.steps values ('stages', 'others')")
    for name in ("old", "other"):
        with duckdb.connect() as connection:
            connection.execute("create schema meta")
            assert not unchanged.taken_over(connection, tmp_path / f"{name}.duckdb", "stages", "mine", step.TABLES)
            assert connection.execute("from meta.steps").fetchall() == [("stages", "mine")]
