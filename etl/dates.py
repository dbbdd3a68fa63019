"""Which date format a column has: ISO, the one the mapping names, or the single known format that fits best.

Two formats that fit equally well are never guessed between: 01/02/2010 is a different day in Leeds and in Boston.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from dashapp.errors import MappingError
from etl.connection import literal

ISO = "iso"
TIMES = {0: ("",), 1: (" %H:%M", " %I:%M %p"), 2: (" %H:%M:%S", " %I:%M:%S %p", " %H:%M:%S.%f")}
"""What may follow the day, by the number of colons: a format that fails costs ten times one that fits."""
DAY_FORMATS = (
    *(f"%d{mark}%m{mark}%{year}" for year in "Yy" for mark in "/-."),
    *(f"%m{mark}%d{mark}%{year}" for year in "Yy" for mark in "/-."),
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d-%b-%y",
)
SAMPLE_ROWS = 20_000
OFFSET = r"([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"


@dataclass(frozen=True)
class DateFormat:
    """`day` is `iso` or a strptime format; a format without hours takes any usual time after it."""

    day: str
    timezone: str = ""

    def sql(self, text: str) -> str:
        """SQL that turns the text expression into a TIMESTAMP of the shop's wall clock, NULL where it does not fit."""
        return countable(self.moment(text))

    def moment(self, text: str) -> str:
        """The same without a look at the year: see `countable`."""
        parsed = self._parsed(text)
        if self.day == ISO and self.timezone:
            # Shops write `10:00:00 +0100`; the cast knows no blank there.
            joined = f"replace(replace({text}, ' +', '+'), ' -', '-')"
            moment = f"timezone({literal(self.timezone)}, try_cast({joined} AS TIMESTAMPTZ))"
            parsed = f"coalesce({parsed}, CASE WHEN regexp_matches({text}[11:], {literal(OFFSET)}) THEN {moment} END)"
        return parsed

    def _parsed(self, text: str) -> str:
        # Never try_cast for ISO: it takes zone names, and drops an offset silently.
        if re.search("%[HI]", self.day):
            return f"try_strptime({text}, {literal(self.day)})"
        cases = " ".join(
            f"WHEN {colons} THEN try_strptime({text}, [{', '.join(map(literal, self._formats(colons)))}])"
            for colons in TIMES
        )
        usual = f"CASE length({text}) {' '.join(self._usual(text))} END"
        counted = f"CASE length({text}) - length(replace({text}, ':', '')) {cases} END"
        return f"CASE WHEN {usual} IS NOT NULL THEN {usual} ELSE {counted} END"

    def _usual(self, text: str) -> Iterator[str]:
        """What a text of the usual length nearly always is: half the work of counting its colons."""
        for length, colons in ((19, 2), (16, 1), (10, 0)):
            yield f"WHEN {length} THEN try_strptime({text}, {literal(self._formats(colons)[0])})"

    def _formats(self, colons: int) -> list[str]:
        if self.day != ISO:
            return [self.day + time for time in TIMES[colons]]
        formats = ["%Y-%m-%d" + time for time in TIMES[colons]]
        return formats + [text.replace(" ", "T") for text in formats if colons and "%p" not in text]


def countable(moment: str) -> str:
    """SQL of a moment, NULL where its year is none a shop can have; `moment` stands there twice, so let it be a column.

    strptime takes 'epoch' and 'infinity' for 1900-01-01, whatever the format; so does Excel take an empty cell.
    """
    return f"CASE WHEN {moment} BETWEEN TIMESTAMP '1901-01-01' AND TIMESTAMP '2199-12-31' THEN {moment} END"


def infer(con: duckdb.DuckDBPyConnection, relation: str, text: str, where: str) -> str:
    """The day format of `text` in `relation`. `where` names file and column in messages. Raises MappingError."""
    texts = f"SELECT {text} AS t FROM {relation}"
    sampled, found = scores(con, f"{texts} LIMIT {SAMPLE_ROWS}")
    perfect = [day for day, count in sampled.items() if found and count == found]
    if len(perfect) == 1:
        return perfect[0]
    counts, found = scores(con, texts)
    most = max(counts.values())
    winners = [day for day, count in counts.items() if count == most]
    if not found or len(winners) == 1:
        return winners[0]
    example = con.execute(f"SELECT min(t) FROM ({texts})").fetchall()[0][0]
    if not most:
        raise MappingError(
            f"No known date format fits {where}, for example {example!r}.", "Name it: `date_format: '%d.%m.%Y'`."
        )
    raise MappingError(
        f"The dates in {where} are ambiguous: {example!r} fits {' and '.join(winners)}.",
        f"Say which, for example `date_format: '{winners[0]}'`.",
    )


def scores(con: duckdb.DuckDBPyConnection, texts: str) -> tuple[dict[str, int], int]:
    """How many values each format fits, and how many values there are. Only the day part decides.

    texts: SQL with one column `t`.
    """
    formats = (ISO, *DAY_FORMATS)
    fits = ", ".join(f"coalesce(sum(n) FILTER (({_fits(day)}) IS NOT NULL), 0)" for day in formats)
    days = f"SELECT regexp_extract(t, '^[^ T]+') AS t, count(*) AS n FROM ({texts}) WHERE t IS NOT NULL GROUP BY 1"
    *counts, found = con.execute(f"SELECT {fits}, coalesce(sum(n), 0) FROM ({days})").fetchall()[0]
    return dict(zip(formats, counts, strict=True)), found


def _fits(day: str) -> str:
    # A day has no colon, so of what a DateFormat may add only the bare day can fit; less to say is less to plan.
    return countable(f"try_strptime(t, {literal('%Y-%m-%d' if day == ISO else day)})")
