"""Which currency the amounts are in: said by their cells, by a column or by the name of one, else asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import duckdb

from etl.amounts import CODES, check, common, found, marks
from etl.profile import likely as speaking
from etl.profile.aliases import plain
from etl.profile.question import Option, Question
from etl.rawtable import Raw
from etl.typed import clean

NAMES = {
    "currency", "currencycode", "ordercurrency", "presentmentcurrency", "wahrung", "waehrung", "devise", "moneda",
    "divisa", "valuta", "munt",
}  # fmt: skip
SHOWN = 5


def currency(
    con: duckdb.DuckDBPyConnection, raw: Raw, names: list[str], likely: Mapping[str, str], agreed: frozenset[str]
) -> tuple[str, Question | None]:
    """The ISO code, or the question for it.

    names: of the money columns; likely: code -> why, offered first; agreed: what the signs in the cells may mean.
    """
    if len(agreed) == 1:
        return next(iter(agreed)), None
    for position, name in enumerate(raw.names):
        if plain(name) in NAMES and (codes := _codes(con, raw, position)):
            return (next(iter(codes)), None) if len(codes) == 1 else ("", _several(name, codes))
    named = {code for name in names for code in re.findall(r"\b[A-Z]{3}\b", name) if code in CODES}
    if len(named) == 1:
        return named.pop(), None
    reasons = {code: "a column names it" for code in sorted(named)} | dict(likely)
    offered = list(dict.fromkeys([*reasons, *CODES, *sorted(agreed)]))
    if agreed:
        offered = [code for code in offered if code in agreed]
    options = _options(offered, reasons)
    told = sum(code in reasons for code in offered)
    return "", Question("shop.currency", "", "In which currency are the amounts?", options, told)


@dataclass(frozen=True)
class Marked:
    """What the cells of the money columns carry beside digits."""

    is_marked: bool
    "Something stands there, if only an accountant's minus."
    agreed: frozenset[str]
    "Currencies that agree with every sign; none where there is no sign."

    @property
    def marks(self) -> tuple[str, ...] | None:
        """What may be taken off an amount, besides the accountant's minus; None where amounts are bare numbers."""
        if not self.is_marked:
            return None
        return tuple(dict.fromkeys(mark for code in sorted(self.agreed) for mark in marks(code)))


def marked(con: duckdb.DuckDBPyConnection, raw: Raw, names: list[str], given: str) -> Marked:
    """What the money columns carry. given: the currency a mapping names. Raises SourceError on mixed currencies."""
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(found(con, raw.relation, clean(raw, raw.names.index(name))))
    where = f"Column {names[0]!r}" if len(names) == 1 else f"One of the columns {', '.join(map(repr, names))}"
    if given:
        check(counts, where, [given])
    agreed = common(counts, where)
    return Marked(bool(agreed) or "" in counts, frozenset([given]) if agreed and given else agreed)


def _codes(con: duckdb.DuckDBPyConnection, raw: Raw, position: int) -> dict[str, int]:
    """Currency codes of the column with their lines, the most frequent first; none if it holds anything else."""
    text = clean(raw, position)
    rows = con.execute(
        f"SELECT upper({text}), count(*) FROM {raw.relation} WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return dict(rows) if all(re.fullmatch("[A-Z]{3}", code) for code, _ in rows) else {}


def _several(name: str, codes: dict[str, int]) -> Question:
    lines = ", ".join(f"{code} on {count:,} lines" for code, count in list(codes.items())[:SHOWN])
    sentence = (
        f"The file mixes currencies ({lines}), and amounts are never converted: split it, one file per currency. "
        "If all amounts are in one of them all the same, in which?"
    )
    return Question("shop.currency", name, sentence, _options(list(codes)))


def _options(codes: list[str], reasons: Mapping[str, str] = MappingProxyType({})) -> tuple[Option, ...]:
    words = {
        code: f"{speaking.named(code)} ({reasons[code]})" if code in reasons else speaking.named(code) for code in codes
    }
    return tuple(Option(code, words[code], "", {"shop": {"currency": code}}) for code in codes)
