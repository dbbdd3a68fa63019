"""How dates are written, and in which time zone the shop keeps its day: proved by the values, or asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from etl import dates
from etl.connection import literal
from etl.dates import ISO, DateFormat
from etl.profile.evidence import Column
from etl.profile.question import Option, Question
from etl.rawtable import Raw
from etl.typed import clean

WORDED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
"""Formats with blanks in the day, which the load takes only when a mapping names them."""
ZONES = (
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Amsterdam",
    "Europe/Brussels", "Europe/Madrid", "Europe/Rome", "Europe/Vienna", "Europe/Zurich", "Europe/Copenhagen",
    "Europe/Oslo", "Europe/Stockholm", "Europe/Prague", "Europe/Warsaw", "Europe/Budapest", "Europe/Helsinki",
    "Europe/Athens", "Europe/Bucharest", "Europe/Kyiv", "Europe/Istanbul", "America/New_York", "America/Chicago",
    "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Toronto", "America/Vancouver",
    "America/Mexico_City", "America/Bogota", "America/Sao_Paulo", "America/Argentina/Buenos_Aires",
    "Africa/Casablanca", "Africa/Johannesburg", "Asia/Jerusalem", "Asia/Dubai", "Asia/Kolkata", "Asia/Bangkok",
    "Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip

SHOWN = 5
"So many zones that agree with the file are shown before the others."


@dataclass(frozen=True)
class Days:
    sets: dict[str, Any]
    questions: tuple[Question, ...] = ()


def infer(con: duckdb.DuckDBPyConnection, raw: Raw, columns: list[Column], given: Mapping[str, Any]) -> Days:
    """How the dates in `columns` are written. `given`: what a mapping says already."""
    sets: dict[str, Any] = {}
    questions: list[Question] = []
    if not given.get("date_format"):
        chosen = [(column, _formats(con, raw, column)) for column in columns if column.filled]
        question = _ambiguous(con, raw, chosen)
        questions += [question] if question else []
        sets |= {} if question else _said(chosen)
    if not given.get("timezone") and (moved := [column for column in columns if column.offset]):
        questions.append(_zone(con, raw, moved[0]))
    return Days(sets, tuple(questions))


def _formats(con: duckdb.DuckDBPyConnection, raw: Raw, column: Column) -> list[str]:
    """The formats that fit most values of the column: one, or several that nothing in the whole file tells apart."""
    text = clean(raw, column.position)
    most = max(column.days.values(), default=0)
    perfect = [day for day, count in column.days.items() if count == column.filled]
    if len(perfect) == 1:
        return perfect
    if most < 0.5 * column.filled:
        return _worded(con, text, most)
    # One 13th of a month anywhere decides.
    counts, _ = dates.scores(con, f"SELECT {text} AS t FROM {raw.relation}")
    most = max(counts.values())
    return [day for day, count in counts.items() if count == most]


def _worded(con: duckdb.DuckDBPyConnection, text: str, least: int) -> list[str]:
    fits = ", ".join(f"count({DateFormat(day).sql('t')})" for day in WORDED)
    counts = con.execute(f"SELECT {fits} FROM (SELECT {text} AS t FROM sample)").fetchall()[0]
    best = max(counts)
    # %b takes May like %B does: of equal formats the first will do.
    return [WORDED[counts.index(best)]] if best > least else []


def _said(chosen: list[tuple[Column, list[str]]]) -> dict[str, Any]:
    """The format as a mapping says it; nothing where the load finds each by itself."""
    formats = {days[0] for _, days in chosen if days}
    return {"date_format": formats.pop()} if len(formats) == 1 and formats != {ISO} else {}


def _ambiguous(con: duckdb.DuckDBPyConnection, raw: Raw, chosen: list[tuple[Column, list[str]]]) -> Question | None:
    unclear = [(column, days) for column, days in chosen if len(days) > 1]
    if not unclear:
        return None
    column, days = unclear[0]
    text = clean(raw, column.position)
    one, other = (_parsed(day, text) for day in days[:2])
    # 05/05 is the same day either way: an example must differ.
    told = f"SELECT {text} FROM sample WHERE {one} IS NOT NULL ORDER BY {one} IS DISTINCT FROM {other} DESC, 1 LIMIT 1"
    example = con.execute(told).fetchall()[0][0]
    sentence = f"Which day is {example!r} in {column.name!r}? Every date of the file can be read in more than one way."
    options = tuple(_format_option(con, day, example) for day in days)
    return Question("date_format", column.name, sentence, options)


def _format_option(con: duckdb.DuckDBPyConnection, day: str, example: str) -> Option:
    moment = _moment(con, day, example)
    shown = f"{example} is {moment.day} {moment:%B %Y}" if moment else ""
    order = (
        "year first" if day == ISO or day.startswith("%Y") else "day first" if day.startswith("%d") else "month first"
    )
    return Option(day, f"{order[0].upper()}{order[1:]} ({day})", shown, {"date_format": day})


def _parsed(day: str, text: str) -> str:
    return DateFormat(day, "UTC").sql(text)


def _moment(con: duckdb.DuckDBPyConnection, day: str, example: str) -> datetime | None:
    found: datetime | None = con.execute(f"SELECT {_parsed(day, literal(example))}").fetchall()[0][0]
    return found


def _zone(con: duckdb.DuckDBPyConnection, raw: Raw, column: Column) -> Question:
    """The shop's time zone: those first whose clock had the offsets of the file at those moments."""
    text = clean(raw, column.position)
    local, utc = DateFormat(ISO).sql(f"left({text}, 19)"), _parsed(ISO, text)
    found = con.execute(
        f"SELECT DISTINCT {text}, {local} AS here, {utc} AS there FROM sample "
        f"WHERE {local} IS NOT NULL AND {utc} IS NOT NULL ORDER BY 1 LIMIT 200"
    ).fetchall()
    agreeing = [zone for zone in ZONES if found and all(_agrees(zone, here, there) for _, here, there in found)]
    ordered = [*agreeing, *(zone for zone in ZONES if zone not in agreeing)]
    example = found[0] if found else None
    options = tuple(Option(zone, zone.replace("_", " "), _clock(zone, example), {"timezone": zone}) for zone in ordered)
    told = f", for example {example[0]}" if example else ""
    sentence = (
        f"The times in {column.name!r} say how far they are from UTC{told}. "
        "In which time zone does the shop keep its day?"
    )
    return Question("timezone", column.name, sentence, options, min(len(agreeing), SHOWN))


def _agrees(zone: str, here: datetime, there: datetime) -> bool:
    return _at(zone, there) == here


def _at(zone: str, there: datetime) -> datetime:
    return there.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _clock(zone: str, example: tuple[str, datetime, datetime] | None) -> str:
    return f"{_at(zone, example[2]):%Y-%m-%d %H:%M}" if example else ""
