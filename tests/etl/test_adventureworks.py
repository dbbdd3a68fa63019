"""AdventureWorks by the mapping in the documents: quantities, prices, countries and returns in four files."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.settings import Settings
from etl import load
from etl.check import run as run_checks
from etl.pipeline import prepare
from etl.progress import Silent
from etl.transform import transform
from etl.work import working
from tests.conftest import ROOT
from tests.etl.loading import NOW, Heard, accepted, adds_up, settings_in

pytestmark = pytest.mark.slow
MAPPING = ROOT / "docs" / "examples" / "adventureworks.yaml"


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "adventureworks"


@pytest.fixture(scope="module")
def loaded(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    settings: Settings = settings_in(tmp_path_factory.mktemp("adventureworks"))
    return settings, load.load("csv_folder", folder, {"mapping": str(MAPPING)}, settings, Heard(), now=NOW)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"AdventureWorks_{name}.csv").open(encoding="cp1252", newline="") as text:
        return list(csv.DictReader(text))


def test_every_line_has_the_price_of_the_product_list_and_nothing_is_lost(loaded, folder: Path):
    _, lake = loaded
    assert all(adds_up(batch) and not batch.rejected_lines for batch in lake.batches)
    price = {row["ProductKey"]: Decimal(row["ProductPrice"]) for row in rows(folder, "Products")}
    expected = Counter(
        (row["OrderNumber"], row["OrderLineItem"], row["CustomerKey"], row["ProductKey"], price[row["ProductKey"]],
         Decimal(row["OrderQuantity"]))
        for year in (2015, 2016, 2017) for row in rows(folder, f"Sales_{year}")
    )  # fmt: skip
    expected += Counter(
        (f"return {line}", None, None, row["ProductKey"], price[row["ProductKey"]], -Decimal(row["ReturnQuantity"]))
        for line, row in enumerate(rows(folder, "Returns"), start=2)
    )
    found = Counter(accepted(lake, "order_id, line_id, customer_id, product_id, unit_price, quantity", order=""))
    assert found == expected


def test_returns_lower_sales_and_are_no_purchases(loaded, tmp_path: Path):
    settings, lake = loaded
    run = prepare(lake, settings, Silent(), lambda: NOW)
    with working(tmp_path / "work.duckdb", lake, run.policy, settings) as connection:
        transform(connection, Silent())
        assert not [result for result in run_checks(connection, Silent()) if result.stops]
        sales = """count(*), count(distinct customer_key), count(distinct order_id), count(distinct product_key),
            cast(min(order_date) as varchar), cast(max(order_date) as varchar), sum(amount)"""
        assert connection.execute(f"select {sales} from marts.order_lines where kind = 'sale'").fetchall() == [
            (56_046, 17_416, 25_164, 130, "2015-01-01", "2017-06-30", Decimal("24914583.66"))
        ]
        refunds = "count(*), sum(quantity), count(refunded_order_id), count(customer_key), sum(amount)"
        assert connection.execute(f"select {refunds} from marts.refunds").fetchall() == [
            (1809, -1828, 0, 0, Decimal("-765277.55"))
        ]
        assert connection.execute("select count(*) from marts.customers").fetchall() == [(17_416,)]
        assert connection.execute("select sum(net_sales) from marts.sales_cube").fetchall() == [
            (Decimal("24149306.11"),)
        ]
