"""Which currencies a file speaks for that names none: by the countries it sells to, by the language of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import duckdb
from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies

from etl.amounts import CODES
from etl.profile.aliases import plain
from etl.rawtable import Raw
from etl.typed import clean

MOST = 5
"So many currencies are likely; more would be no suggestion."
LANGUAGES = {
    "German": ("bestell|rechnung|kunde|menge|preis|datum|artikel", ("EUR", "CHF")),
    "French": ("commande|facture|prix|quantite|montant", ("EUR", "CHF", "CAD")),
    "Spanish": ("pedido|factura|precio|cantidad|fecha", ("EUR", "MXN")),
    "Italian": ("ordine|fattura|prezzo|quantita", ("EUR", "CHF")),
    "Dutch": ("bestel|factuur|prijs|aantal|klant", ("EUR",)),
}
"Language -> parts of words of at least two columns, and currencies of where it is spoken, the most likely first."
ALSO = {"uk": "GB", "usa": "US", "eire": "IE", "england": "GB", "great britain": "GB", "rsa": "ZA"}
"What shops call a country besides its names."


def likely(con: duckdb.DuckDBPyConnection, raw: Raw, country: str, known: Mapping[str, str]) -> dict[str, str]:
    """Code -> why it is likely, the likeliest first.

    country: name of the column of countries, or empty; known: code -> why, from outside the file.
    """
    found: dict[str, str] = dict(known)
    told = [*(_of_countries(con, raw, country) if country else ()), *_of_language(raw.names)]
    for code, why in told:
        if code in CODES:
            found.setdefault(code, why)
    return dict(list(found.items())[:MOST])


def named(code: str) -> str:
    """
    >>> named("EUR")
    'EUR, Euro'
    """
    return f"{code}, {get_currency_name(code, locale='en')}"


def _of_countries(con: duckdb.DuckDBPyConnection, raw: Raw, column: str) -> Iterator[tuple[str, str]]:
    text = clean(raw, raw.names.index(column))
    rows = con.execute(
        f"SELECT {text} AS place, count(*) / sum(count(*)) OVER () FROM sample WHERE place IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"
    ).fetchall()
    for place, share in rows:
        for code in get_territory_currencies(territory(place)) if territory(place) else ():
            yield code, f"{share:.0%} of the rows say {place}"


def _of_language(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    words = [plain(name) for name in names]
    for language, (parts, codes) in LANGUAGES.items():
        if sum(any(part in word for part in parts.split("|")) for word in words) >= 2:
            for code in codes:
                yield code, f"the columns have {language} names"


def territory(place: str) -> str:
    """The ISO code of a country; empty for what is none.

    >>> territory("Österreich"), territory("United Kingdom"), territory("DE"), territory("Mars")
    ('AT', 'GB', 'DE', '')
    """
    return _territories().get(place.casefold(), "")


@cache
def _territories() -> dict[str, str]:
    """Names of countries in the languages that columns are known in, and codes -> the code."""
    known: dict[str, str] = {}
    for language in ("en", "de", "fr", "es", "nl", "it"):
        names = {str(code): str(name) for code, name in Locale(language).territories.items()}
        places = [code for code in names if code.isalpha() and len(code) == 2]
        known |= {names[code].casefold(): code for code in places} | {code.casefold(): code for code in places}
    return known | ALSO
