"""A blank at the end of a value is found wherever it stands, and a blank within values is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.scan import CHUNK, scan
from tests.etl.loading import GOOD, accepted, load_orders, orders

LONG = "a b,c d\n" * CHUNK
"""Eight pieces of the file as it is read."""


@pytest.mark.parametrize(
    "text", [" a,b\n", "\ufeff a,b\n", "a,b ", "a ,b\n", "a, b\n", "a,b \r\n", 'a," b"\n', 'a,"b "\n', "a,b\n c,d\n",
             LONG + " a,b\n", LONG + "a,b ", LONG + "a, b\n" + LONG]
)  # fmt: skip
def test_a_blank_beside_a_delimiter_a_quotation_mark_or_a_line_end_is_found(tmp_path: Path, text: str):
    path = tmp_path / "text.csv"
    path.write_bytes(text.encode())
    assert scan(path).padded(",")


@pytest.mark.parametrize("text", ["", "a b,c d\n", "a b,c d", "a; b,c\r\n", LONG])
def test_a_blank_within_a_value_is_none_to_trim(tmp_path: Path, text: str):
    path = tmp_path / "text.csv"
    path.write_bytes(text.encode())
    assert not scan(path).padded(",")


def test_one_padded_value_of_many_bare_ones_is_trimmed(tmp_path: Path):
    lake = load_orders(tmp_path, orders(*[GOOD] * 20_000, "2,2024-01-01, c2 ,2,1"))
    assert sorted(accepted(lake, "DISTINCT customer_id", order="")) == [("c1",), ("c2",)]
