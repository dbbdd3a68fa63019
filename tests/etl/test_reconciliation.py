"""The chain from the files to the margin on a shop where every step has lines: counted by hand, and it closes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from dashapp.settings import Settings
from dashapp.store.query import find
from dashapp.store.snapshot import Snapshots
from etl import lake, pipeline
from etl.progress import Silent
from etl.replay import replay
from tests.etl.conftest import NOW
from tests.etl.loading import COLUMNS

HEADER = "order,date,customer,item,qty,price,cost"
FIRST = (
    "o1,2024-01-01,ann,cup,2,10,4",
    'o1,2024-01-01,ann,"fine\nvase",1,"1,250.00",500',  # a row of two lines, read only by the second mapping
    "",
    "o2,2024-01-02,ben,cup,1,10,4",
    "o3,23.01.2024,cid,pen,3,5,1",
    "o4,2024-01-04,,pen,1,0.3333,",
    "r5,2024-02-10,ann,cup,-1,10,4",
    "o6,2024-02-11,dan,POST,1,3,",
)
CORRECTED = ("o2,2024-01-02,ben,cup,1,12,4",)
BY_HAND = {
    ("files", "files"): (12, "50.3333"),
    ("files", "header"): (-2, "0"),
    ("files", "blank"): (-1, "0"),
    ("files", "further_lines"): (-1, "0"),
    ("files", "rejected"): (-1, "-15"),
    ("files", "left_out"): (0, "0"),
    ("files", "replayed"): (-1, "0"),
    ("files", "read_again"): (1, "1250"),
    ("files", "accepted"): (7, "1285.3333"),
    ("replaced", "accepted"): (7, "1285.3333"),
    ("replaced", "replaced"): (-1, "-10"),
    ("replaced", "counted"): (6, "1275.3333"),
    ("rounding", "counted"): (6, "1275.3333"),
    ("rounding", "rounding"): (0, "-0.0033"),
    ("rounding", "booked"): (6, "1275.33"),
    ("kinds", "sale"): (4, "1282.33"),
    ("kinds", "return"): (1, "-10"),
    ("kinds", "charge"): (1, "3"),
    ("kinds", "adjustment"): (0, "0"),
    ("kinds", "booked"): (6, "1275.33"),
    ("sales", "gross_sales"): (5, "1285.33"),
    ("sales", "returns"): (1, "-10"),
    ("sales", "without_money"): (0, "0"),
    ("sales", "net_sales"): (6, "1275.33"),
    ("orders", "net_sales"): (6, "1275.33"),
    ("orders", "orders"): (6, "1275.33"),
    ("customers", "known"): (5, "1275"),
    ("customers", "unidentified"): (1, "0.33"),
    ("customers", "booked"): (6, "1275.33"),
    ("refunds", "linked"): (1, "-10"),
    ("refunds", "unlinked"): (0, "0"),
    ("refunds", "refunds"): (1, "-10"),
    ("margin", "net_sales"): (6, "1275.33"),
    ("margin", "uncosted"): (-1, "-0.33"),
    ("margin", "cost_of_goods"): (0, "-508"),
    ("margin", "margin"): (5, "767"),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, max_reject_share=1.0)


def mapping(path: Path, **reading: object) -> Path:
    """The mapping of the shop in a file of that name; keywords change how it is read."""
    columns = {**COLUMNS, "product_id": "item", "unit_cost": "cost"}
    part = {"files": "orders.csv", "columns": columns} | reading
    path.write_text(yaml.safe_dump({"shop": {"name": "T", "currency": "EUR"}, "entities": {"order_lines": part}}))
    return path


def deliver(settings: Settings, *lines: str, append: bool = False) -> None:
    folder = settings.data_dir / ("later" if append else "shop")
    folder.mkdir()
    (folder / "orders.csv").write_text("\n".join([HEADER, *lines, ""]))
    mapping(folder / "mapping.yaml")
    pipeline.refresh(pipeline.Request("csv_folder", folder, append=append), settings, Silent(), lambda: NOW)


def chain(settings: Settings) -> list[dict[str, object]]:
    """The rows with money as Decimal."""
    return Snapshots(settings).current()._rows(find("reconciliation").sql, {})


def test_every_step_of_a_shop_with_all_of_them_is_as_counted_by_hand_and_closes(settings: Settings) -> None:
    deliver(settings, *FIRST)
    batch = lake.read(settings).batches[0].batch_id
    replay(batch, str(mapping(settings.data_dir / "again.yaml", thousands=",")), settings, Silent(), lambda: NOW)
    deliver(settings, *CORRECTED, append=True)
    rows = chain(settings)
    assert {(row["section"], row["part"]): (row["lines"], row["amount"]) for row in rows} == {
        step: (lines, Decimal(amount)) for step, (lines, amount) in BY_HAND.items()
    }
    assert {(row["line_difference"], row["amount_difference"]) for row in rows if row["role"] == "to"} == {(0, 0)}


def test_without_costs_there_is_no_margin_and_all_lines_lack_one(settings: Settings) -> None:
    deliver(settings, "o1,2024-01-01,ann,cup,2,10,", "o2,2024-01-02,ben,cup,1,10,")
    margin = {row["part"]: row for row in chain(settings) if row["section"] == "margin"}
    assert margin["uncosted"]["lines"] == -2
    assert [margin[part]["amount"] for part in ("uncosted", "cost_of_goods", "margin")] == [None] * 3
    assert (margin["margin"]["line_difference"], margin["margin"]["amount_difference"]) == (0, None)
