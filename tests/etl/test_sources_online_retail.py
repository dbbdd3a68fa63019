"""The real UCI files: every line and penny, and the same rows whichever format they come in."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from dashapp.settings import Settings
from etl import load
from etl.entities import ENTITIES
from etl.work import ORIGIN, create_view
from tests.etl.loading import Heard, accepted, adds_up, ask, rejected

pytestmark = pytest.mark.slow
NOW = datetime(2025, 7, 1, tzinfo=UTC)
CANONICAL = ", ".join(column.name for column in ENTITIES["order_lines"].columns)


def run(folder: Path, path: Path, heard: Heard | None = None, **options: str):
    settings = Settings(data_dir=folder)
    return load.load("online_retail", path, options, settings, heard or Heard(), now=NOW)


def as_csv(source: Path, target: Path, query: str = "*") -> Path:
    """The way pandas and the web editions write it: customer numbers as 17850.0."""
    columns = f"SELECT {query} REPLACE (CustomerID::DOUBLE AS CustomerID) FROM '{source}'"
    ask(f"COPY ({columns}) TO '{target}' (FORMAT csv, HEADER)")
    return target


def as_workbook(target: Path, **sheets: list[tuple]) -> Path:
    header = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
    with xlsxwriter.Workbook(target, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, header)
            for number, row in enumerate(rows, start=1):
                # Excel holds codes that are all digits as numbers.
                cells = [
                    int(cell) if isinstance(cell, str) and cell.isdigit() and cell[0] != "0" else cell for cell in row
                ]
                sheet.write_row(number, 0, cells)
    return target


@pytest.fixture(scope="module")
def parquet(shared_data: Path) -> Path:
    return shared_data / "online_retail" / "online_retail.parquet"


@pytest.fixture(scope="module")
def whole(parquet: Path, tmp_path_factory: pytest.TempPathFactory):
    return run(tmp_path_factory.mktemp("whole"), parquet)


def test_every_line_and_penny_of_the_first_year_is_accounted_for(whole):
    batch = whole.batches[0]
    assert (batch.accepted_lines, batch.rejected_lines) == (541_909, 0)
    assert round(Decimal(batch.raw_amount), 2) == Decimal("9747747.93")
    facts = """count(customer_id), count(DISTINCT customer_id), count(DISTINCT order_id), count(DISTINCT product_id),
               count(*) FILTER (order_id LIKE 'A%' AND unit_price < 0)"""
    assert accepted(whole, facts, order="") == [(406_829, 4372, 25_900, 4070, 2)]


def test_csv_gives_the_rows_of_parquet(whole, parquet: Path, tmp_path: Path):
    lake = run(tmp_path / "data", as_csv(parquet, tmp_path / "online_retail.csv"))
    assert same_rows(whole, lake, shift=1)
    assert lake.batches[0].physical_lines == 541_910


def test_a_workbook_gives_the_rows_of_parquet(parquet: Path, tmp_path: Path):
    some = tmp_path / "some.parquet"
    ask(f"COPY (FROM '{parquet}' LIMIT 40_000) TO '{some}' (FORMAT parquet)")
    book = as_workbook(tmp_path / "some.xlsx", Sheet=ask(f"FROM '{some}'"))
    assert same_rows(run(tmp_path / "a", some), run(tmp_path / "b", book), shift=1)


def same_rows(one, other, shift: int) -> bool:
    """Row for row equal, the line numbers of `other` being larger by `shift`."""
    kinds = {column.name: column.sql_type for column in ENTITIES["order_lines"].columns}
    with duckdb.connect() as connection:
        for name, lake, lag in (("a", one, 0), ("b", other, shift)):
            create_view(connection, f"{name}_lines", kinds | ORIGIN, lake.files("order_lines"))
            connection.execute(
                f"create view {name} as select line_number - {lag} as line, {CANONICAL} from {name}_lines"
            )
        sides = ("from a except all from b", "from b except all from a")
        return all(connection.execute(f"select count(*) from ({side})").fetchall() == [(0,)] for side in sides)


def test_both_years_of_the_second_edition_are_read(shared_data: Path, tmp_path: Path):
    lake = run(tmp_path, shared_data / "online_retail_II")
    batch = lake.batches[0]
    assert (batch.accepted_lines, batch.rejected_lines) == (1_044_847, 0)
    assert adds_up(batch)


def test_sheets_that_overlap_count_once(shared_data: Path, tmp_path: Path):
    """The workbook of II: its second sheet begins with the nine days the first one ends with."""
    both = shared_data / "online_retail_II" / "online_retail_two_years.parquet"
    lines = f"(SELECT *, row_number() OVER () AS n FROM '{both}')"
    first, second = (
        ask(f"SELECT * EXCLUDE n FROM {lines} WHERE n BETWEEN ? AND ? ORDER BY n", *span)
        for span in ([1, 6000], [4001, 9000])
    )
    book = as_workbook(tmp_path / "retail.xlsx", first=first, second=second)
    heard = Heard()
    lake = run(tmp_path / "data", book, heard)
    assert sum(batch.accepted_rows for batch in lake.batches) == 9000
    assert {row[0] for row in rejected(lake, "reasons")} == {"repeated_in_later_file"}
    assert heard.notes == ["2,000 lines of retail.xlsx[second] repeat an earlier file and count once."]
    assert all(adds_up(batch) for batch in lake.batches)
    amounts = ask(f"SELECT sum(Quantity * Price::DECIMAL(14, 4)) FROM {lines} WHERE n <= 9000")
    assert sum(Decimal(batch.accepted_amount) for batch in lake.batches) == amounts[0][0]


def test_the_american_dates_of_the_web_edition_are_found(parquet: Path, tmp_path: Path):
    american = "* REPLACE (strftime(InvoiceDate, '%-m/%-d/%Y %-H:%M') AS InvoiceDate)"
    some = tmp_path / "some.parquet"
    ask(f"COPY (SELECT {american} FROM '{parquet}' LIMIT 60_000) TO '{some}' (FORMAT parquet)")
    csv = tmp_path / "data.csv"
    ask(f"COPY (FROM '{some}') TO '{csv}' (FORMAT csv, HEADER)")
    accented = "581587,22138,CAFÉ SET,1,1/13/2011 9:00,1.00,17850.0,France\n"
    csv.write_bytes((csv.read_text(encoding="utf-8") + accented).encode("cp1252"))
    lake = run(tmp_path / "data", csv, encoding="cp1252")
    assert lake.batches[0].date_formats == {"ordered_at": "%m/%d/%Y"}
    rows = accepted(lake, "product_name, ordered_at::VARCHAR")
    assert len(rows) == 60_001
    assert (rows[0][1], rows[-1]) == ("2010-12-01 08:26:00", ("CAFÉ SET", "2011-01-13 09:00:00"))
