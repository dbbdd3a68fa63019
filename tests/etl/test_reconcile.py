"""The invariant is real: lose a line or a cent anywhere between file and lake, and the load fails unchanged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dashapp.errors import ReconciliationError
from etl import quarantine, rawtable, reconcile, typed
from etl.quarantine import unnumbered
from etl.work import ORIGIN, create_view
from tests.etl.loading import GOOD, accepted, load_orders, orders, settings_in, tree

CLEAN = orders(GOOD, "2,2024-02-03,c,1,9")
FILE = orders(GOOD, "2,2024-02-30,c,1,7", "3,2024-02-03,c,1,9")
READ_ROW_BY_ROW = FILE + "\n"


def lose(module, name: str, sql: str):
    """The function `name`, preceded by a statement that damages the typed rows."""
    original = getattr(module, name)

    def damaged(con, *arguments):
        con.execute(sql)
        original(con, *arguments)

    return damaged


@pytest.mark.parametrize(
    ("module", "name", "damage", "message"),
    [
        (quarantine, "write_accepted", "UPDATE typed_rows SET unit_price = 8 WHERE rowid = 2", "money"),
        (quarantine, "write_rejected", "UPDATE typed_rows SET mask = 0", "rows"),
        (typed, "_add_broken", "DELETE FROM typed_rows WHERE rowid = 2", "lines"),
    ],
)
def test_a_lost_line_or_amount_fails_the_load_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module, name: str, damage: str, message: str
):
    load_orders(tmp_path, orders(GOOD))
    before = tree(settings_in(tmp_path).data_dir)
    monkeypatch.setattr(module, name, lose(module, name, damage))
    with pytest.raises(ReconciliationError, match=message):
        load_orders(tmp_path, READ_ROW_BY_ROW)
    assert tree(settings_in(tmp_path).data_dir) == before


@pytest.mark.parametrize("text", [CLEAN, FILE])
def test_rows_damaged_after_they_were_written_fail_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str):
    original = reconcile.totals

    def totals(con, entity, amount, accepted: Path, rejected):
        (path,) = accepted.glob("*.parquet")
        con.execute(f"create temp table held as select * replace (unit_price + 1 as unit_price) from '{path}'")
        con.execute(f"copy held to '{path}' (format parquet)")
        return original(con, entity, amount, accepted, rejected)

    load_orders(tmp_path, orders(GOOD))
    before = tree(settings_in(tmp_path).data_dir)
    monkeypatch.setattr(reconcile, "totals", totals)
    with pytest.raises(ReconciliationError, match="money"):
        load_orders(tmp_path, text)
    assert tree(settings_in(tmp_path).data_dir) == before


def test_a_clean_file_is_written_once_and_its_rows_know_their_lines(tmp_path: Path):
    lake = load_orders(tmp_path, CLEAN)
    batch = lake.batches[0].batch_id
    assert [path.name for path in lake.files("order_lines")] == ["after-1.parquet"]
    assert accepted(lake, "batch_id, line_number, order_id") == [(batch, 2, "1"), (batch, 3, "2")]


def test_rows_of_earlier_versions_stand_beside_those_that_carry_no_number(tmp_path: Path):
    columns = {"order_id": "VARCHAR", "product_id": "VARCHAR", **ORIGIN}
    old, new = tmp_path / "one" / "data.parquet", tmp_path / "two" / unnumbered(3)
    with duckdb.connect() as connection:
        numbered = "'a' as order_id, 'p' as product_id, 'one' as batch_id, 7 as line_number"
        for path, rows in ((old, numbered), (new, "'b' as order_id")):
            path.parent.mkdir()
            connection.execute(f"copy (select {rows}) to '{path}' (format parquet)")
        for files in ([old, new], [new, old]):
            create_view(connection, "lines", columns, files)
            found = connection.execute("from lines order by order_id").fetchall()
            assert found == [("a", "p", "one", 7), ("b", None, "two", 4)]


def test_a_line_the_reader_skipped_fails_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read = rawtable.read

    def short(con, file, work, exact=False):
        raw = read(con, file, work, exact=True)
        return replace(raw, physical_lines=raw.physical_lines + 1)

    monkeypatch.setattr(rawtable, "read", short)
    with pytest.raises(ReconciliationError, match=r"5 lines were read, but 4 are accounted for"):
        load_orders(tmp_path, FILE)
