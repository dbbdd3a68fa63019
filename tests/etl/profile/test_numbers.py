"""Numbers: the one reading that fits them all, or a question with what an example would be in each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.etl.loading import accepted, rejected
from tests.etl.profile.filing import after, keys, loaded, profiled, question, text

SHOP = {"name": "x", "currency": "EUR"}


def file(*prices: str, pieces: str = "1") -> str:
    return text([(f"o{n}", "2024-02-13", "c", "p", pieces, price) for n, price in enumerate(prices)], delimiter=";")


@pytest.mark.parametrize(
    ("prices", "said", "first"),
    [
        (["1.5", "2"], {}, "1.5"),
        (["1,5", "2"], {"decimal_comma": True}, "1.5"),
        (["1.234,50", "2"], {"decimal_comma": True, "thousands": "."}, "1234.5"),
        (["1,234.50", "2"], {"thousands": ","}, "1234.5"),
        (["1,234", "2.5"], {"thousands": ","}, "1234"),
        (["1 234,50", "2"], {"decimal_comma": True, "thousands": " "}, "1234.5"),
        (["1'234.50", "2"], {"thousands": "'"}, "1234.5"),
        (["7", "-2"], {}, "7"),
    ],
)
def test_what_the_amounts_prove_is_drafted(tmp_path: Path, prices: list[str], said: dict, first: str):
    found = profiled(tmp_path, file(*prices), shop=SHOP)
    assert keys(found) == []
    part = found.mapping["entities"]["order_lines"]
    assert {key: part[key] for key in ("decimal_comma", "thousands") if key in part} == said
    lake = loaded(tmp_path, found.mapping)
    assert (accepted(lake, "unit_price")[0][0], rejected(lake)) == (Decimal(first), [])


@pytest.mark.parametrize(
    ("price", "options"),
    [
        ("1,234", {"comma": "1,234 is 1.234", "point, thousands comma": "1,234 is 1234"}),
        ("1.234", {"point": "1.234 is 1.234", "comma, thousands point": "1.234 is 1234"}),
    ],
)
def test_three_digits_after_one_mark_are_asked(tmp_path: Path, price: str, options: dict):
    found = profiled(tmp_path, file(price, "5", "5"), shop=SHOP)
    asked = question(found, "decimal_comma")
    assert {option.value: option.example for option in asked.options} == options
    for value, example in options.items():
        done = after(tmp_path, found, decimal_comma=value)
        assert keys(done) == []
        lake = loaded(tmp_path, done.mapping)
        assert accepted(lake, "unit_price", order="line_number")[0] == (Decimal(example.split()[-1]),)


def test_pieces_that_all_have_three_digits_after_a_point_are_no_thousands_in_silence(tmp_path: Path):
    found = profiled(tmp_path, file("12,50", "3,10", pieces="2.000"), shop=SHOP)
    asked = question(found, "decimal_comma")
    assert (asked.column, asked.options[0].example) == ("quantity", "2.000 is 2000")
