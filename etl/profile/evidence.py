"""What the values of each column say: a sample of rows from the whole file, and what shares of it look like."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from etl import amounts, dates
from etl.connection import literal
from etl.profile import countries
from etl.rawtable import Raw
from etl.typed import clean

SAMPLE_ROWS = 20_000
SAMPLE_CELLS = 2_000_000
FIRST_ROWS = 50
SAMPLES = 5
SAMPLE_LENGTH = 80
NUMBER = r"[+-]?([0-9]+|[0-9]{1,3}([.,''\x{a0}\x{202f} ][0-9]{3})+)([.,][0-9]*)?|[+-]?[.,][0-9]+"
DATE = r"[0-9]{1,4}[-/. ]+[0-9A-Za-z]{1,9}[-/., ]+[0-9]{2,4}.*|[A-Z][a-z]{2,8}\.? [0-9]{1,2}, [0-9]{4}.*|[0-9]{8}"
OFFSET = r".{10,}[0-9]([Zz]| ?[+-][0-9]{2}(:?[0-9]{2})?)"
MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True)
class Column:
    """Shares are of the filled cells of the sample, 0 to 1."""

    name: str
    position: int
    rows: int
    filled: int
    distinct: int
    samples: tuple[str, ...]
    number: float
    whole: float
    dated: float
    "Values that look like some date; `days` says which formats fit."
    mail: float
    country: float
    float_id: float
    "Whole numbers that a spreadsheet gave a `.0`."
    words: float
    "Values with a blank inside."
    offset: bool
    "Some value carries a time zone offset."
    days: dict[str, int] = field(default_factory=dict)
    "Format of the day -> how many values fit."

    @property
    def repeats(self) -> bool:
        """Its values come back: fewer distinct ones than cells."""
        return self.distinct < 0.98 * self.filled

    @property
    def day_share(self) -> float:
        """Of the values, those the best date format fits."""
        return max(self.days.values(), default=0) / max(1, self.filled)


def take(con: duckdb.DuckDBPyConnection, raw: Raw) -> int:
    """Makes the table `sample` of rows spread over the whole file and its first ones. Returns their number."""
    rows = max(1, raw.physical_lines - raw.header_lines)
    wanted = max(1, min(SAMPLE_ROWS, SAMPLE_CELLS // max(1, len(raw.names))))
    step = -(-rows // wanted)
    first = raw.header_lines + FIRST_ROWS
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM {raw.relation} "
        f"WHERE line_number % {step} = 0 OR line_number <= {first} ORDER BY line_number"
    )
    return int(con.execute("SELECT count(*) FROM sample").fetchall()[0][0])


def columns(con: duckdb.DuckDBPyConnection, raw: Raw, rows: int) -> list[Column]:
    """Every column of the sample of `rows` rows."""
    return [_column(con, raw, rows, position) for position in range(len(raw.names))]


def _column(con: duckdb.DuckDBPyConnection, raw: Raw, rows: int, position: int) -> Column:
    texts = f"SELECT {clean(raw, position)} AS t FROM sample"
    names = ", ".join(map(literal, sorted(countries.NAMES)))
    codes = ", ".join(map(literal, sorted(countries.CODES)))
    shares = {
        "number": _match(NUMBER),
        "whole": _match("[+-]?[0-9]+"),
        "dated": _match(DATE),
        "mail": _match(MAIL),
        "country": f"lower(t) IN ({names}) OR t IN ({codes})",
        "float_id": _match(r"[0-9]+\.0"),
        "words": "contains(t, ' ')",
        "offset": _match(OFFSET),
    }
    counts = ", ".join(f"count(*) FILTER ({test})" for test in shares.values())
    filled, distinct, *found = con.execute(
        f"SELECT count(t), count(DISTINCT t), {counts} FROM ({texts}) WHERE t IS NOT NULL"
    ).fetchall()[0]
    share = dict(zip(shares, (count / max(1, filled) for count in found), strict=True))
    if filled > 0 and share["number"] <= 0.8:
        share["number"] = max(share["number"], _marked(con, texts) / filled)
    days = _days(con, texts) if share["dated"] > 0.5 else {}
    return Column(
        raw.names[position], position, rows, filled, distinct, _samples(con, texts), share["number"], share["whole"],
        share["dated"], share["mail"], share["country"], share["float_id"], share["words"],
        share["offset"] > 0 and share["dated"] > 0.5, days,
    )  # fmt: skip


def _marked(con: duckdb.DuckDBPyConnection, texts: str) -> int:
    """How many values are numbers once a currency and an accountant's minus are taken off."""
    bare = f"SELECT {amounts.plain('t', amounts.every_mark())} AS t FROM ({texts}) WHERE regexp_matches(t, '[0-9]')"
    return int(con.execute(f"SELECT count(*) FROM ({bare}) WHERE {_match(NUMBER)}").fetchall()[0][0])


def _match(pattern: str) -> str:
    return f"regexp_full_match(t, '{pattern}')"


def _days(con: duckdb.DuckDBPyConnection, texts: str) -> dict[str, int]:
    counts, _ = dates.scores(con, texts)
    return {day: count for day, count in counts.items() if count}


def _samples(con: duckdb.DuckDBPyConnection, texts: str) -> tuple[str, ...]:
    numbered = f"SELECT t, row_number() OVER () AS n FROM ({texts})"
    first = f"SELECT t, min(n) AS n FROM ({numbered}) WHERE t IS NOT NULL GROUP BY t"
    found = con.execute(f"SELECT left(t, {SAMPLE_LENGTH}) FROM ({first}) ORDER BY n LIMIT {SAMPLES}").fetchall()
    return tuple(row[0] for row in found)
