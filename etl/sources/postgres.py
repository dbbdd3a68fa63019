"""A PostgreSQL database, by a mapping in YAML: one SELECT per entity, and how the database is reached by name only.

    shop: {name: My shop, currency: EUR}
    connection: SHOP_DATABASE          # the environment variable that holds the address, never the address itself
    timezone: Europe/Berlin
    entities:
      order_lines:
        query: SELECT id, order_no, placed_at, client, sku, qty, price, changed_at FROM sales
        columns: {line_id: id, order_id: order_no, ordered_at: placed_at, customer_id: client, product_id: sku,
                  quantity: qty, unit_price: price}
        watermark: {column: changed_at, overlap: 2 days}

Rows come as CSV text by COPY and go the way of files from there. With `--append`, an entity with a watermark delivers
the rows from the last value seen minus the overlap, which catches rows that were committed late.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from dashapp.errors import MappingError, SourceError
from etl import database
from etl.database import Column, Database, Increment
from etl.entities import ENTITIES, Entity
from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source, Strict, known_zone, nearest, validated
from etl.sources.csv_folder import ShopFacts, read_yaml


class Options(Strict):
    mapping: str = ""
    """Path of the mapping, where no path is given."""


class Watermark(Strict):
    column: str = Field(min_length=1)
    """A column of the query that grows with every new or changed row: a number, a date or a moment."""
    overlap: Annotated[str, Field(pattern=r"^\d{1,9}( (second|minute|hour|day|week)s?)?$")]
    """How far before the last value seen rows are read again: `2 days`, or a number for a number."""


class EntityQuery(Strict):
    query: str = Field(min_length=1)
    columns: dict[str, str] = Field(min_length=1)
    """Canonical column -> column of the query."""
    fixed: dict[str, str] = Field(default_factory=dict)
    watermark: Watermark | None = None


def _foreign(value: str) -> str:
    if value.startswith("TENURE_"):
        raise ValueError("TENURE_ names settings of Tenure itself")
    return value


class Mapping(Strict):
    shop: ShopFacts
    connection: Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]{0,99}$"), AfterValidator(_foreign)]
    """Name of the environment variable with the address, e.g. `postgresql://reader@host/shop`."""
    statement_timeout_seconds: int = Field(default=300, ge=1, le=86_400)
    timezone: Annotated[str, AfterValidator(known_zone)] = ""
    """The shop's time zone; needed where a column is a moment (`timestamp with time zone`)."""
    date_format: str = ""
    """strptime format of dates that the database keeps as text."""
    unknown_words: tuple[str, ...] = ()
    zero_price_is_purchase: bool = False
    entities: dict[str, EntityQuery] = Field(min_length=1)


def deliver(request: Request) -> Delivery:
    """What the queries return, as CSV files in the work folder.

    Raises MappingError on the mapping, SourceError on the connection and on what the server refuses.
    """
    options = validated(Options, dict(request.options), "The source postgres")
    if not (request.path or options.mapping):
        raise SourceError("The source postgres needs its mapping.", "Add `--path shop.yaml`.")
    path = (request.path or Path(options.mapping)).resolve()
    mapping = read_mapping(path)
    with database.reading(mapping.connection, mapping.statement_timeout_seconds) as found:
        asked = [_Asked(path, mapping, ENTITIES[name], part, found) for name, part in mapping.entities.items()]
        files = [file for one in asked if (file := one.deliver(request))]
    facts, policy = mapping.shop, {"zero_price_is_purchase": mapping.zero_price_is_purchase}
    return Delivery(tuple(files), Shop(facts.name, facts.currency, facts.country), policy=policy)


def read_mapping(path: Path) -> Mapping:
    """The mapping in `path`. Raises MappingError that names the key and the nearest known one."""
    mapping = validated(Mapping, read_yaml(path), path.name, MappingError)
    for name, part in mapping.entities.items():
        if name not in ENTITIES:
            raise MappingError(f"{path.name}: there is no entity {name!r}.", nearest(name, ENTITIES))
        _check(path, ENTITIES[name], part)
    return mapping


