"""Amounts with a currency or an accountant's minus: read where they agree, refused where they do not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dashapp.errors import SourceError
from etl import amounts
from tests.etl.loading import accepted, adds_up, rejected
from tests.etl.profile.filing import keys, loaded, profiled, question, text

BRITISH = {"name": "Tea", "currency": "GBP"}


def file(*prices: str) -> str:
    return text([(f"o{n}", "2024-02-13", "ann", "p", "1", price) for n, price in enumerate(prices)], delimiter=";")


@pytest.mark.parametrize(
    ("currency", "text", "read"),
    [
        ("GBP", "£12.50", "12.50"),
        ("EUR", "12,50 EUR", "12,50"),
        ("EUR", "eur\u00a012", "12"),
        ("GBP", "(12.50)", "-12.50"),
        ("GBP", "-12.50", "-12.50"),
        ("GBP", "12.50-", "-12.50"),
        ("GBP", "(£1,234.50)", "-1,234.50"),
        ("GBP", "-£12.50", "-12.50"),
        ("USD", "US$ 5", "5"),
        ("GBP", "€12.50", "€12.50"),
        ("GBP", "£12£", "£12£"),
        ("GBP", "(-3)", "(-3)"),
        ("GBP", "12 pcs", "12 pcs"),
    ],
)
def test_one_mark_of_the_own_currency_goes_and_everything_else_stays(currency: str, text: str, read: str):
    statement = f"SELECT {amounts.plain('t', amounts.marks(currency))} FROM (SELECT ? AS t)"
    assert duckdb.connect().execute(statement, [text]).fetchall() == [(read,)]


def test_a_column_that_agrees_is_read_and_tells_its_currency(tmp_path: Path):
    found = profiled(tmp_path, file("€12.50", "(€2.50)", "€1,000.00-", "3"))
    assert keys(found) == []
    assert found.mapping["shop"]["currency"] == "EUR"
    lake = loaded(tmp_path, found.mapping)
    assert [row[0] for row in accepted(lake, "unit_price::varchar")] == ["12.5000", "-2.5000", "-1000.0000", "3.0000"]
    adds_up(lake.batches[0])


@pytest.mark.parametrize(
    ("sign", "some"), [("$", ["USD", "CAD", "AUD"]), ("£", ["GBP", "EGP", "LBP"]), ("kr", ["SEK", "NOK", "DKK"])]
)
def test_a_sign_of_several_currencies_is_asked_among_them(tmp_path: Path, sign: str, some: list[str]):
    asked = question(profiled(tmp_path, file(f"{sign}12.50", f"{sign}3")), "shop.currency")
    offered = [option.value for option in asked.options]
    assert offered[0] == some[0]
    assert set(some) <= set(offered)
    assert "EUR" not in offered


def test_the_currency_of_a_mapping_settles_such_a_sign(tmp_path: Path):
    found = profiled(tmp_path, file("£12.50", "£3"), shop={"name": "Nile", "currency": "EGP"})
    assert (keys(found), found.mapping["shop"]["currency"]) == ([], "EGP")


def test_two_currencies_are_refused_with_their_rows(tmp_path: Path):
    with pytest.raises(SourceError, match="mixes currencies: '£' on 2 rows, '€' on 1 row"):
        profiled(tmp_path, file("£12.50", "£2", "€3"))


def test_a_later_file_in_another_currency_than_the_given_one_stops_the_load(tmp_path: Path):
    found = profiled(tmp_path, file("£12.50", "£2"), shop=BRITISH)
    (tmp_path / "in" / "orders.csv").write_text(file("£12.50", "€3"))
    with pytest.raises(SourceError, match=r"holds amounts with '€' \(1 row\), but the currency given is GBP"):
        loaded(tmp_path, found.mapping)


def test_without_the_word_of_a_mapping_such_amounts_are_set_aside(tmp_path: Path):
    found = profiled(tmp_path, file("£12.50", "3"), shop=BRITISH)
    found.mapping["entities"]["order_lines"].pop("currency_signs")
    lake = loaded(tmp_path, found.mapping)
    assert len(rejected(lake, "line_number")) == 1
