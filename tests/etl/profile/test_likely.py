"""Which currencies are offered first: those that countries and the language of a file speak for, with the reason."""

from __future__ import annotations

from pathlib import Path

from tests.etl.profile.filing import profiled, question, text

HEADER = ("Order", "Date", "Customer", "Item", "Qty", "Price", "Country")
GERMAN = ("Bestellnummer", "Bestelldatum", "Kundennummer", "Artikelnummer", "Menge", "Einzelpreis")


def offered(folder: Path, content: str) -> list[str]:
    asked = question(profiled(folder, content), "shop.currency")
    return [option.label for option in asked.options[: asked.likely]]


def rows(*countries: str) -> list[tuple[str, ...]]:
    return [(f"o{n}", "2024-01-13", "c", "p", "1", "2.5", *places) for n, places in enumerate(zip(countries))]


def test_the_countries_sold_to_speak_for_their_currency_the_most_frequent_first(tmp_path: Path) -> None:
    assert offered(tmp_path, text(rows("Sverige", "Sweden", "Sweden", "Suisse"), HEADER)) == [
        "SEK, Swedish Krona (50% of the rows say Sweden)",
        "CHF, Swiss Franc (25% of the rows say Suisse)",
    ]


def test_the_language_of_the_columns_speaks_where_no_country_does(tmp_path: Path) -> None:
    lines = [row[:6] for row in rows("x")]
    assert offered(tmp_path, text(lines, GERMAN)) == [
        "EUR, Euro (the columns have German names)",
        "CHF, Swiss Franc (the columns have German names)",
    ]
    assert offered(tmp_path, text(lines, HEADER[:6])) == []