def _check(path: Path, entity: Entity, part: EntityQuery) -> None:
    known = [column.name for column in entity.columns]
    for name in (*part.columns, *part.fixed):
        if name not in known:
            raise MappingError(f"{path.name}: {entity.name} has no column {name!r}.", nearest(name, known))
    for name in entity.required:
        if name not in part.columns and name not in part.fixed:
            raise MappingError(f"{path.name}: {entity.name} needs the column {name!r}.", f"Add `{name}: <column>`.")
    if part.watermark and not entity.key:
        raise MappingError(
            f"{path.name}: {entity.name} has no key, so a row that is read twice would count twice.",
            "Leave `watermark` out: it is then read whole and takes the place of what was read before.",
        )


class _Asked:
    """One entity of one mapping, asked of an open database."""

    def __init__(self, path: Path, mapping: Mapping, entity: Entity, part: EntityQuery, found: Database) -> None:
        self.path, self.mapping, self.entity, self.part, self.found = path, mapping, entity, part, found
        self.query = part.query.strip().rstrip(";").rstrip()

    def deliver(self, request: Request) -> DeliveredFile | None:
        """The entity as a file; None where an incremental load finds nothing."""
        name, mark = self.entity.name, self.part.watermark
        columns = self.found.columns(name, self.query)
        self._check_columns(columns)
        seen = request.watermarks.get(self.origin, "") if mark else ""
        increment = self._increment(columns[mark.column], seen) if mark and seen else None
        target = request.work / f"{name}.csv"
        rows = self.found.copy(name, self.query, increment, target)
        if increment and not rows:
            request.note(f"No rows of {name} since {seen}.")
            return None
        highest = self.found.highest(name, self.query, columns[mark.column], seen) if mark else ""
        mapped = {canonical: (" ".join(column.split()),) for canonical, column in self.part.columns.items()}
        origin = f"{self.origin}@{seen}" if mark else self.origin
        return DeliveredFile(name, target, mapped, self._reading(), origin=origin, watermark=highest)

    @property
    def origin(self) -> str:
        """A query, a mapping or a watermark that is another one is another origin, and is read from the start."""
        told = f"{self.path}#{self.entity.name}"
        if not self.part.watermark:
            return told
        return f"{told}:{hashlib.sha256(self.part.model_dump_json().encode()).hexdigest()[:8]}"

    def _check_columns(self, columns: dict[str, Column]) -> None:
        wanted = [*self.part.columns.values(), *([self.part.watermark.column] if self.part.watermark else [])]
        for name in wanted:
            if name not in columns:
                raise MappingError(
                    f"{self.path.name}: the query of {self.entity.name} has no column {name!r}.",
                    nearest(name, columns),
                )
        if self.part.watermark:
            self._check_watermark(columns[self.part.watermark.column], self.part.watermark.overlap)
        moments = [name for name in self.part.columns.values() if columns[name].kind == "moment"]
        if moments and not self.mapping.timezone:
            raise MappingError(
                f"{self.path.name}: {moments[0]!r} of {self.entity.name} is a moment with a time zone.",
                "Say in whose days the shop counts, for example `timezone: Europe/London`.",
            )

    def _check_watermark(self, column: Column, overlap: str) -> None:
        if column.kind == "other":
            raise MappingError(
                f"{self.path.name}: the watermark {column.name!r} of {self.entity.name} is no number, date or moment.",
                "Name a column that grows with every new or changed row.",
            )
        if overlap.isdigit() != (column.kind == "number"):
            raise MappingError(
                f"{self.path.name}: the overlap {overlap!r} does not fit the watermark {column.name!r}.",
                "Write `1000` for a number, `2 days` for a date or a moment.",
            )

    def _increment(self, column: Column, seen: str) -> Increment:
        assert self.part.watermark
        # An order without line ids replaces the earlier order as a whole, so it must come as a whole.
        whole = bool(self.entity.part) and self.entity.part not in (*self.part.columns, *self.part.fixed)
        keys = [self.part.columns[name] for name in self.entity.key if name in self.part.columns] if whole else []
        return Increment(column, seen, self.part.watermark.overlap, tuple(keys))

    def _reading(self) -> Reading:
        given, fixed = self.mapping, tuple(sorted(self.part.fixed.items()))
        return Reading(
            delimiter=",", date_format=given.date_format, timezone=given.timezone, fixed=fixed,
            unknown_words=given.unknown_words,
        )  # fmt: skip


SOURCE = Source(
    name="postgres",
    help="Queries to a PostgreSQL database, read by a mapping (--path shop.yaml); with --append only what is new",
    demo=False,
    needs_path=False,
    deliver=deliver,
)
