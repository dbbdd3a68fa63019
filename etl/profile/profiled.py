"""The profile of one file: what it is, what its columns are, what is asked, and the draft of its mapping."""

from __future__ import annotations

import fnmatch
import glob
import re
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from dashapp.errors import MappingError, SourceError
from dashapp.settings import Settings
from dashapp.store.mappings import merged
from etl import amounts, connection, lake, lookups
from etl.entities import ENTITIES
from etl.profile import days, evidence, matching, money, numbers, opened, statuses
from etl.profile import likely as speaking
from etl.profile.evidence import Column
from etl.profile.gaps import all_returns, order_of_line, quantity_of_one
from etl.profile.matching import Matching
from etl.profile.opened import Opened
from etl.profile.question import Question
from etl.source import DeliveredFile, Reading, Shop, nearest, recognised
from etl.sources import csv_folder
from etl.sources.csv_folder import Manner
from etl.typed import clean

READING_KEYS = (*Manner.model_fields, "sheet")


@dataclass(frozen=True)
class Profile:
    file_name: str
    format: str
    encoding: str
    encodings: tuple[str, ...]
    delimiter: str
    sheets: tuple[str, ...]
    rows_sampled: int
    source: str | None
    "A source that knows this layout."
    system: str
    "What people call that source; empty where none knows it."
    entity: str
    columns: list[dict[str, Any]]
    "name, samples, empty_share, proposals: canonical, confidence, why."
    matches: dict[str, dict[str, Any]]
    "Canonical column -> column and confidence."
    missing: list[str]
    "Columns the entity must have and nothing fills."
    questions: tuple[Question, ...]
    mapping: dict[str, Any]
    "For `csv_folder`; complete when nothing is missing or asked."
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Given:
    """What a mapping says before the file is read."""

    mapping: Mapping[str, Any]
    entity: str

    @property
    def part(self) -> dict[str, Any]:
        return dict((self.mapping.get("entities") or {}).get(self.entity) or {})

    def reading(self) -> dict[str, Any]:
        """How the file is to be read, with its `columns`."""
        said = {key: self.mapping[key] for key in READING_KEYS if self.mapping.get(key) is not None}
        own = {key: self.part[key] for key in (*READING_KEYS, "columns") if self.part.get(key) is not None}
        return said | own


def profile(path: Path, settings: Settings, mapping: Mapping[str, Any] | None = None, entity: str = "") -> Profile:
    """What the file at `path` holds. mapping: what is known already, even if it is not complete.

    Raises SourceError on a file that cannot be read, MappingError on a mapping that cannot be completed.
    """
    given = _given(path, mapping or {}, entity)
    with tempfile.TemporaryDirectory(dir=settings.folder("cache"), prefix="profile-") as name:
        work = Path(name)
        with connection.scratch(work, settings) as con:
            file = _with_lookups(con, opened.read(con, path, given.reading(), work), path, given, work)
            rows = evidence.take(con, file.raw)
            if not rows:
                raise SourceError(f"{path.name} holds a header but no lines.", "Export it again; nothing was changed.")
            columns = evidence.columns(con, file.raw, rows)
            found = _matching(con, file, columns, given)
            return _profile(con, path, settings, _Given(given.mapping, found.entity), file, columns, found)


def _with_lookups(con: duckdb.DuckDBPyConnection, file: Opened, path: Path, given: _Given, work: Path) -> Opened:
    """The file with the columns that the mapping looks up elsewhere. Raises SourceError, MappingError."""
    reading = Reading(delimiter=file.delimiter, encoding=file.encoding or "utf-8")
    found = csv_folder.lookups_of(path.parent, given.part.get("lookups", ()))
    delivered = DeliveredFile(given.entity, path, {}, reading, lookups=found)
    return replace(file, raw=lookups.joined(con, delivered, work, lambda: file.raw)) if found else file


