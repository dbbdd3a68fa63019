"""From bytes to rows: what is a line, which line it is, and what is refused as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashapp.errors import MappingError, SourceError, TenureError
from etl import rawtable
from tests.etl.loading import (
    GOOD,
    HEADER,
    accepted,
    adds_up,
    load_orders,
    orders,
    rejected,
    settings_in,
    tree,
)


def line_numbers(lake) -> list[int]:
    return [row[0] for row in accepted(lake, "line_number")]


def test_every_row_carries_its_physical_line(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD, GOOD, GOOD))
    assert line_numbers(lake) == [2, 3, 4]


def test_blank_lines_count_and_do_not_shift_the_lines_below(tmp_path: Path):
    lake = load_orders(tmp_path, f"\n{HEADER}\n\n{GOOD}\n\n\n{GOOD}\n\n")
    assert line_numbers(lake) == [4, 7]
    batch = lake.batches[0]
    assert (batch.physical_lines, batch.blank_lines, batch.accepted_lines) == (8, 5, 2)


def test_a_quoted_field_may_span_lines(tmp_path: Path):
    columns = {
        "order_id": "order",
        "ordered_at": "date",
        "product_name": "name",
        "quantity": "qty",
        "unit_price": "price",
    }
    text = 'order,date,name,qty,price\n1,2024-01-01,"two\n\nlines",1,1\n2,2024-01-02,"say ""hi""",1,1\n'
    lake = load_orders(tmp_path, text, columns=columns)
    assert accepted(lake, "line_number, product_name") == [(2, "two\n\nlines"), (5, 'say "hi"')]
    batch = lake.batches[0]
    assert (batch.accepted_lines, batch.accepted_rows) == (4, 2)
    assert adds_up(batch)


def test_a_line_break_in_quotes_does_not_shift_the_lines_below(tmp_path: Path):
    lake = load_orders(tmp_path, orders('1,2024-01-01,"c\n1",1,1', GOOD, GOOD))
    assert line_numbers(lake) == [2, 4, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_a_line_end(tmp_path: Path, end: str):
    lake = load_orders(tmp_path, end.join([HEADER, GOOD, GOOD, ""]))
    assert line_numbers(lake) == [2, 3]
    assert lake.batches[0].physical_lines == 3


def test_mixed_line_ends_are_read_line_by_line(tmp_path: Path):
    lake = load_orders(tmp_path, f"{HEADER}\r\n{GOOD}\r{GOOD}\n{GOOD}")
    assert line_numbers(lake) == [2, 3, 4]


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", " \t \u00a0"])
def test_white_space_around_a_value_is_not_part_of_it(tmp_path: Path, space: str):
    lake = load_orders(tmp_path, orders(",".join(f"{space}{value}{space}" for value in GOOD.split(","))))
    assert accepted(lake, "order_id, customer_id, quantity::INTEGER") == [("1", "c1", 2)]


def test_short_and_long_lines_are_rejected_with_their_line_and_text(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD, "1,2024-01-01", GOOD, GOOD + ",surplus", GOOD))
    assert rejected(lake) == [(3, "wrong_field_count"), (5, "wrong_field_count")]
    assert rejected(lake, "raw_row")[0] == ('{"line": "1,2024-01-01"}',)
    assert line_numbers(lake) == [2, 4, 6]


def test_a_badly_quoted_line_is_rejected_alone(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD, '"1"x,2024-01-01,c,1,1', GOOD))
    assert rejected(lake) == [(3, "bad_quoting")]


def test_a_quotation_mark_inside_a_plain_field_is_text(tmp_path: Path):
    lake = load_orders(tmp_path, orders('1,2024-01-01,5" c,1,1'))
    assert accepted(lake, "customer_id") == [('5" c',)]


def test_the_exact_path_gives_the_rows_of_the_fast_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = orders(*(f'{n},2024-01-{n:02d},"a, ""b"" {n}",{n},1.5' for n in range(1, 29)), "x,,,,")
    for name in ("fast", "exact"):
        (tmp_path / name).mkdir()
    fast = load_orders(tmp_path / "fast", text)
    read = rawtable.read
    monkeypatch.setattr(rawtable, "read", lambda con, file, work, exact=False: read(con, file, work, exact=True))
    exact = load_orders(tmp_path / "exact", text)
    assert accepted(fast) == accepted(exact)
    assert rejected(fast, "*") == rejected(exact, "*")


@pytest.mark.parametrize("name", ["orders [1].csv", "orders'1.csv", "orders*.csv"])
def test_a_file_name_is_never_a_pattern_or_sql(tmp_path: Path, name: str):
    assert len(line_numbers(load_orders(tmp_path, orders(GOOD), name=name))) == 1


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", None), ("utf-8-sig", None), ("utf-16", "utf-16"), ("cp1252", "cp1252"), ("latin-1", "latin-1")],
)
def test_each_encoding_is_read_when_it_is_said(tmp_path: Path, encoding: str, said: str | None):
    text = orders("1,2024-01-01,Zoë,1,1")
    lake = load_orders(tmp_path, text.encode(encoding), **({"encoding": said} if said else {}))
    assert accepted(lake, "customer_id, line_number") == [("Zoë", 2)]


