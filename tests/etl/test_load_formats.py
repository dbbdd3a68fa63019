"""Formats other than comma-separated text: told by their bytes, read to the same rows, broken lines set aside."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.errors import SourceError
from etl import fileformat
from tests.etl.loading import COLUMNS, GOOD, HEADER, accepted, adds_up, load_orders, orders, rejected
from tests.etl.spreadsheet import xls

LINE = {"order": "00123", "date": "2024-05-06 10:00:00", "customer": 17850, "qty": 2, "price": 1.5}


def json_line(**changes: object) -> str:
    return json.dumps(LINE | changes)


def test_json_lines_are_read_whatever_the_file_is_called(tmp_path: Path):
    lake = load_orders(tmp_path, json_line() + "\n", name="orders.csv")
    assert accepted(lake, "order_id, customer_id, quantity * unit_price, line_number") == [
        ("00123", "17850", Decimal("3.0"), 1)
    ]
    batch = lake.batches[0]
    assert (batch.physical_lines, batch.header_lines) == (1, 0)


def test_numbers_keep_the_digits_they_were_written_with(tmp_path: Path):
    text = '{"order": 17850.0, "date": "2024-01-01", "customer": 1e5, "qty": 1, "price": 0.10000000000000001}\n'
    lake = load_orders(tmp_path, text + json_line(price="2.5") + "\n", name="orders.jsonl")
    assert accepted(lake, "order_id, customer_id") == [("17850.0", "1e5"), ("00123", "17850")]


def test_nested_keys_get_dots_and_lists_stay_text(tmp_path: Path):
    line = {"id": "1", "at": "2024-01-01", "who": {"mail": {"main": "a@b.c"}}, "tags": [1.0, "x"], "qty": 1, "price": 3}
    columns = COLUMNS | {"order_id": "id", "ordered_at": "at", "customer_id": "who.mail.main", "product_name": "tags"}
    lake = load_orders(tmp_path, json.dumps(line) + "\n", name="orders.jsonl", columns=columns)
    assert accepted(lake, "customer_id, product_name") == [("a@b.c", '[1.0, "x"]')]


def test_a_key_that_only_a_late_line_has_is_a_column_of_all(tmp_path: Path):
    lake = load_orders(
        tmp_path,
        "\n".join([json_line(), json_line(land="ES")]),
        name="orders.jsonl",
        columns=COLUMNS | {"country": "land"},
    )
    assert accepted(lake, "country") == [(None,), ("ES",)]


@pytest.mark.parametrize(
    "line",
    [
        '{"order": 1',
        "[1, 2]",
        "17",
        '{"order": 1, "order": 2}',
        '{"price": NaN}',
        '{"a.b": 1, "a": {"b": 2}}',
        '{"order": "\\u0000"}',
        '{"order": "\\ud800"}',
        "[" * 100_000,
        '{"order": {"order": {"x": 1, "x": 2}}}',
    ],
)
def test_a_broken_line_is_a_reject_with_its_number_and_the_rest_is_read(tmp_path: Path, line: str):
    lake = load_orders(tmp_path, "\n".join([json_line(), "", line, json_line()]), name="orders.jsonl")
    assert rejected(lake) == [(3, "bad_json")]
    assert accepted(lake, "line_number") == [(1,), (4,)]
    assert adds_up(lake.batches[0])
    assert lake.batches[0].blank_lines == 1


def test_keys_that_are_values_are_refused(tmp_path: Path):
    lines = "\n".join(json.dumps({f"k{n}": 1}) for n in range(1001))
    with pytest.raises(SourceError, match="more than 1,000 different keys"):
        load_orders(tmp_path, lines, name="orders.jsonl")


def test_a_json_array_is_told_how_to_become_lines(tmp_path: Path):
    with pytest.raises(SourceError, match="one JSON array") as caught:
        load_orders(tmp_path, json.dumps([LINE]), name="orders.json")
    assert "jq" in caught.value.hint


@pytest.mark.parametrize("name", ["orders.tsv", "orders.xls", "orders.txt"])
def test_tabs_are_found_by_the_columns_they_make(tmp_path: Path, name: str):
    lake = load_orders(tmp_path, orders(GOOD).replace(",", "\t"), name=name)
    assert accepted(lake, "order_id, customer_id") == [("1", "c1")]


@pytest.mark.parametrize("name", ["orders.xls", "orders.csv"])
def test_an_old_workbook_is_read_with_its_row_numbers(tmp_path: Path, name: str):
    rows: list[list[str | float]] = [[*HEADER.split(",")], ["00123", "2024-05-06", 17850.0, 2.0, 1.5]]
    lake = load_orders(tmp_path, xls(rows), name=name)
    assert accepted(lake, "line_number, order_id, customer_id, unit_price") == [(2, "00123", "17850", Decimal("1.5"))]


def test_a_damaged_old_workbook_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="not a readable workbook"):
        load_orders(tmp_path, xls([["order"]])[:700], name="orders.xls")


@pytest.mark.parametrize("plain", [orders(GOOD), json_line() + "\n"])
def test_a_packed_file_gives_the_rows_of_the_plain_one(tmp_path: Path, plain: str):
    for place, content in (("a", plain.encode()), ("b", gzip.compress(plain.encode()))):
        (tmp_path / place).mkdir()
        lake = load_orders(tmp_path / place, content, name="orders.csv.gz")
        assert len(accepted(lake)) == 1


def test_a_packed_file_that_is_damaged_explodes_or_holds_no_text_is_refused(tmp_path: Path, monkeypatch):
    packed = gzip.compress(orders(GOOD).encode())
    with pytest.raises(SourceError, match="damaged gzip"):
        load_orders(tmp_path, packed[:-9], name="orders.csv.gz")
    with pytest.raises(SourceError, match="holds no text"):
        load_orders(tmp_path, gzip.compress(packed), name="orders.csv.gz")
    monkeypatch.setattr(fileformat, "HARMLESS_BYTES", 1000)
    with pytest.raises(SourceError, match="unpacks to more than"):
        load_orders(tmp_path, gzip.compress(bytes(3_000_000)), name="orders.csv.gz")
