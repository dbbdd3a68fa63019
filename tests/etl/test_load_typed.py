"""From text to types: what each value becomes, and the reason of each that becomes nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dashapp.errors import MappingError
from etl import connection
from etl.reasons import BITS, REASONS
from tests.etl.loading import GOOD, accepted, load_orders, orders, rejected, settings_in


def one(tmp_path: Path, line: str, column: str, **mapping):
    """The value of a column in the last of two lines, or the reasons why the line was rejected."""
    lake = load_orders(tmp_path, orders("1,2024-05-06,c1,2,3", line), **mapping)
    refused = rejected(lake, "reasons")
    return refused[0][0] if refused else accepted(lake, column)[-1][0]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("1,2024-01-01,c,1,1", ""),
        (",2024-01-01,c,1,1", "missing_order_id"),
        (" \t ,2024-01-01,c,1,1", "missing_order_id"),
        ("1,,c,1,1", "missing_date"),
        ("1,2024-02-30,c,1,1", "bad_date"),
        ("1,epoch,c,1,1", "bad_date"),
        ("1,infinity,c,1,1", "bad_date"),
        ("1,1899-12-30,c,1,1", "bad_date"),
        ("1,2024-01-01 10:00:00+02:00,c,1,1", "bad_date"),
        ("1,2025-07-02 23:59:59,c,1,1", ""),
        ("1,2025-07-03,c,1,1", "future_date"),
        ("1,2024-01-01,c,,1", "missing_quantity"),
        ("1,2024-01-01,c,two,1", "bad_quantity"),
        ("1,2024-01-01,c,NaN,1", "bad_quantity"),
        ("1,2024-01-01,c,1_0,1", "bad_quantity"),
        ("1,2024-01-01,c,9999999999,1", "bad_quantity"),
        ("1,2024-01-01,c,1,", "missing_price"),
        ("1,2024-01-01,c,1,inf", "bad_price"),
        ("1,2024-01-01,c,1,1e400", "bad_price"),
        ("1,2024-01-01,c,1,$5", "bad_price"),
        ('1,2024-01-01,c,1,"1,50"', "bad_price"),
        ("1,2024-01-01,1.7850E+04,1,1", "scientific_id"),
        ("1E+05,2024-01-01,c,1,1", "scientific_id"),
        (",x,c,two,NaN", "missing_order_id,bad_date,bad_quantity,bad_price"),
    ],
)
def test_each_defect_has_its_reason(tmp_path: Path, text: str, outcome: str):
    lake = load_orders(tmp_path, orders(GOOD, text))
    assert [row[0] for row in rejected(lake, "reasons")] == ([outcome] if outcome else [])
    assert all(code in REASONS for code in outcome.split(",") if code)


@pytest.mark.parametrize("customer", ["00123", 3 * "1234567890", "C17850", "17850.0", "10E5", "NA", "NULL"])
def test_an_id_is_text_and_stays_as_it_was(tmp_path: Path, customer: str):
    assert one(tmp_path, f"1,2024-01-01,{customer},1,1", "customer_id") == customer


def test_only_an_empty_value_is_missing(tmp_path: Path):
    assert one(tmp_path, "1,2024-01-01,   ,1,1", "customer_id") is None


def test_whole_number_ids_are_restored_when_the_mapping_says_so(tmp_path: Path):
    text = orders("1,2024-01-01,17850.0,1,1", "1,2024-01-01,1.5,1,1", "1,2024-01-01,x.0,1,1")
    lake = load_orders(tmp_path, text, whole_number_ids=True)
    assert [row[0] for row in accepted(lake, "customer_id")] == ["17850", "1.5", "x.0"]


@pytest.mark.parametrize(
    ("text", "mapping", "price"),
    [
        ("12.5", {}, "12.5"),
        ("-11062.06", {}, "-11062.06"),
        ("0", {}, "0"),
        ("1e3", {}, "1000"),
        ("12,5", {"decimal_comma": True}, "12.5"),
        ("1.234,50", {"decimal_comma": True, "thousands": "."}, "1234.5"),
        ("1.250", {"decimal_comma": True, "thousands": "."}, "1250"),
        ("12.50", {"decimal_comma": True, "thousands": "."}, "bad_price"),
        ("12.50", {"decimal_comma": True}, "bad_price"),
        ("1,234.50", {"thousands": ","}, "1234.5"),
        ("1,23", {"thousands": ","}, "bad_price"),
    ],
)
def test_a_price_is_read_by_the_marks_the_mapping_names(tmp_path: Path, text: str, mapping: dict, price: str):
    found = one(tmp_path, f'1,2024-01-01,c,1,"{text}"', "unit_price", **mapping)
    assert found == (price if price.startswith("bad") else Decimal(price))


def test_a_rejected_line_keeps_its_text_and_its_money(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD, "7,2024-02-30,c,3,1.10"))
    raw = '{"order":"7","date":"2024-02-30","customer":"c","qty":"3","price":"1.10"}'
    assert rejected(lake, "line_number, amount, raw_row, file_name") == [(3, Decimal("3.30"), raw, "orders.csv")]


def test_an_offset_needs_the_shop_s_time_zone_and_becomes_its_wall_clock(tmp_path: Path):
    text = "1,2024-07-01T23:30:00Z,c,1,1"
    assert one(tmp_path, text, "ordered_at::VARCHAR", timezone="Europe/Berlin") == "2024-07-02 01:30:00"


def test_a_wall_clock_time_is_not_moved_by_a_time_zone(tmp_path: Path):
    text = "1,2024-07-01 23:30:00,c,1,1"
    assert one(tmp_path, text, "ordered_at::VARCHAR", timezone="Europe/Berlin") == "2024-07-01 23:30:00"


@pytest.mark.parametrize(
    ("days", "day_format", "first"),
    [
        (["2024-05-06", "2024-05-07T08:00:00"], "iso", "2024-05-06 00:00:00"),
        (["13/01/2010 8:26", "01/02/2010 08:26"], "%d/%m/%Y", "2010-01-13 08:26:00"),
        (["12/13/2010 8:26", "01/02/2010 08:26:01"], "%m/%d/%Y", "2010-12-13 08:26:00"),
        (["1/13/2010 1:05 PM", "01/02/2010 1:06 AM"], "%m/%d/%Y", "2010-01-13 13:05:00"),
        (["31.12.2023", "01.02.2024"], "%d.%m.%Y", "2023-12-31 00:00:00"),
        (["20240506", "20240101"], "%Y%m%d", "2024-05-06 00:00:00"),
        (["06-May-2024", "01-Jan-2024"], "%d-%b-%Y", "2024-05-06 00:00:00"),
        (["31/12/23", "01/02/24"], "%d/%m/%y", "2023-12-31 00:00:00"),
    ],
)
def test_the_one_format_that_fits_is_found(tmp_path: Path, days: list[str], day_format: str, first: str):
    lake = load_orders(tmp_path, orders(*(f"1,{day},c,1,1" for day in days)))
    assert lake.batches[0].date_formats == {"ordered_at": day_format}
    assert accepted(lake, "ordered_at::VARCHAR")[0][0] == first


def test_an_ambiguous_date_is_asked_for_and_not_guessed(tmp_path: Path):
    text = orders("1,01/02/2010,c,1,1", "1,03/04/2010,c,1,1")
    with pytest.raises(MappingError, match=r"ambiguous: '01/02/2010' fits %d/%m/%Y and %m/%d/%Y") as caught:
        load_orders(tmp_path, text)
    assert "date_format" in caught.value.hint
    lake = load_orders(tmp_path, text, date_format="%m/%d/%Y")
    assert accepted(lake, "ordered_at::VARCHAR")[0][0] == "2010-01-02 00:00:00"


def test_a_date_in_another_format_than_the_rest_is_rejected(tmp_path: Path):
    lake = load_orders(tmp_path, orders("1,13/01/2010,c,1,1", "1,14/01/2010,c,1,1", "1,01/15/2010,c,1,1"))
    assert rejected(lake) == [(4, "bad_date")]


def test_dirty_cells_never_drop_a_row_or_raise(tmp_path: Path):
    """DuckDB 2.0.0 pushes the type of a TRY_CAST into the CSV reader (duckdb #23818): the reason for `scratch`."""
    path = tmp_path / "dirty.csv"
    path.write_text("a,b\n1,x\n2,3\nz,4\n")
    query = f"SELECT try_cast(a AS INTEGER), try_cast(b AS INTEGER) FROM read_csv('{path}', all_varchar = true)"
    with duckdb.connect() as plain, pytest.raises(duckdb.Error):
        plain.execute(query).fetchall()
    with connection.scratch(tmp_path, settings_in(tmp_path)) as con:
        assert con.execute(query).fetchall() == [(1, None), (2, 3), (None, 4)]


def test_the_bits_of_the_reasons_are_those_already_written(tmp_path: Path):
    assert list(BITS.values()) == [1 << n for n in range(len(REASONS))]
    assert all(sentence.endswith(".") for sentence in REASONS.values())


def test_a_reject_names_the_columns_of_the_file_that_its_reasons_are_about(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD, "1E+05,2024-02-30,c,two,1", "1,2024-01-01,c,1,1,surplus"))
    assert rejected(lake, "line_number, columns") == [(3, ["order", "date", "qty"]), (4, [])]


@pytest.mark.parametrize(
    ("price", "kept", "rounded"),
    [("3.33333", "3.3333", 1), ("2.50000", "2.5000", 0), ("2.5500000000000003", "2.5500", 0), ("0.00005", "0.0001", 1)],
)
def test_more_digits_than_are_kept_are_counted_noise_is_not(tmp_path: Path, price: str, kept: str, rounded: int):
    lake = load_orders(tmp_path, orders(f"1,2024-05-06,c1,2,{price}"))
    assert (accepted(lake, "unit_price"), lake.batches[0].rounded_rows) == ([(Decimal(kept),)], rounded)