def _given(path: Path, mapping: Mapping[str, Any], entity: str) -> _Given:
    """Raises MappingError on an unknown entity and on several parts, which a draft could not keep apart."""
    if entity and entity not in ENTITIES:
        raise MappingError(f"There is no entity {entity!r}.", nearest(entity, ENTITIES))
    parts = mapping.get("entities") or {}
    if not isinstance(parts, Mapping):
        raise MappingError("The mapping has no `entities` with names.", "See docs/sources.md.")
    named = [name for name, part in parts.items() if part and (not entity or name == entity)]
    for name in named:
        if not isinstance(parts[name], Mapping):
            raise MappingError(
                f"The mapping reads {name} in several ways.", "Give a mapping with one part for each entity."
            )
    fitting = [name for name in named if fnmatch.fnmatch(path.name, str(parts[name].get("files", "*")))]
    return _Given(mapping, entity or (fitting[0] if len(fitting) == 1 else ""))


def _matching(con: duckdb.DuckDBPyConnection, file: Opened, columns: list[Column], given: _Given) -> Matching:
    found = matching.best(columns, given.entity)
    said = _Given(given.mapping, found.entity).part
    if said.get("columns"):
        looked_up = {name for lookup in said.get("lookups", ()) for name in lookup.get("columns", ())}
        present = looked_up.union(file.raw.names)
        kept = {canonical: (str(name), 1.0) for canonical, name in said["columns"].items() if name in present}
        return replace(found, matches=kept)
    if "line_id" in found.matches and not _tells_lines_apart(con, file, found):
        return replace(found, matches={name: pair for name, pair in found.matches.items() if name != "line_id"})
    return found


def _tells_lines_apart(con: duckdb.DuckDBPyConnection, file: Opened, found: Matching) -> bool:
    """Whether no two lines of one order have the same line_id: a later delivery replaces lines by it."""
    if "order_id" not in found.matches:
        return False
    order, line = (clean(file.raw, file.raw.names.index(found.matches[name][0])) for name in ("order_id", "line_id"))
    doubled = f"SELECT 1 FROM {file.raw.relation} GROUP BY {order}, {line} HAVING count(*) > 1 LIMIT 1"
    return not con.execute(doubled).fetchall()


def _profile(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    settings: Settings,
    given: _Given,
    file: Opened,
    columns: list[Column],
    found: Matching,
) -> Profile:
    reading = given.reading()
    used = _used(columns, found)
    paid = [column.name for name, column in used.items() if name in amounts.MONEY]
    marked = money.marked(con, file.raw, paid, str((given.mapping.get("shop") or {}).get("currency") or ""))
    written = _numbers(con, file, used, found.entity, reading, marked.marks)
    dated = days.infer(con, file.raw, _of_kind(used, found.entity, ("timestamp", "date")), reading)
    part = given.part
    sets = dict(file.sets) | written.sets | dated.sets | _ids(used, found.entity, reading)
    sets |= {"currency_signs": True} if marked.is_marked else {}
    draft_part = sets | {"columns": {canonical: name for canonical, (name, _) in found.matches.items()}}
    missing = _missing(found, part)
    filled, gap = quantity_of_one(found, columns, missing)
    filled += order_of_line(found, missing) + all_returns(found, columns, "returns" in part)
    questions = [*file.questions, *([written.question] if written.question else []), *dated.questions, *filled]
    placed = [_placed(question, found.entity) for question in questions]
    shop, asked = _shop(con, settings, given, file, found, marked.agreed)
    draft = _draft(given, path, {"shop": shop, "entities": {found.entity: draft_part}})
    known = recognised(file.raw.names)
    return Profile(
        path.name, file.format, file.encoding, file.encodings, file.delimiter, file.sheets, columns[0].rows,
        known.name if known else None, known.title if known else "", found.entity,
        [_shown(column, found) for column in columns],
        {canonical: {"column": name, "confidence": share} for canonical, (name, share) in found.matches.items()},
        missing, (*placed, *statuses.asked(con, file.raw, known), *asked), draft, _notes(given, file, sets) + gap,
    )  # fmt: skip


