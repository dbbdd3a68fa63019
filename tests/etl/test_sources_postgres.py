"""A database as a source, on a real server: the rows of files, what is new and late, a sentence for each failure."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from dashapp.errors import MappingError, SourceError
from dashapp.settings import Settings
from etl import lake, load
from etl.lake import Lake
from etl.sources.postgres import read_mapping
from tests.conftest import ROOT
from tests.etl.loading import NOW, Heard, accepted, rejected, settings_in, tree

VARIABLE = "SHOP_DATABASE"
TABLE = """
    CREATE TABLE sales (
        id bigint, order_no text, placed_at timestamp, client text, sku text, qty numeric, price numeric,
        country text, changed_at timestamptz);
    INSERT INTO sales VALUES
        (1, '00123', '2024-05-06 10:00:00.123456', 'c1', 'p"1', 2, 1.50, NULL, '2024-05-06 10:00+00'),
        (2, '00123', '2024-05-06 10:00', 'c1', E'two\\nlines', 1, 12345.6789, '', '2024-05-06 10:00+00'),
        (3, '124', '2024-05-07 00:30', NULL, 'ä;,€', -3, 0.10, ' Spain ', '2024-05-07 09:00+02'),
        (4, '125', '2024-05-08', 'c2', 'p3', 1, 'NaN', 'Spain', '2024-05-08 10:00+00'),
        (5, '126', NULL, 'c2', 'p3', 1, 3, 'Spain', '2024-05-08 10:00+00')
"""
COLUMNS = {
    "order_id": "order_no", "line_id": "id", "ordered_at": "placed_at", "customer_id": "client", "product_id": "sku",
    "quantity": "qty", "unit_price": "price", "country": "country",
}  # fmt: skip
NAMES = "order_id, line_id, ordered_at, customer_id, product_id, quantity, unit_price, country"
WATERMARK = {"column": "changed_at", "overlap": "2 hours"}
SHOWN = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "sources.md").read_text(), re.DOTALL)
Run = Callable[..., Lake]
Execute = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def execute(postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Execute]:
    """Runs SQL as the shop does; the shop's table is there and its address in the environment."""
    import psycopg

    url = postgresql().replace("+psycopg", "")
    monkeypatch.setenv(VARIABLE, url)
    with psycopg.connect(url, autocommit=True) as connection:

        def run(sql: str) -> list[tuple[Any, ...]]:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

        run(TABLE)
        yield run


def mapped(folder: Path, query: str = "SELECT * FROM sales", columns=COLUMNS, top=None, **orders: Any) -> Path:
    part = {"query": query, "columns": columns} | orders
    content = {"shop": {"name": "Test", "currency": "EUR"}, "connection": VARIABLE} | (top or {})
    content.setdefault("entities", {"order_lines": part})
    path = folder / "shop.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture
def read(tmp_path: Path) -> Run:
    def run(append: bool = False, **mapping: Any) -> Lake:
        path = mapped(tmp_path, **mapping)
        return load.load("postgres", path, {}, settings_in(tmp_path), Heard(), append, NOW)

    return run


def counted(given: Lake, columns: str = "order_id, line_id, quantity") -> list[tuple[Any, ...]]:
    """Rows that count once later deliveries have corrected earlier ones, as the working database of a refresh has."""
    from etl.work import Policy, working

    policy = Policy(NOW.replace(tzinfo=None), 1.0, (), False)
    settings = Settings(data_dir=given.folder.parent)
    with working(settings.folder("warehouse") / "work.duckdb", given, policy, settings) as connection:
        return connection.execute(f"SELECT {columns} FROM raw.order_lines ORDER BY ALL").fetchall()


