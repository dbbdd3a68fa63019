"""Real files: the draft, with only what it asks for answered, loads what the mapping written by hand loads."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from dashapp.settings import Settings
from etl import load
from etl.entities import ENTITIES
from etl.profile.profiled import profile
from tests.etl.loading import NOW, Heard, accepted, ask, rejected, settings_in
from tests.etl.profile.filing import after, keys, loaded, question

pytestmark = pytest.mark.slow
CANONICAL = ", ".join(column.name for column in ENTITIES["order_lines"].columns)


def looked_at(folder: Path, path: Path, **known):
    (folder / "in").mkdir(exist_ok=True)
    copy = shutil.copy(path, folder / "in" / path.name)
    return profile(copy, settings_in(folder), known)


@pytest.mark.parametrize("written", ["%-m/%-d/%Y %-H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M"])
def test_online_retail_loads_like_by_its_own_source(shared_data: Path, tmp_path: Path, written: str):
    original = shared_data / "online_retail" / "online_retail.parquet"
    lines = f"(SELECT * FROM '{original}' USING SAMPLE reservoir(20000 ROWS) REPEATABLE (7))"
    path = tmp_path / "data.csv"
    change = f"strftime(InvoiceDate, '{written}') AS InvoiceDate, CustomerID::DOUBLE AS CustomerID"
    ask(f"COPY (SELECT * REPLACE ({change}) FROM {lines}) TO '{path}' (FORMAT csv, HEADER)")
    found = looked_at(tmp_path, path)
    assert (found.source, found.missing, keys(found)) == ("online_retail", [], ["shop.currency"])
    lake = loaded(tmp_path, after(tmp_path, found, shop__currency="GBP").mapping)
    by_hand = load.load("online_retail", path, {}, Settings(data_dir=tmp_path / "hand"), Heard(), now=NOW)
    assert rejected(lake) == rejected(by_hand) == []
    # By its own source the country `Unspecified` is unknown, which no file can say of itself.
    columns = CANONICAL.replace("country", "nullif(country, 'Unspecified')")
    assert accepted(lake, columns) == accepted(by_hand, columns)


def test_adventureworks_asks_for_the_encoding_and_misses_only_the_price_of_another_file(
    shared_data: Path, tmp_path: Path
):
    folder = shared_data / "adventureworks"
    shop = {"name": "AdventureWorks", "currency": "USD"}
    sales = looked_at(tmp_path, folder / "AdventureWorks_Sales_2016.csv", shop=shop)
    assert (sales.entity, sales.missing, keys(sales)) == ("order_lines", ["unit_price"], [])
    assert sales.mapping["entities"]["order_lines"]["date_format"] == "%d-%m-%Y"
    assert sales.matches["line_id"]["column"] == "OrderLineItem"
    people = looked_at(tmp_path, folder / "AdventureWorks_Customers.csv", **sales.mapping)
    assert (people.entity, people.missing, keys(people)) == ("customers", [], ["encoding"])
    assert "MUÑOZ" in question(people, "encoding").options[0].example
    people = after(tmp_path, people, encoding="cp1252")
    things = looked_at(tmp_path, folder / "AdventureWorks_Products.csv", **people.mapping)
    assert (things.entity, things.missing, keys(things)) == ("products", [], [])
    # The one thing a person adds: where the price lies.
    orders = things.mapping["entities"]["order_lines"]
    orders["columns"]["unit_price"] = "ProductPrice"
    orders["lookups"] = [
        {"file": "AdventureWorks_Products.csv", "by": {"ProductKey": "ProductKey"}, "columns": ["ProductPrice"]}
    ]
    lake = loaded(tmp_path, things.mapping)
    assert rejected(lake) == []
    assert {batch.entity: batch.accepted_rows for batch in lake.batches} == {
        "order_lines": 23935,
        "customers": 18148,
        "products": 293,
    }
    assert accepted(lake, "min(ordered_at::DATE), max(ordered_at::DATE)", order="") == [
        (date(2016, 1, 1), date(2016, 12, 31))
    ]
