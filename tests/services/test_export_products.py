"""The products list as a file: what the screen shows, in its order, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from dashapp.domain.product_listing import ProductListing
from dashapp.errors import FilterError
from dashapp.services.export_products import COLUMNS, ProductsFile, ProductsRequest
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web import api
from dashapp.web.components import product_grid
from dashapp.web.pages import products

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
VIEW = ProductListing(stages=("decline", "maturity"), sort="product_name", descending=False)


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def file(snapshot: Snapshot, listing: ProductListing = VIEW, most_rows: int = 1000) -> ProductsFile:
    return ProductsFile(snapshot, ProductsRequest(listing, "ann", AT), most_rows)


def lines(made: ProductsFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(made.csv()).decode("utf-8-sig"))))


def test_the_file_begins_with_the_columns_of_the_screen_in_their_order() -> None:
    shown = [column["field"] for column in product_grid.COLUMNS]
    assert list(COLUMNS)[: len(shown)] == shown


def test_the_file_holds_the_rows_of_the_screen_in_their_order(snapshot: Snapshot) -> None:
    screen, *_ = products.show_list(snapshot, VIEW, 500, 0)
    made = lines(file(snapshot))
    assert len(made) == screen["rowCount"] > 1
    for row, line in zip(screen["rowData"], made, strict=True):
        assert (row["product_id"], row["stage"], row["trend"]) == (line["product_id"], line["stage"], line["trend"])
        assert row["net_sales"] == pytest.approx(float(line["net_sales"]))


def test_a_part_says_that_it_is_one(snapshot: Snapshot) -> None:
    made = file(snapshot, ProductListing(), most_rows=3)
    assert "-first-3-of-" in made.name("csv")
    assert "the first in this order" in dict(made.about())["Rows"]
    assert len(lines(made)) == 3


def test_about_says_what_every_column_is_and_where_the_figures_come_from(snapshot: Snapshot) -> None:
    about = dict(file(snapshot).about())
    assert {f"Column {name}" for name in COLUMNS} <= set(about)
    assert about["Filters"] == "stage decline or maturity; sorted by product_name, ascending"
    assert about["Snapshot"] == snapshot.id


def test_the_workbook_has_the_rows_and_an_about_sheet(snapshot: Snapshot, tmp_path) -> None:
    with file(snapshot).xlsx(Settings(data_dir=tmp_path)) as book:
        whole = CalamineWorkbook.from_filelike(book)
    rows, about = (whole.get_sheet_by_name(name).to_python() for name in ("Products", "About"))
    assert rows[0] == list(COLUMNS)
    assert [row[1] for row in rows[1:]] == [line["product_id"] for line in lines(file(snapshot))]
    assert ["Filters", VIEW.sentence()] in about


def test_a_name_that_is_a_formula_does_not_run(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = next(snapshot.batches("products_list", **VIEW.parameters(), limit=5, offset=0))
    evil = frame.assign(product_name='=HYPERLINK("http://x")')
    monkeypatch.setattr(Snapshot, "batches", lambda *_, **__: iter([pd.DataFrame(evil)]))
    assert all(line["product_name"].startswith("'=") for line in lines(file(snapshot)))


def test_an_order_there_is_none_of_is_refused_before_a_byte_leaves(snapshot: Snapshot) -> None:
    with pytest.raises(FilterError):
        file(snapshot, ProductListing(sort="trend; drop table x"))


def test_no_product_is_a_file_of_headings(snapshot: Snapshot) -> None:
    made = file(snapshot, ProductListing(search="no such product"))
    assert (made.rows, lines(made)) == (0, [])
    assert api.rows(pd.DataFrame()) == []