def test_a_full_load_is_the_load_of_the_same_rows_as_csv(execute: Execute, read: Run, tmp_path: Path) -> None:
    from_database = read()
    shop = tmp_path / "files"
    shop.mkdir()
    lines = [
        "id,order_no,placed_at,client,sku,qty,price,country",
        '1,00123,2024-05-06 10:00:00.123456,c1,"p""1",2,1.50,',
        '2,00123,2024-05-06 10:00:00,c1,"two\nlines",1,12345.6789,""',
        '3,124,2024-05-07 00:30:00,,"ä;,€",-3,0.10, Spain ',
        "4,125,2024-05-08 00:00:00,c2,p3,1,NaN,Spain",
        "5,126,,c2,p3,1,3,Spain",
    ]
    (shop / "orders.csv").write_text("\n".join([*lines, ""]))
    content = {"files": "orders.csv", "columns": COLUMNS}
    text = yaml.safe_dump({"shop": {"name": "Test", "currency": "EUR"}, "entities": {"order_lines": content}})
    (shop / "mapping.yaml").write_text(text)
    from_files = load.load("csv_folder", shop, {}, settings_in(shop), Heard(), now=NOW)
    assert len(accepted(from_files)) == 3
    assert accepted(from_database, f"line_number, {NAMES}") == accepted(from_files, f"line_number, {NAMES}")
    assert rejected(from_database) == rejected(from_files) == [(6, "bad_price"), (7, "missing_date")]
    assert from_database.batches[0].raw_amount == from_files.batches[0].raw_amount


def test_a_moment_becomes_the_wall_clock_of_the_shop(execute: Execute, read: Run) -> None:
    columns = COLUMNS | {"ordered_at": "changed_at"}
    with pytest.raises(MappingError, match="'changed_at' of order_lines is a moment with a time zone"):
        read(columns=columns)
    execute("DELETE FROM sales WHERE id > 3; UPDATE sales SET changed_at = '2024-07-01 23:30+00'")
    given = read(columns=columns, top={"timezone": "Europe/Berlin"})
    assert {str(row[0]) for row in accepted(given, "ordered_at")} == {"2024-07-02 01:30:00"}


def test_an_incremental_load_brings_new_changed_and_late_rows_and_nothing_twice(execute: Execute, read: Run) -> None:
    execute("DELETE FROM sales WHERE id > 3")
    first = read(watermark=WATERMARK)
    assert first.batches[0].watermark == "2024-05-07 07:00:00+00"
    execute("UPDATE sales SET qty = 7, changed_at = '2024-05-09' WHERE id = 1")
    execute("INSERT INTO sales SELECT 6, '127', '2024-05-09', 'c3', 'p', 1, 1, '', '2024-05-09'")
    execute("INSERT INTO sales SELECT 7, '128', '2024-05-07', 'late', 'p', 4, 1, '', '2024-05-07 05:30+00'")
    execute("INSERT INTO sales SELECT 8, '129', '2024-05-07', 'undated', 'p', 5, 1, '', NULL")
    execute("UPDATE sales SET qty = 99 WHERE id = 2")  # its watermark stays, which says: not changed
    second = read(watermark=WATERMARK, append=True)
    assert second.batches[-1].accepted_rows == 5
    assert second.batches[-1].watermark == "2024-05-09 00:00:00+00"
    assert counted(second) == [
        ("00123", "1", 7), ("00123", "2", 1), ("124", "3", -3), ("127", "6", 1), ("128", "7", 4), ("129", "8", 5),
    ]  # fmt: skip
    third = read(watermark=WATERMARK, append=True)
    assert counted(third) == counted(second)
    assert read(watermark=WATERMARK, append=True) == third
    assert lake.read(Settings(data_dir=third.folder.parent)) == third


def test_an_order_without_line_ids_comes_as_a_whole(execute: Execute, read: Run) -> None:
    execute("DELETE FROM sales WHERE id > 3")
    columns = {name: column for name, column in COLUMNS.items() if name != "line_id"}
    read(watermark=WATERMARK, columns=columns)
    execute("UPDATE sales SET qty = 7, changed_at = '2024-06-01' WHERE id = 1")
    given = read(watermark=WATERMARK, columns=columns, append=True)
    assert [row[::2] for row in counted(given)] == [("00123", 1), ("00123", 7), ("124", -3)]


