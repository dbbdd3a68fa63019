"""Columns of an entity that lie in a second file, and files of one entity that differ in their columns."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from dashapp.errors import MappingError, SourceError
from etl import load
from tests.etl.loading import NOW, Heard, accepted, adds_up, rejected, settings_in

SALES = "no,day,item,who,where,pieces\n1,2024-01-01, 00123 ,ann,1,2\n2,2024-01-02,9,ben,2,1\n3,2024-01-03,77,cid,1,1\n"
ITEMS = "Code;Price;Group\n00123;1.50;a\n123;9.99;a\n9;2.25;b\n9;2.25;b\n"
GROUPS = "Group,Name\na,Cups\nb,Pens\n"
BACK = "day,item,pieces\n2024-02-01,9,1\n2024-02-02,9,-2\n"
COLUMNS = {"order_id": "no", "ordered_at": "day", "customer_id": "who", "product_id": "item", "quantity": "pieces"}
PRICES = {"file": "items.csv", "by": {"item": "Code"}, "columns": ["Price", "Group"]}
NAMES = {"file": "groups.csv", "by": {"Group": "Group"}, "columns": ["Name"]}


def run(tmp_path: Path, files: dict[str, str], *parts: dict):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    content = {"shop": {"name": "Test", "currency": "EUR"}, "entities": {"order_lines": list(parts)}}
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    return load.load("csv_folder", tmp_path, {}, settings_in(tmp_path), Heard(), now=NOW)


def sales(**more) -> dict:
    columns = COLUMNS | {"unit_price": "Price", "product_name": "Name"}
    return {"files": "sales.csv", "columns": columns, "lookups": [PRICES, NAMES]} | more


FILES = {"sales.csv": SALES, "items.csv": ITEMS, "groups.csv": GROUPS}


def test_price_and_name_come_from_other_files_and_a_line_without_them_is_set_aside(tmp_path: Path):
    lake = run(tmp_path, FILES, sales())
    found = accepted(lake, "line_number, product_id, unit_price, product_name")
    assert found == [(2, "00123", Decimal("1.5"), "Cups"), (3, "9", Decimal("2.25"), "Pens")]
    assert rejected(lake) == [(4, "missing_price")]
    assert adds_up(lake.batches[0])


def test_a_changed_lookup_makes_another_batch(tmp_path: Path):
    first = run(tmp_path, FILES, sales()).batches[0]
    second = run(tmp_path, FILES | {"items.csv": ITEMS.replace("2.25", "3.25")}, sales()).batches[0]
    assert first.batch_id != second.batch_id
    assert (first.file_sha256, second.accepted_amount) == (second.file_sha256, "6.2500000")


def test_files_of_one_entity_may_differ_and_returns_count_as_negative(tmp_path: Path):
    columns = {"ordered_at": "day", "product_id": "item", "quantity": "pieces", "unit_price": "Price"}
    back = {
        "files": "back.csv", "columns": columns, "returns": True, "fixed": {"order_id": "back {line}"},
        "lookups": [PRICES],
    }  # fmt: skip
    lake = run(tmp_path, FILES | {"back.csv": BACK}, sales(), back)
    found = accepted(lake, "order_id, quantity", order="order_id")
    assert found == [("1", 2), ("2", 1), ("back 2", -1), ("back 3", -2)]


@pytest.mark.parametrize(
    ("files", "change", "error", "words"),
    [
        ({"items.csv": ITEMS + "9;5;b\n"}, {}, SourceError, "several lines for '9'"),
        ({"items.csv": ITEMS + "9;5\n"}, {}, SourceError, "Line 6 of items.csv cannot be read"),
        ({"items.csv": "Code,Price\n1,2\n"}, {}, MappingError, "no column 'Group'"),
        ({}, {"lookups": [PRICES | {"by": {"itm": "Code"}}, NAMES]}, MappingError, "no column 'itm' to look up by"),
        ({}, {"lookups": [PRICES | {"file": "no.csv"}, NAMES]}, SourceError, "no file 'no.csv'"),
        ({}, {"lookups": [PRICES | {"file": "../x.csv"}]}, MappingError, "must stay inside the folder"),
        ({"sales.csv": SALES.replace("where", "Price")}, {}, MappingError, "a column 'Price' of its own"),
        ({}, {"lookups": []}, MappingError, "no column 'Name', 'Price'"),
    ],
)
def test_a_lookup_that_cannot_be_trusted_is_refused(tmp_path: Path, files, change, error, words: str):
    with pytest.raises(error) as caught:
        run(tmp_path, FILES | files, sales(**change))
    assert words in caught.value.sentence()