def _draft(given: _Given, path: Path, found: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping as it was given, with what was found in its place; it names the file even if it did not."""
    known = deepcopy(dict(given.mapping))
    part = known.setdefault("entities", {}).setdefault(given.entity, {})
    if not fnmatch.fnmatch(path.name, str(part.get("files", ""))):
        part["files"] = pattern(path.name)
    part.pop("columns", None)
    return merged(known, found)


def _used(columns: list[Column], found: Matching) -> dict[str, Column]:
    by_name = {column.name: column for column in columns}
    return {canonical: by_name[name] for canonical, (name, _) in found.matches.items() if name in by_name}


def _of_kind(used: Mapping[str, Column], entity: str, kinds: tuple[str, ...]) -> list[Column]:
    return [column for name, column in used.items() if ENTITIES[entity].column(name).kind in kinds]


def _numbers(
    con: duckdb.DuckDBPyConnection,
    file: Opened,
    used: Mapping[str, Column],
    entity: str,
    reading: Mapping[str, Any],
    marks: tuple[str, ...] | None,
) -> numbers.Numbers:
    said = {key: reading[key] for key in ("decimal_comma", "thousands") if key in reading}
    positions = [column.position for column in _of_kind(used, entity, ("decimal",))]
    return numbers.infer(con, file.raw, positions, said, marks)


def _ids(used: Mapping[str, Column], entity: str, reading: Mapping[str, Any]) -> dict[str, Any]:
    """Ids that a spreadsheet turned into 17850.0, all of them, are whole numbers again."""
    ids = _of_kind(used, entity, ("id",))
    turned = any(column.filled and column.float_id == 1.0 for column in ids)
    return {"whole_number_ids": True} if turned and "whole_number_ids" not in reading else {}


def _missing(found: Matching, part: Mapping[str, Any]) -> list[str]:
    fixed = part.get("fixed") or {}
    return [name for name in ENTITIES[found.entity].required if name not in found.matches and name not in fixed]


def _placed(question: Question, entity: str) -> Question:
    """The question with answers that say where in a mapping they belong."""
    options = (replace(option, sets={"entities": {entity: option.sets}}) for option in question.options)
    return replace(question, options=tuple(options))


def _shop(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    given: _Given,
    file: Opened,
    found: Matching,
    agreed: frozenset[str],
) -> tuple[dict[str, Any], list[Question]]:
    said = dict(given.mapping.get("shop") or {})
    loaded = _loaded_shop(settings)
    shop = {"name": settings.shop_name or (loaded.name if loaded else "My shop")} | said
    if said.get("currency"):
        return shop, []
    paid = [name for canonical, (name, _) in found.matches.items() if canonical in ("unit_price", "unit_cost", "spend")]
    if loaded and not paid:
        return shop | {"currency": loaded.currency}, []
    known = {loaded.currency: "of the data that are loaded"} if loaded else {}
    known |= {settings.currency: "of this installation"} if settings.currency else {}
    country = found.matches.get("country", ("", 0.0))[0]
    likely = speaking.likely(con, file.raw, country, known)
    code, asked = money.currency(con, file.raw, paid, likely, agreed)
    return shop | ({"currency": code} if code else {}), [asked] if asked else []


def _loaded_shop(settings: Settings) -> Shop | None:
    feed = lake.read(settings).feed
    return feed.shop if feed and not feed.demo else None


def _shown(column: Column, found: Matching) -> dict[str, Any]:
    return {
        "name": column.name,
        "samples": list(column.samples),
        "empty_share": round(1 - column.filled / max(1, column.rows), 4),
        "proposals": [asdict(proposal) for proposal in found.proposals[column.name]],
    }


def _notes(given: _Given, file: Opened, sets: Mapping[str, Any]) -> list[str]:
    lost = [name for name in given.part.get("columns", {}).values() if name not in file.raw.names]
    looked_up = {name for lookup in given.part.get("lookups", ()) for name in lookup.get("columns", ())}
    notes = [
        f"The mapping names the column {name!r}, which the file does not have."
        for name in lost
        if name not in looked_up
    ]
    if file.raw.broken:
        notes.append(f"{len(file.raw.broken):,} lines are no rows of this table and would be rejected.")
    if sets.get("currency_signs"):
        notes.append("Amounts carry a currency or an accountant's minus, such as (12.50); they are read without it.")
    if sets.get("whole_number_ids"):
        notes.append("Ids end in .0, as spreadsheets write them; they are read without it.")
    return notes


def pattern(name: str) -> str:
    """The name with any digits in the place of digits, so that next month's file is found too.

    >>> pattern("orders-2025-06.csv"), pattern("orders[a].csv")
    ('orders-[0-9]*-[0-9]*.csv', 'orders[[]a].csv')
    """
    return re.sub(r"[0-9]+", "[0-9]*", glob.escape(name))