def test_the_watermark_goes_with_its_batch(execute: Execute, read: Run) -> None:
    read(watermark=WATERMARK)
    execute("INSERT INTO sales SELECT 6, '127', '2024-05-09', 'c3', 'p', 1, 1, '', '2024-06-09'")
    second = read(watermark=WATERMARK, append=True)
    undone = lake.write(second, replace(second.history, current=second.history.current - 1))
    assert undone.watermarks("postgres") != second.watermarks("postgres")
    assert ("127", "6", 1) in counted(read(watermark=WATERMARK, append=True))


@pytest.mark.parametrize("value", ["'infinity'", "'2999-01-01'"])
def test_a_watermark_that_cannot_be_does_not_hide_what_follows(execute: Execute, read: Run, value: str) -> None:
    execute(f"UPDATE sales SET changed_at = {value} WHERE id = 1")
    assert read(watermark=WATERMARK).batches[0].watermark == "2024-05-08 10:00:00+00"


def test_a_number_may_be_the_watermark_and_is_compared_as_one(execute: Execute, read: Run) -> None:
    execute("DELETE FROM sales WHERE id > 3; UPDATE sales SET id = 9 WHERE id = 3")
    by_id = {"column": "id", "overlap": "0"}
    assert read(watermark=by_id).batches[0].watermark == "9"
    execute("INSERT INTO sales SELECT 10, '127', '2024-05-09', 'c3', 'p', 1, 1, '', NULL")
    second = read(watermark=by_id, append=True)
    assert (second.batches[-1].accepted_rows, second.batches[-1].watermark) == (2, "10")


def test_another_query_is_read_from_its_start(execute: Execute, read: Run) -> None:
    read(watermark=WATERMARK, query="SELECT * FROM sales WHERE id <> 1")
    given = read(watermark=WATERMARK, append=True)
    assert ("00123", "1", 2) in counted(given)


def test_an_entity_without_new_rows_is_left_as_it_is(execute: Execute, read: Run) -> None:
    first = read(watermark=WATERMARK)
    execute("DELETE FROM sales")
    assert read(watermark=WATERMARK, append=True).batches == first.batches


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT nothing FROM sales", 'column "nothing" does not exist'),
        ("SELEC 1", "syntax error"),
        ("DELETE FROM sales RETURNING *", "cannot execute DELETE in a read-only transaction"),
        ("SELECT *, nextval('numbers') FROM sales", "cannot execute nextval() in a read-only transaction"),
        (
            "SELECT *, set_config('transaction_read_only', 'off', false) FROM sales",
            "read-write mode must be set before any query",
        ),
        ("SELECT * FROM sales; DELETE FROM sales", "cannot insert multiple commands"),
        ("SELECT 1) TO STDOUT; DELETE FROM sales; COPY (SELECT 1", "syntax error"),
        ("BEGIN", "returns no rows"),
        ("SELECT 1/(id - 1) AS broken, * FROM sales", "division by zero"),
    ],
)
def test_a_query_that_is_wrong_or_writes_is_refused_in_the_words_of_the_server(
    execute: Execute, read: Run, query: str, words: str
) -> None:
    execute("CREATE SEQUENCE numbers")
    with pytest.raises(SourceError) as caught:
        read(query=query)
    assert words in caught.value.message
    assert "order_lines" in caught.value.message
    assert "\n" not in caught.value.sentence()
    assert execute("SELECT count(*) FROM sales") == [(5,)]


def test_a_query_may_end_like_one_and_hold_what_text_may_hold(execute: Execute, read: Run) -> None:
    assert len(accepted(read(query="SELECT *, '{}%s;' AS odd FROM sales WHERE sku LIKE '%' -- all of them"))) == 3
    assert len(accepted(read(query="SELECT * FROM sales ;\n"))) == 3


