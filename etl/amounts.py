"""Amounts that carry their currency or an accountant's minus: £12.50, 12,50 EUR, (12.50), 12.50-.

A mark is taken off only where it belongs to the currency of the shop; an amount in another currency stops the load.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import duckdb

from dashapp.errors import SourceError
from etl.connection import literal

SIGNS: dict[str, str] = {
    "£": "GBP EGP SDG SSP SYP LBP GIP FKP SHP", "€": "EUR", "₺": "TRY", "₹": "INR", "zł": "PLN", "Kč": "CZK",
    "Ft": "HUF", "lei": "RON MDL", "лв": "BGN",
    "R$": "BRL", "Fr.": "CHF", "kr": "SEK NOK DKK ISK", "kr.": "DKK NOK SEK", "¥": "JPY CNY", "元": "CNY", "円": "JPY",
    "₩": "KRW", "₽": "RUB", "₴": "UAH", "₪": "ILS", "R": "ZAR", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "US$": "USD",
    "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "$": "USD CAD AUD NZD MXN SGD HKD CLP COP ARS", "AU$": "AUD",
    "Mex$": "MXN", "MX$": "MXN", "د.إ": "AED",
}  # fmt: skip
"""Sign -> the currencies it is written for."""
CODES = (
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "CAD", "AUD", "NZD",
    "JPY", "CNY", "INR", "BRL", "MXN", "ZAR", "AED", "SGD", "HKD", "ISK", "KRW", "RUB", "UAH", "ILS",
)  # fmt: skip
MONEY = ("unit_price", "unit_cost", "spend", "monetary_value", "net_sales")
"""Canonical columns that hold money."""
BLANK = r"[ \x{a0}\x{202f}]*"
_DIGITS = r"[0-9][0-9.,'\x{2019} \x{a0}\x{202f}]*"


def marks(currency: str) -> tuple[str, ...]:
    """What may stand beside an amount of that currency: its code and its signs.

    >>> marks("GBP"), marks("DKK")
    (('GBP', '£'), ('DKK', 'kr', 'kr.'))
    """
    return (currency, *(sign for sign, codes in SIGNS.items() if currency in codes.split()))


def every_mark() -> tuple[str, ...]:
    """The marks of all currencies."""
    return (*CODES, *SIGNS)


def currencies(mark: str) -> frozenset[str]:
    """The currencies a mark may mean; none where it is no mark.

    >>> sorted(currencies("kr")), sorted(currencies("eur")), sorted(currencies("pcs"))
    (['DKK', 'ISK', 'NOK', 'SEK'], ['EUR'], [])
    """
    if mark.upper() in CODES:
        return frozenset([mark.upper()])
    return frozenset(SIGNS.get(mark, "").split())


def plain(text: str, known: Iterable[str]) -> str:
    """SQL of the amount without one mark before or after it, with its minus in front; other text stays as it is."""
    one = "|".join(re.escape(mark) for mark in sorted(known, key=len, reverse=True))
    one = f"(?i:{one})" if one else r"[^\s\S]"  # nothing
    before = literal(rf"^([(+-]?){BLANK}(?:{one}){BLANK}([+-]?{_DIGITS}[)-]?)$")
    after = literal(rf"^([(+-]?{BLANK}{_DIGITS}?){BLANK}(?:{one}){BLANK}([)-]?)$")
    bare = (
        f"CASE WHEN regexp_matches({text}, {before}) THEN regexp_replace({text}, {before}, '\\1\\2') "
        f"WHEN regexp_matches({text}, {after}) THEN regexp_replace({text}, {after}, '\\1\\2') ELSE {text} END"
    )
    negative = literal(rf"^\({BLANK}({_DIGITS}?){BLANK}\)$|^({_DIGITS}?){BLANK}-$")
    return f"regexp_replace({bare}, {negative}, '-\\1\\2')"


def found(con: duckdb.DuckDBPyConnection, relation: str, text: str) -> dict[str, int]:
    """What stands beside the digits of the column `text` of `relation`, and in how many of its cells.

    Nothing beside them counts as the empty mark only where it is an accountant's minus.
    """
    digits = r"[0-9.,''\s()+\x{2019}\x{a0}\x{202f}-]"
    number = r"[0-9]"
    rows = con.execute(
        f"SELECT mark, count(*) FROM (SELECT regexp_replace(t, '^{digits}+|{digits}+$', '', 'g') AS mark, t "
        f"FROM (SELECT {text} AS t FROM {relation}) WHERE regexp_matches(t, '{number}')) "
        r"WHERE mark <> '' OR regexp_matches(t, '^\(.*\)$|-$') GROUP BY ALL ORDER BY 2 DESC, 1"
    ).fetchall()
    return dict(rows)


def check(counts: Mapping[str, int], where: str, allowed: Iterable[str]) -> None:
    """Raises SourceError where an amount carries the mark of another currency than those allowed."""
    own = frozenset(allowed)
    for mark, lines in counts.items():
        if mark and (meant := currencies(mark)) and not meant & own:
            raise SourceError(
                f"{where} holds amounts with {mark!r} ({_rows(lines)}), but the currency given is {', '.join(own)}.",
                "Amounts are never converted: give the right currency, or split the file, one for each.",
            )


def common(counts: Mapping[str, int], where: str) -> frozenset[str]:
    """The currencies that agree with every mark of a column; none where it has no mark.

    Raises SourceError where two marks exclude each other.
    """
    known = {mark: currencies(mark) for mark in counts if currencies(mark)}
    if not known:
        return frozenset()
    agreed = frozenset.intersection(*known.values())
    if not agreed:
        told = ", ".join(f"{mark!r} on {_rows(counts[mark])}" for mark in known)
        raise SourceError(
            f"{where} mixes currencies: {told}.",
            "Amounts are never converted: split the file, one for each currency.",
        )
    return agreed


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"
