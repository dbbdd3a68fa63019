"""Tables set apart by blanks: read as they are printed, and refused row by row where they are not even."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.errors import MappingError
from tests.etl.loading import accepted, adds_up, rejected
from tests.etl.profile.filing import after, keys, loaded, profiled

CDNOW = " customer  date cds  dollars\n 00001 19970101 1   11.77\n 00002 19970112  5 77.00 \n\n 00002 19970213 1  12\n"


def test_a_list_of_purchases_without_orders_and_quantities_is_read_once_two_things_are_said(tmp_path: Path):
    found = profiled(tmp_path, CDNOW, shop={"name": "x", "currency": "USD"})
    assert (found.delimiter, found.entity) == (" ", "order_lines")
    assert keys(found) == ["fixed.quantity", "fixed.order_id"]
    lake = loaded(tmp_path, after(tmp_path, found, fixed__quantity="1", fixed__order_id="row").mapping)
    rows = accepted(lake, "line_number, order_id, customer_id, ordered_at::date::varchar, unit_price::varchar")
    assert rows == [
        (2, "orders 2", "00001", "1997-01-01", "11.7700"),
        (3, "orders 3", "00002", "1997-01-12", "77.0000"),
        (5, "orders 5", "00002", "1997-02-13", "12.0000"),
    ]
    adds_up(lake.batches[0])


def test_a_row_of_other_width_is_set_aside_with_its_line(tmp_path: Path):
    known = after(
        tmp_path,
        profiled(tmp_path, CDNOW, shop={"name": "x", "currency": "USD"}),
        fixed__quantity="1",
        fixed__order_id="row",
    )
    (tmp_path / "in" / "orders.csv").write_text(CDNOW + "00003 19970301 1\n")
    lake = loaded(tmp_path, known.mapping)
    assert [row[:1] for row in rejected(lake, "line_number")] == [(6,)]
    adds_up(lake.batches[0])


def test_sentences_are_no_table(tmp_path: Path):
    found = profiled(tmp_path, "title\nThe cup is blue\nA pen\n")
    assert len(found.columns) == 1


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [("ordered_at", "9.12.2011", "a day written as 2025-01-31"), ("quantity", "one", "a number")],
)
def test_a_value_for_every_row_that_is_no_day_or_number_is_refused_before_anything_is_read(
    tmp_path: Path, name: str, value: str, wanted: str
):
    found = profiled(tmp_path, CDNOW, shop={"name": "x", "currency": "USD"})
    known = after(tmp_path, found, fixed__quantity="1", fixed__order_id="row").mapping
    known["entities"]["order_lines"]["fixed"][name] = value
    with pytest.raises(MappingError, match=f"{value!r}, fixed for {name}, is not {wanted}"):
        loaded(tmp_path, known)
