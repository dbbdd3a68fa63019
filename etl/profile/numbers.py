"""How numbers are written: the one reading that fits every amount, or a question where two fit and differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from etl import amounts
from etl.profile.question import Option, Question
from etl.rawtable import Raw
from etl.source import Reading
from etl.typed import clean, number

READINGS: tuple[dict[str, Any], ...] = (
    {},
    {"decimal_comma": True},
    {"thousands": ","},
    {"decimal_comma": True, "thousands": "."},
    {"thousands": " "},
    {"decimal_comma": True, "thousands": " "},
    {"thousands": "'"},
    {"decimal_comma": True, "thousands": "'"},
)
"""Parts of a mapping, the plainest first."""
MARKED = 0.5
"""A mark between thousands in this share of a column's values is rather a decimal mark with three digits."""


@dataclass(frozen=True)
class Numbers:
    sets: dict[str, Any]
    question: Question | None = None


def infer(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    positions: list[int],
    given: dict[str, Any],
    marks: tuple[str, ...] | None = None,
) -> Numbers:
    """How the numbers in the columns at `positions` are written, in the sample and, if that is not clear, everywhere.

    given: what a mapping says already; marks: what stands beside amounts.
    """
    if not positions or given:
        return Numbers(given)
    for relation in ("sample", raw.relation):
        _spell(con, raw, relation, positions, marks)
        found = _fitting(con)
        if len(found) == 1:
            break
    unsure = _unsure(con, raw, found[0]) if len(found) == 1 else None
    if unsure:
        return Numbers(found[0], unsure)
    return Numbers(found[0]) if len(found) == 1 else Numbers({}, _asked(con, raw, found))


def _spell(
    con: duckdb.DuckDBPyConnection, raw: Raw, relation: str, positions: list[int], marks: tuple[str, ...] | None
) -> None:
    """Makes the table `spelled`: column, text, n and its value v0, v1, ... under each reading."""
    values = ", ".join(f"{_value(reading)} AS v{place}" for place, reading in enumerate(READINGS))
    bare = {p: amounts.plain(clean(raw, p), marks) if marks is not None else clean(raw, p) for p in positions}
    texts = " UNION ALL ".join(f"SELECT {p} AS place, {text} AS t FROM {relation}" for p, text in bare.items())
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE spelled AS SELECT *, {values} FROM "
        f"(SELECT place, t, count(*) AS n FROM ({texts}) WHERE t IS NOT NULL GROUP BY ALL)"
    )


def _value(reading: dict[str, Any]) -> str:
    return f"try_cast({number('t', replace(Reading(), **reading))} AS DECIMAL(18, 4))"


def _fitting(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The readings that fit most values and differ in one; of readings that agree only the plainest."""
    fits = ", ".join(f"coalesce(sum(n) FILTER (v{place} IS NOT NULL), 0)" for place in range(len(READINGS)))
    counts = con.execute(f"SELECT {fits} FROM spelled").fetchall()[0]
    chosen: list[int] = []
    for place, count in enumerate(counts):
        if count == max(counts) and not any(_agree(con, place, other) for other in chosen):
            chosen.append(place)
    return [READINGS[place] for place in chosen]


def _agree(con: duckdb.DuckDBPyConnection, one: int, other: int) -> bool:
    differing = f"SELECT 1 FROM spelled WHERE v{one} IS DISTINCT FROM v{other} LIMIT 1"
    return not con.execute(differing).fetchall()


def _unsure(con: duckdb.DuckDBPyConnection, raw: Raw, reading: dict[str, Any]) -> Question | None:
    """A column nearly all of whose values hold the mark: 1.000 pieces are rather one than a thousand."""
    mark = reading.get("thousands")
    if not mark or mark in " '":
        return None
    other = READINGS.index({} if mark == "." else {"decimal_comma": True})
    own = READINGS.index(reading)
    found = con.execute(
        f"SELECT place, min(t) FILTER (v{own} <> v{other}) FROM spelled GROUP BY place "
        f"HAVING sum(n) FILTER (v{own} <> v{other}) > {MARKED} * sum(n) ORDER BY place LIMIT 1"
    ).fetchall()
    if not found:
        return None
    place, example = found[0]
    return _question(
        con, raw, place, example, [reading], "Most values of {column!r} are like {example!r}. Is this right?"
    )


def _asked(con: duckdb.DuckDBPyConnection, raw: Raw, found: list[dict[str, Any]]) -> Question:
    places = [READINGS.index(reading) for reading in found]
    place, example = con.execute(
        f"SELECT place, t FROM spelled WHERE v{places[0]} IS DISTINCT FROM v{places[1]} ORDER BY n DESC, t LIMIT 1"
    ).fetchall()[0]
    return _question(con, raw, place, example, found, "What number is {example!r} in {column!r}?")


def _question(
    con: duckdb.DuckDBPyConnection, raw: Raw, place: int, example: str, found: list[dict[str, Any]], sentence: str
) -> Question:
    column = raw.names[place]
    options = []
    for reading in found:
        at = READINGS.index(reading)
        value: Decimal | None = con.execute(
            f"SELECT v{at} FROM spelled WHERE place = ? AND t = ?", [place, example]
        ).fetchall()[0][0]
        shown = "no number" if value is None else f"{value.normalize():f}"
        # Said in full, so that the same question is not asked again.
        sets = {"decimal_comma": False} | reading
        options.append(Option(_name(reading), f"{_label(reading)}", f"{example} is {shown}", sets))
    return Question("decimal_comma", column, sentence.format(example=example, column=column), tuple(options))


def _name(reading: dict[str, Any]) -> str:
    decimal = "comma" if reading.get("decimal_comma") else "point"
    mark = {",": "comma", ".": "point", " ": "blank", "'": "apostrophe"}.get(reading.get("thousands", ""), "")
    return f"{decimal}, thousands {mark}" if mark else decimal


def _label(reading: dict[str, Any]) -> str:
    decimal = "Comma before decimals" if reading.get("decimal_comma") else "Point before decimals"
    mark = reading.get("thousands")
    return f"{decimal}, {mark!r} between thousands" if mark else decimal
