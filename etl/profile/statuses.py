"""Statuses of orders that a shop has made up itself: only the shop knows which of them are purchases."""

from __future__ import annotations

import duckdb

from etl.profile.question import Option, Question
from etl.rawtable import Raw
from etl.source import Source

MOST = 12
"A column of more texts than this holds something else than statuses."


def asked(con: duckdb.DuckDBPyConnection, raw: Raw, known: Source | None) -> list[Question]:
    """A question for each; its answers set options of the source, not parts of a mapping."""
    found = known.own_statuses(con, raw) if known and known.own_statuses else None
    if found is None or len(found.rows) > MOST:
        return []
    counted = sorted(found.counted)
    return [_question(status, rows, counted) for status, rows in found.rows.items()]


def _question(status: str, rows: int, counted: list[str]) -> Question:
    sentence = (
        f"{rows:,} row{'s have' if rows > 1 else ' has'} the status {status!r}, which is one of the shop's own. "
        "Are these orders purchases?"
    )
    options = (
        Option("yes", "Yes: they count", "", {"count": [*counted, status]}),
        Option("no", "No: they are left out, and counted as such", "", {"leave": [status]}),
    )
    return Question(f"status.{status}", "", sentence, options, of_source=True)
