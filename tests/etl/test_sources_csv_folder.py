"""Any shop's folder by its mapping: what the mapping may say, and how a mistake in it is answered."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
import yaml

from dashapp.errors import MappingError, SourceError
from dashapp.store import mappings
from etl import load
from tests.etl.loading import (
    COLUMNS,
    GOOD,
    HEADER,
    NOW,
    Heard,
    accepted,
    ask,
    load_orders,
    orders,
    rejected,
    settings_in,
)

SHOP = {"name": "Test", "currency": "EUR", "country": "Spain"}


def run(tmp_path: Path, mapping: dict | str, **files: str):
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content)
    text = mapping if isinstance(mapping, str) else yaml.safe_dump(mapping)
    (tmp_path / "mapping.yaml").write_text(text)
    return load.load("csv_folder", tmp_path, {}, settings_in(tmp_path), Heard(), now=NOW)


def mapped(**more) -> dict:
    orders_mapping = {"files": "orders.csv", "columns": dict(COLUMNS)}
    return {"shop": dict(SHOP), "entities": {"order_lines": orders_mapping}} | more


def test_every_entity_can_be_mapped_and_the_top_holds_for_all(tmp_path: Path):
    mapping = {
        "shop": SHOP,
        "decimal_comma": True,
        "delimiter": ";",
        "date_format": "%d.%m.%Y",
        "entities": {
            "order_lines": {"files": "orders.csv", "columns": COLUMNS, "fixed": {"country": "Spain", "channel": "Web"}},
            "customers": {"files": "people.csv", "columns": {"customer_id": "Id", "signed_up_on": "Since"}},
            "products": {"files": "items.csv", "columns": {"product_id": "Code", "unit_cost": "Cost"}},
            "marketing_spend": {"files": "ads.csv", "columns": {"spend_date": "Day", "channel": "Ch", "spend": "Eur"}},
            "engagement_events": {
                "files": "visits.csv",
                "date_format": "%Y%m%d",
                "columns": {"occurred_at": "Day", "customer_id": "Id"},
                "fixed": {"event": "visit"},
            },
        },
    }
    lake = run(
        tmp_path,
        mapping,
        orders=f"{HEADER.replace(',', ';')}\n1;02.03.2024;c1;2;1,50\n",
        people="Id;Since\nc1;01.02.2024\nc2;\n",
        items="Code;Cost\np1;0,99\n",
        ads="Day;Ch;Eur\n01.02.2024;Web;12,30\n",
        visits="Day;Id\n20240201;c1\n",
    )
    assert accepted(lake, "unit_price, country, channel") == [(Decimal("1.5"), "Spain", "Web")]
    assert accepted(lake, "customer_id, signed_up_on", "customers") == [("c1", date(2024, 2, 1)), ("c2", None)]
    assert accepted(lake, "unit_cost", "products") == [(Decimal("0.99"),)]
    assert accepted(lake, "spend_date, spend", "marketing_spend") == [(date(2024, 2, 1), Decimal("12.3"))]
    assert accepted(lake, "event, occurred_at::DATE", "engagement_events") == [("visit", date(2024, 2, 1))]
    assert lake.feed.shop.country == "Spain"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entities": {"order_lines": {"files": "*", "colums": {}}}}, ["unknown key 'entities.order_lines.colums'"]),
        ({"colums": {}}, ["unknown key 'colums'", "Did you mean 'columns'?"]),
        ({"shop": {"name": "x", "currency": "euro"}}, ["shop.currency"]),
        ({"shop": {"name": "x"}}, ["lacks 'shop.currency'"]),
        ({"timezone": "Berlin"}, ["'Berlin' is no time zone"]),
        ({"encoding": "klingon"}, ["encoding"]),
        ({"entities": {"order_lines": {"files": "../x", "columns": COLUMNS}}}, ["must stay inside the folder"]),
        (
            {"entities": {"order_lines": {"files": "o*", "columns": {"order_id": "a"}}}},
            ["needs the column 'ordered_at'"],
        ),
        (
            {"entities": {"order_lines": {"files": "o*", "columns": {**COLUMNS, "custmer_id": "b"}}}},
            ["no column 'custmer_id'", "Did you mean 'customer_id'?"],
        ),
        ({"entities": {"order_line": {}}}, ["unknown key 'entities.order_line'", "Did you mean 'order_lines'?"]),
    ],
)
def test_a_mistake_in_the_mapping_is_named(tmp_path: Path, change: dict, words: list[str]):
    with pytest.raises(MappingError) as caught:
        run(tmp_path, mapped(**change), orders=orders(GOOD))
    for word in words:
        assert word in caught.value.sentence()


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2", "", "!!python/object/apply:os.system [true]"])
def test_a_mapping_that_is_no_mapping_is_refused(tmp_path: Path, text: str):
    with pytest.raises(MappingError, match=r"mapping\.yaml"):
        run(tmp_path, text, orders=orders(GOOD))


def test_missing_files_and_mappings_are_named(tmp_path: Path):
    with pytest.raises(MappingError, match="no mapping at"):
        load.load("csv_folder", tmp_path, {}, settings_in(tmp_path), Heard(), now=NOW)
    with pytest.raises(SourceError, match=r"No file in .* fits 'orders.csv' \(order_lines\)"):
        run(tmp_path, mapped())


def test_a_mapping_may_lie_elsewhere(tmp_path: Path):
    (tmp_path / "orders.csv").write_text(orders(GOOD))
    elsewhere = tmp_path / "other.yaml"
    elsewhere.write_text(yaml.safe_dump(mapped()))
    options = {"mapping": str(elsewhere)}
    lake = load.load("csv_folder", tmp_path, options, settings_in(tmp_path), Heard(), now=NOW)
    assert len(accepted(lake)) == 1


def test_parquet_is_read_as_text_and_its_nan_is_missing(tmp_path: Path):
    lines = "(1, TIMESTAMP '2024-01-01 10:00', 'NaN'::DOUBLE, 2, 1.5::DOUBLE), (2, TIMESTAMP '2024-01-02', 7, 1, 'inf')"
    path = tmp_path / "orders.parquet"
    names = HEADER.replace("order", '"order"')
    ask(f"COPY (SELECT * FROM (VALUES {lines}) AS t({names})) TO '{path}' (FORMAT parquet)")
    lake = load_orders(tmp_path, path.read_bytes(), name="orders.parquet", whole_number_ids=True)
    assert accepted(lake, "line_number, order_id, customer_id, unit_price") == [(1, "1", None, Decimal("1.5"))]
    assert rejected(lake) == [(2, "bad_price")]


def write_workbook(path: Path, **sheets: list[list]) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path.read_bytes()


def test_a_workbook_keeps_its_row_numbers_and_its_whole_numbers(tmp_path: Path):
    rows = [[], HEADER.split(","), [1, "2024-01-01", 17850, 2, 2.55], [], [2, "2024-01-02", "c", 1, 1, "surplus"]]
    book = write_workbook(tmp_path / "book.xlsx", Orders=rows)
    lake = load_orders(tmp_path, book, name="orders.xlsx")
    assert accepted(lake, "line_number, order_id, customer_id, unit_price") == [(3, "1", "17850", Decimal("2.55"))]
    assert rejected(lake) == [(5, "wrong_field_count")]
    batch = lake.batches[0]
    assert (batch.physical_lines, batch.blank_lines, batch.file_name) == (5, 2, "orders.xlsx[Orders]")


def test_an_id_too_long_for_excel_is_rejected_and_not_rounded(tmp_path: Path):
    rows = [HEADER.split(","), [1, "2024-01-01", 12345678901234567890, 2, 1], [2, "2024-01-01", "c", 1, 1]]
    lake = load_orders(tmp_path, write_workbook(tmp_path / "book.xlsx", Orders=rows), name="orders.xlsx")
    assert rejected(lake) == [(2, "scientific_id")]


def test_a_workbook_that_would_explode_is_refused_before_it_is_unpacked(tmp_path: Path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", " " * 5_000_000)
    with pytest.raises(SourceError, match="would unpack to 5 MB"):
        load_orders(tmp_path, bomb.read_bytes(), name="orders.xlsx")


def test_a_text_called_workbook_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="not an Excel workbook"):
        load_orders(tmp_path, orders(GOOD), name="orders.xlsx")


def test_a_text_called_parquet_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="not a readable Parquet file"):
        load_orders(tmp_path, orders(GOOD), name="orders.parquet")


def test_what_a_file_or_mapping_says_is_never_sql(tmp_path: Path):
    evil = "x'; drop table typed; --"
    folder = tmp_path / "it's"
    folder.mkdir()
    columns = COLUMNS | {"customer_id": "Cu'st\"omer"}
    mapping = mapped(unknown_words=[evil])
    mapping["entities"]["order_lines"] |= {"columns": columns, "fixed": {"channel": evil, "country": "We'b"}}
    lake = run(
        folder, mapping, orders=f"{HEADER.replace('customer', columns['customer_id'])}\n{GOOD.replace('c1', evil)}\n"
    )
    assert accepted(lake, "customer_id, country") == [(evil, "We'b")]


def test_a_kept_mapping_is_found_by_its_name_and_no_file_beside_the_data_takes_its_place(tmp_path: Path):
    (tmp_path / "orders.csv").write_text(orders(GOOD))
    (tmp_path / "our-shop").write_text("not: this one")
    settings = settings_in(tmp_path)
    kept = mapped()
    kept["shop"]["name"] = "Kept"
    mappings.write(settings, "our-shop", kept)
    lake = load.load("csv_folder", tmp_path, {"mapping": "our-shop"}, settings, Heard(), now=NOW)
    assert (lake.feed.shop.name, len(accepted(lake))) == ("Kept", 1)
    part = {"columns": {"customer_id": "Id"}}
    mappings.write(settings, "people", part)
    (tmp_path / "people.csv").write_text("Id\nc1\n")
    options = {"entity": "customers", "mapping": "people"}
    lake = load.load("entity_file", tmp_path / "people.csv", options, settings, Heard(), now=NOW)
    assert accepted(lake, "customer_id", "customers") == [("c1",)]


def test_a_text_is_given_its_meaning_once_per_column(tmp_path: Path):
    lines = ["1,05.06.2024,c1,2,1.50", "2,sometime,c1,two,free", "3,17.06.2024,n/a,00123,1.50"]
    mapping = mapped()
    mapping["entities"]["order_lines"]["values"] = {
        "ordered_at": {"sometime": "06.06.2024"},
        "quantity": {"two": "2"},
        "unit_price": {"free": "0", "it's": "7"},
        "customer_id": {"n/a": "", "c1": "007"},
    }
    lake = run(tmp_path, mapping, orders=orders(*lines))
    columns = "ordered_at::DATE::VARCHAR, quantity::INT, unit_price, customer_id"
    assert accepted(lake, columns) == [
        ("2024-06-05", 2, Decimal("1.5"), "007"),
        ("2024-06-06", 2, Decimal(0), "007"),
        ("2024-06-17", 123, Decimal("1.5"), None),
    ]
    assert rejected(lake) == []


def test_a_required_text_that_is_not_known_is_missing_and_nothing_is_skipped(tmp_path: Path):
    mapping = mapped()
    mapping["entities"]["order_lines"]["values"] = {"unit_price": {"tbd": ""}}
    lake = run(tmp_path, mapping, orders=orders(GOOD, "2,2024-05-06,c1,2,tbd"))
    assert rejected(lake) == [(3, "missing_price")]


def test_a_given_meaning_makes_another_batch_and_none_the_same(tmp_path: Path):
    ids = []
    for values in ({}, {"quantity": {}}, {"quantity": {"two": "2"}}, {"quantity": {"two": "3"}}):
        mapping = mapped()
        mapping["entities"]["order_lines"]["values"] = values
        ids.append(run(tmp_path, mapping, orders=orders(GOOD)).batches[0].batch_id)
    assert ids[0] == ids[1] == run(tmp_path, mapped(), orders=orders(GOOD)).batches[0].batch_id
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"country": {"D": "Germany"}}, "which no column of the file fills"),
        ({"quantiy": {"two": "2"}}, "Did you mean 'quantity'?"),
        ({"quantity": {"": "1"}}, "values.quantity"),
    ],
)
def test_a_meaning_of_nothing_is_refused(tmp_path: Path, values: dict, words: str):
    mapping = mapped()
    mapping["entities"]["order_lines"]["values"] = values
    with pytest.raises(MappingError) as caught:
        run(tmp_path, mapping, orders=orders(GOOD))
    assert words in caught.value.sentence()


def test_a_mapping_without_meanings_keeps_the_batches_of_earlier_versions(tmp_path: Path):
    """The key as it was before `returns` and `values` were known."""
    content = orders(GOOD)
    reading = {
        "delimiter": "", "encoding": "utf-8", "header": [], "date_format": "", "decimal_comma": False, "thousands": "",
        "timezone": "", "whole_number_ids": False, "fixed": [], "unknown_words": [],
    }  # fmt: skip
    columns = {name: [column] for name, column in COLUMNS.items()}
    how = ["1", "order_lines", columns, reading, "", {"zero_price_is_purchase": False}]
    key = "\n".join([hashlib.sha256(content.encode()).hexdigest(), json.dumps(how, sort_keys=True)])
    batch = run(tmp_path, mapped(), orders=content).batches[0]
    assert batch.batch_id == hashlib.sha256(key.encode()).hexdigest()[:16]
