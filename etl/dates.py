"""Which date format a column has: ISO, the one the mapping names, or the single known format that fits best.

Two formats that fit equally well are never guessed between: 01/02/2010 is a different day in Leeds and in Boston.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from dashapp.errors import MappingError
from etl.connection import literal

ISO = "iso"
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
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
        parsed = self._iso(text) if self.day == ISO else f"try_strptime({text}, {_list(self.day)})"
        return f"CASE WHEN {parsed} BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31' THEN {parsed} END"

    def _iso(self, text: str) -> str:
        # try_cast also takes 'epoch', 'infinity' and zone names, and silently drops an offset.
        plain = f"CASE WHEN ascii({text}) BETWEEN 48 AND 57 AND NOT regexp_matches({text}[11:], '[A-SU-Za-su-z+-]') "
        plain += f"THEN try_cast({text} AS TIMESTAMP) "
        if self.timezone:
            moment = f"timezone({literal(self.timezone)}, try_cast({text} AS TIMESTAMPTZ))"
            plain += f"WHEN regexp_matches({text}[11:], {literal(OFFSET)}) THEN {moment} "
        return f"({plain}END)"


def _list(day: str) -> str:
    formats = (day,) if re.search("%[HI]", day) else tuple(day + time for time in TIMES)
    return "[" + ", ".join(map(literal, formats)) + "]"


def infer(con: duckdb.DuckDBPyConnection, relation: str, text: str, where: str) -> str:
    """The day format of `text` in `relation`. `where` names file and column in messages. Raises MappingError."""
    sampled = f"(SELECT {text} AS t FROM {relation} LIMIT {SAMPLE_ROWS})"
    seen, iso = con.execute(f"SELECT count(t), count({_any_iso()}) FROM {sampled}").fetchall()[0]
    if seen and iso == seen:
        return ISO
    # Only the day part decides; distinct days are few however many the lines.
    days = (
        f"(SELECT split_part({text}, ' ', 1) AS t, count(*) AS n FROM {relation} WHERE {text} IS NOT NULL GROUP BY 1)"
    )
    formats = (ISO, *DAY_FORMATS)
    scores = ", ".join(f"coalesce(sum(n) FILTER (({_parsed(day)}) IS NOT NULL), 0)" for day in formats)
    counts = con.execute(f"SELECT {scores} FROM {days}").fetchall()[0]
    return _best(con, days, dict(zip(formats, counts, strict=True)), where)


def _any_iso() -> str:
    return f"coalesce({DateFormat(ISO).sql('t')}, {DateFormat(ISO, 'UTC').sql('t')})"


def _parsed(day: str) -> str:
    return _any_iso().replace("[11:]", "[11:]") if day == ISO else DateFormat(day).sql("t")


def _best(con: duckdb.DuckDBPyConnection, days: str, counts: dict[str, int], where: str) -> str:
    most = max(counts.values())
    example = con.execute(f"SELECT min(t) FROM {days}").fetchall()[0][0]
    if example is None:
        return ISO
    if not most:
        raise MappingError(
            f"No known date format fits {where}, for example {example!r}.", "Name it: `date_format: '%d.%m.%Y'`."
        )
    winners = [day for day, count in counts.items() if count == most]
    if len(winners) > 1:
        raise MappingError(
            f"The dates in {where} are ambiguous: {example!r} fits {' and '.join(winners)}.",
            f"Say which, for example `date_format: '{winners[0]}'`.",
        )
    return winners[0]
