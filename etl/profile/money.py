"""Which currency the amounts are in: said by a column or by the name of one, else asked."""

from __future__ import annotations

import re

import duckdb

from etl.profile.aliases import plain
from etl.profile.question import Option, Question
from etl.rawtable import Raw
from etl.typed import clean

COMMON = (
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "CAD", "AUD", "NZD",
    "JPY", "CNY", "INR", "BRL", "MXN", "ZAR", "AED", "SGD", "HKD",
)  # fmt: skip
NAMES = {
    "currency", "currencycode", "ordercurrency", "presentmentcurrency", "wahrung", "waehrung", "devise", "moneda",
    "divisa", "valuta", "munt",
}  # fmt: skip
SHOWN = 5


def currency(con: duckdb.DuckDBPyConnection, raw: Raw, amounts: list[str], likely: str) -> tuple[str, Question | None]:
    """The ISO code, or the question for it. amounts: names of the money columns; likely: offered first."""
    for position, name in enumerate(raw.names):
        if plain(name) in NAMES and (codes := _codes(con, raw, position)):
            return (next(iter(codes)), None) if len(codes) == 1 else ("", _several(name, codes))
    named = {code for name in amounts for code in re.findall(r"\b[A-Z]{3}\b", name) if code in COMMON}
    if len(named) == 1:
        return named.pop(), None
    offered = list(dict.fromkeys([*([likely] if likely else []), *sorted(named), *COMMON]))
    return "", Question("shop.currency", "", "In which currency are the amounts?", _options(offered))


def _codes(con: duckdb.DuckDBPyConnection, raw: Raw, position: int) -> dict[str, int]:
    """Currency codes of the column with their lines, the most frequent first; none if it holds anything else."""
    text = clean(raw, position)
    found = con.execute(
        f"SELECT upper({text}), count(*) FROM {raw.relation} WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return dict(found) if all(re.fullmatch("[A-Z]{3}", code) for code, _ in found) else {}


def _several(name: str, codes: dict[str, int]) -> Question:
    lines = ", ".join(f"{code} on {count:,} lines" for code, count in list(codes.items())[:SHOWN])
    sentence = (
        f"The file mixes currencies ({lines}), and amounts are never converted: split it, one file per currency. "
        "If all amounts are in one of them all the same, in which?"
    )
    return Question("shop.currency", name, sentence, _options(list(codes)))


def _options(codes: list[str]) -> tuple[Option, ...]:
    return tuple(Option(code, code, "", {"shop": {"currency": code}}) for code in codes)