@pytest.mark.parametrize(
    ("content", "mapping", "words"),
    [
        (b"", {}, ["orders.csv", "empty"]),
        (b"  \n\n", {}, ["empty"]),
        (HEADER + "\n", {}, ["header but no lines"]),
        (orders("1,2024-01-01,Zo\xeb,1,1").encode("latin-1"), {}, ["not UTF-8", "line 2", "0xeb", "cp1252"]),
        (orders(GOOD).encode("utf-16"), {}, ["UTF-16", "utf-16"]),
        (orders("1,2024-01-01,Zoë,1,1"), {"encoding": "cp1252"}, ["is UTF-8, not cp1252"]),
        (b"order,date\n1,\x00\n", {}, ["NUL", "line 2"]),
        (b"PK\x03\x04rest", {}, ["workbook or zip"]),
        (b"PAR1rest", {}, ["Parquet"]),
        ("<!DOCTYPE html><html>", {}, ["web page"]),
        (HEADER + ",qty\n" + GOOD + ",1\n", {}, ["more than one column", "'qty'"]),
        (
            "order,date,customer,qty,Price\n" + GOOD + "\n",
            {},
            ["no column 'price'", "Did you mean 'Price'?"],
        ),
        (GOOD + "\n" + GOOD + "\n", {}, ["no column", "c1"]),
        (orders(GOOD, '2,2024-01-01,"open,1,1', GOOD, GOOD), {}, ["line 3", "not closed"]),
        (orders(GOOD, '2,2024-01-01,"open,1,1', '3,2024-01-01,"c",1,1'), {}, ["line 3", "not closed"]),
        ('order,"date\n', {}, ["header", "line 1"]),
        (orders("x,y,z,a,b"), {}, ["date format", "'y'"]),
        (orders(",2024-01-01,c,1,1"), {}, ["None of the 1 lines", "missing_order_id"]),
    ],
)
def test_what_cannot_be_read_gets_one_sentence_and_changes_nothing(tmp_path: Path, content, mapping, words):
    load_orders(tmp_path, orders(GOOD))
    before = tree(settings_in(tmp_path).data_dir)
    with pytest.raises((SourceError, MappingError)) as caught:
        load_orders(tmp_path, content, **mapping)
    for word in words:
        assert word in caught.value.sentence()
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert tree(settings_in(tmp_path).data_dir) == before


def test_the_delimiter_is_the_one_that_makes_the_columns_appear(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD).replace(",", ";"))
    assert accepted(lake, "order_id, customer_id") == [("1", "c1")]


def test_a_file_without_header_gets_its_names_from_the_mapping(tmp_path: Path):
    lake = load_orders(tmp_path, f"{GOOD}\n{GOOD}\n", header=HEADER.split(","))
    assert line_numbers(lake) == [1, 2]
    assert lake.batches[0].header_lines == 0


def test_a_field_of_three_megabytes_rejects_its_line_only(tmp_path: Path):
    lake = load_orders(tmp_path, orders(GOOD, f"2,2024-01-01,{'x' * 3_000_000},1,1", GOOD))
    assert rejected(lake) == [(3, "field_too_long")]


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "1", "-2.5", "NaN", "inf", "1e400", "1.785E+04", "2024-02-30", "2024-05-06", "NA", "null", "é"]
    ),
    st.text(alphabet="a1,\";\n\r' \t", max_size=6),
)
FILES = st.lists(st.lists(CELLS, min_size=0, max_size=7), max_size=12)


@given(FILES, st.sampled_from(["\n", "\r\n"]), st.booleans())
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_no_line_is_ever_lost(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str, quoted: bool):
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [HEADER, GOOD, *(",".join(map(cell, row)) for row in rows)]
    text = end.join(lines) + end
    try:
        lake = load_orders(tmp_path_factory.mktemp("fuzz"), text)
    except TenureError:
        return
    batch = lake.batches[0]
    assert adds_up(batch)
    assert batch.physical_lines == len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1
    assert batch.accepted_rows == len(accepted(lake))
    assert batch.rejected_rows == len(rejected(lake))
    assert all(reasons for _, reasons in rejected(lake))


def test_lines_are_numbered_as_in_the_file_when_several_threads_read_it(tmp_path: Path):
    lines = [f"o{number},2024-05-06,c{number % 97},{number},1.50" for number in range(2, 400_002)]
    lake = load_orders(tmp_path, "\n".join([HEADER, *lines]))
    odd = "count(*) filter (order_id <> 'o' || line_number or quantity <> line_number)"
    assert accepted(lake, odd, order="") == [(0,)]
    assert lake.batches[0].accepted_rows == 400_000