def test_a_statement_that_takes_too_long_is_stopped(execute: Execute, read: Run) -> None:
    with pytest.raises(SourceError, match="order_lines took longer than 1 seconds"):
        read(query="SELECT *, pg_sleep(2) FROM sales", top={"statement_timeout_seconds": 1})


def test_a_server_that_goes_away_is_one_sentence_and_changes_nothing(execute: Execute, read: Run) -> None:
    given = read()
    before = tree(given.folder)
    with pytest.raises(SourceError, match="went away while order_lines was read") as caught:
        read(query="SELECT *, pg_terminate_backend(pg_backend_pid()) FROM sales")
    assert "\n" not in caught.value.sentence()
    assert tree(given.folder) == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", f"The environment variable {VARIABLE} is not set."),
        ("hunter2 is my password", f"{VARIABLE} holds no address"),
        ("postgresql://me:hunter2@/postgres?host=/nowhere", "cannot be reached"),
        ("postgresql://me:hunter2@/postgres?host=/hunter2", "cannot be reached"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    execute: Execute, read: Run, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(SourceError) as caught:
        read()
    assert words in caught.value.message
    assert "hunter2" not in caught.value.sentence()


def test_the_password_is_written_nowhere(
    execute: Execute, read: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = urlsplit(os.environ[VARIABLE])
    monkeypatch.setenv(VARIABLE, address._replace(netloc="tenure:hunter2@").geturl())
    given = read(watermark=WATERMARK)
    assert given.batches
    assert not [name for name, content in tree(tmp_path).items() if b"hunter2" in content]


def test_without_the_driver_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match="needs the package psycopg") as caught:
        load.load("postgres", mapped(tmp_path), {}, settings_in(tmp_path), Heard(), now=NOW)
    assert "requirements-postgres.txt" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"top": {"connection": "postgresql://me:hunter2@host/shop"}}, "connection"),
        ({"top": {"connection": "TENURE_SECRET_KEY"}}, "settings of Tenure itself"),
        ({"top": {"password": "x"}}, "unknown key 'password'"),
        ({"top": {"entities": {"orders": {"query": "SELECT 1", "columns": {"a": "b"}}}}}, "no entity 'orders'"),
        ({"top": {"entities": {}}}, "entities"),
        ({"columns": {**COLUMNS, "custmer_id": "client"}}, "no column 'custmer_id'"),
        ({"columns": {"order_id": "id"}}, "needs the column 'ordered_at'"),
        ({"watermark": {"column": "changed_at", "overlap": "1; DROP TABLE sales"}}, "overlap"),
        ({"columns": {**COLUMNS, "country": "contry"}}, "has no column 'contry'"),
        ({"watermark": {"column": "changed_at", "overlap": "1000"}}, "does not fit the watermark"),
        ({"watermark": {"column": "sku", "overlap": "1000"}}, "is no number, date or moment"),
        ({"watermark": {"column": "changd_at", "overlap": "1 day"}}, "has no column 'changd_at'"),
    ],
)
def test_a_mistake_in_the_mapping_is_named(execute: Execute, read: Run, change: dict[str, Any], words: str) -> None:
    with pytest.raises(MappingError) as caught:
        read(**change)
    assert words in caught.value.message
    assert "hunter2" not in caught.value.sentence()


def test_events_cannot_be_read_in_parts(execute: Execute, read: Run) -> None:
    columns = {"occurred_at": "placed_at", "customer_id": "client", "event": "sku"}
    part = {"query": "SELECT * FROM sales", "columns": columns, "watermark": WATERMARK}
    with pytest.raises(MappingError, match="engagement_events has no key"):
        read(top={"entities": {"engagement_events": part}})


def test_the_mapping_in_the_documents_is_one_the_product_accepts(tmp_path: Path) -> None:
    shown = next(text for text in SHOWN if "connection:" in text)
    (tmp_path / "shop.yaml").write_text(shown)
    assert read_mapping(tmp_path / "shop.yaml").connection == VARIABLE
