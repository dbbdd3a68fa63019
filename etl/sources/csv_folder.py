"""Any shop's files, by a mapping in YAML: `mapping.yaml` in the folder, or the file named by the option `mapping`.

    shop: {name: My shop, currency: EUR}
    date_format: "%d.%m.%Y"
    decimal_comma: true
    entities:
      order_lines:
        files: "orders*.csv"
        columns: {order_id: Order, ordered_at: Date, customer_id: Client, quantity: Qty, unit_price: Price}

What is said at the top holds for every entity that does not say otherwise.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from dashapp.errors import MappingError, SourceError
from dashapp.store import mappings
from etl import amounts, fileformat, workbook
from etl.entities import ENTITIES, Entity
from etl.source import (
    DeliveredFile,
    Delivery,
    Lookup,
    Reading,
    Request,
    Shop,
    Source,
    Strict,
    known_encoding,
    nearest,
    validated,
)  # fmt: skip


class Options(Strict):
    mapping: str = ""
    """Name of a mapping that is kept, or path of one; empty: mapping.yaml in the folder."""


class ShopFacts(Strict):
    name: str = Field(min_length=1)
    currency: str = Field(pattern="^[A-Z]{3}$")
    country: str = ""


class Manner(Strict):
    """How files are read; every key may stand at the top or with an entity."""

    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Annotated[str, AfterValidator(known_encoding)] | None = None
    header: tuple[str, ...] | None = Field(default=None, min_length=1)
    date_format: str | None = None
    decimal_comma: bool | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    timezone: str | None = None
    currency_signs: bool | None = None
    """True: amounts carry the currency's sign or code, or an accountant's minus: £12.50, 12,50 EUR, (12.50), 12.50-."""
    whole_number_ids: bool | None = None
    unknown_words: tuple[str, ...] | None = None

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; write it like Europe/London")
        return value


def _inside(value: str) -> str:
    if Path(value).is_absolute() or ".." in Path(value).parts:
        raise ValueError("must stay inside the folder")
    return value


class LookupMapping(Strict):
    """Columns that lie in a second file: `{file: items.csv, by: {Item: Item}, columns: [Price, Cost]}`."""

    file: Annotated[str, AfterValidator(_inside)] = Field(min_length=1)
    by: dict[str, str] = Field(min_length=1)
    """Column of the lines -> column of the second file."""
    columns: tuple[str, ...] = Field(min_length=1)


class EntityMapping(Manner):
    files: Annotated[str, AfterValidator(_inside)] = Field(min_length=1)
    """Pattern of file names in the folder, for example orders*.csv."""
    columns: dict[str, str] = Field(min_length=1)
    sheet: str = ""
    """Sheet of a workbook; empty: all of them."""
    fixed: dict[str, str] = Field(default_factory=dict)
    """Canonical columns with one value for all lines, for example {channel: Web}.

    {line} stands for the line number, {file} for the file's name."""
    lookups: tuple[LookupMapping, ...] = ()
    """Second files; a later one may look up by a column of an earlier one."""
    returns: bool = False
    """True: every line gives goods back, its quantity counts as negative."""
    values: dict[str, dict[Annotated[str, Field(min_length=1)], str]] = Field(default_factory=dict)
    """Canonical column -> delivered text -> text to read: `{country: {Deutschl.: Germany}}`; "" means not known."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Parts = Annotated[tuple[EntityMapping, ...], BeforeValidator(_as_list)]
"""One mapping, or a list where files of an entity differ in their columns."""


class Entities(Strict):
    order_lines: Parts = ()
    customers: Parts = ()
    products: Parts = ()
    prices: Parts = ()
    costs: Parts = ()
    marketing_spend: Parts = ()
    engagement_events: Parts = ()
    contracts: Parts = ()
    customer_summaries: Parts = ()


class Mapping(Manner):
    shop: ShopFacts
    count_once: bool = False
    """True: files of this folder overlap; lines repeated in a later file count once."""
    zero_price_is_purchase: bool = False
    entities: Entities


def deliver(request: Request) -> Delivery:
    """The files that the mapping names. Raises MappingError on the mapping, SourceError on the folder."""
    options = validated(Options, dict(request.options), "The source csv_folder")
    assert request.path is not None
    if not request.path.is_dir():
        raise SourceError(f"{request.path} is not a folder.", "Give the folder that holds the files.")
    mapping = read_mapping(mapping_path(options.mapping, request.path, request.mappings))
    files = []
    for entity in ENTITIES:
        for chosen in getattr(mapping.entities, entity):
            files += _files(request.path, entity, mapping, chosen)
    facts, policy = mapping.shop, {"zero_price_is_purchase": mapping.zero_price_is_purchase}
    return Delivery(tuple(files), Shop(facts.name, facts.currency, facts.country), mapping.count_once, policy)


def mapping_path(named: str, folder: Path, kept: Path | None) -> Path:
    """The mapping called `named` in the folder `kept`, else the file of that path, sought beside the data first."""
    # A kept mapping wins: a file that came with the data must not take its place.
    if found := kept and mappings.find(kept, named):
        return found
    beside = folder / (named or "mapping.yaml")
    return beside if beside.is_file() or not named else Path(named)


def read_mapping(path: Path) -> Mapping:
    """The mapping in `path`. Raises MappingError that names the key and the nearest known one."""
    return checked(path, read_yaml(path))


def read_yaml(path: Path) -> object:
    """What the file says. Raises MappingError when it is not there or no YAML."""
    if not path.is_file():
        raise MappingError(
            f"There is no mapping at {path}.", "Write mapping.yaml beside the files, or name a kept one."
        )
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" on line {line + 1}" if line is not None else ""
        raise MappingError(f"{path.name} is not valid YAML{where}.", "Check the indentation and the colons.") from error


def checked(path: Path, content: object) -> Mapping:
    """The content of `path` as a mapping. Raises MappingError."""
    mapping = validated(Mapping, content, path.name, MappingError)
    for entity in ENTITIES:
        for chosen in getattr(mapping.entities, entity):
            _check_columns(path, entity, chosen)
    return mapping


def _check_columns(path: Path, entity: str, chosen: EntityMapping) -> None:
    spec = ENTITIES[entity]
    known = [column.name for column in spec.columns]
    for name in (*chosen.columns, *chosen.fixed):
        if name not in known:
            raise MappingError(
                f"{path.name}: {entity} has no column {name!r}.",
                nearest(name, known),
            )
    _check_fixed(path, spec, chosen.fixed)
    for name in chosen.values:
        if name not in chosen.columns or name in chosen.fixed:
            raise MappingError(
                f"{path.name}: {entity} has `values` for {name!r}, which no column of the file fills.",
                nearest(name, chosen.columns),
            )
    for name in spec.required:
        if name not in chosen.columns and name not in chosen.fixed:
            raise MappingError(f"{path.name}: {entity} needs the column {name!r}.", f"Add `{name}: <your column>`.")


def _files(folder: Path, entity: str, mapping: Mapping, chosen: EntityMapping) -> list[DeliveredFile]:
    found = sorted(item for item in folder.glob(chosen.files) if item.is_file())
    if not found:
        raise SourceError(f"No file in {folder} fits {chosen.files!r} ({entity}).", "Correct `files` in the mapping.")
    return [file for item in found for file in as_delivered(item, entity, mapping, chosen)]


def as_delivered(item: Path, entity: str, mapping: Mapping, chosen: EntityMapping) -> list[DeliveredFile]:
    """The file, or every sheet of the workbook, as the mapping reads it."""
    return [as_one(item, entity, mapping, chosen, sheet) for sheet in _sheets(item, chosen)]


def as_one(item: Path, entity: str, mapping: Mapping, chosen: EntityMapping, sheet: str) -> DeliveredFile:
    """The file, or a sheet of it, as the mapping reads it; the file is not looked at."""
    columns = {name: (column,) for name, column in chosen.columns.items() if name not in chosen.fixed}
    lookups = _lookups(item.parent, chosen.lookups)
    origin = f"{item.resolve()}#{sheet}"
    return DeliveredFile(entity, item, columns, _reading(mapping, chosen, item.stem), sheet, origin, lookups)


def _check_fixed(path: Path, spec: Entity, fixed: dict[str, str]) -> None:
    """Raises MappingError on a day that is not written as 2025-01-31 and on a number that is none."""
    for name, value in fixed.items():
        kind = spec.column(name).kind
        try:
            if kind in ("timestamp", "date"):
                datetime.fromisoformat(value)
            elif kind == "decimal":
                Decimal(value.replace(",", "."))
        except (ValueError, InvalidOperation) as error:
            wanted = "a number" if kind == "decimal" else "a day written as 2025-01-31"
            raise MappingError(f"{path.name}: {value!r}, fixed for {name}, is not {wanted}.", "Correct it.") from error


def lookups_of(folder: Path, content: object) -> tuple[Lookup, ...]:
    """What a draft says under `lookups`. Raises MappingError, SourceError where a file is not there."""
    if not content:
        return ()
    part = {"files": "*", "columns": {"-": "-"}, "lookups": content}
    return _lookups(folder, validated(EntityMapping, part, "The mapping", MappingError).lookups)


def _lookups(folder: Path, chosen: tuple[LookupMapping, ...]) -> tuple[Lookup, ...]:
    return tuple(_lookup(folder, lookup) for lookup in chosen)


def _lookup(folder: Path, chosen: LookupMapping) -> Lookup:
    path = folder / chosen.file
    if not path.is_file():
        raise SourceError(f"There is no file {chosen.file!r} in {folder} to look up in.", "Correct `lookups`.")
    return Lookup(path, tuple(chosen.by.items()), chosen.columns)


def _sheets(path: Path, chosen: EntityMapping) -> list[str]:
    if fileformat.of(path) != "workbook":
        return [""]
    return [chosen.sheet] if chosen.sheet else workbook.sheets(path)


def _reading(mapping: Mapping, chosen: EntityMapping, stem: str) -> Reading:
    said = {name: getattr(chosen, name) for name in Manner.model_fields}
    said = {name: getattr(mapping, name) if value is None else value for name, value in said.items()}
    fixed = tuple(sorted((name, value.replace("{file}", stem)) for name, value in chosen.fixed.items()))
    values = tuple((name, tuple(sorted(texts.items()))) for name, texts in sorted(chosen.values.items()) if texts)
    signs = amounts.marks(mapping.shop.currency) if said.pop("currency_signs") else ()
    how = {name: value for name, value in said.items() if value is not None}
    return Reading(**how, fixed=fixed, returns=chosen.returns, values=values, signs=signs)


SOURCE = Source(
    name="csv_folder",
    help="A folder of any shop's CSV, JSON Lines, Excel or Parquet files, read by a mapping (option mapping=<file>)",
    demo=False,
    needs_path=True,
    deliver=deliver,
)
