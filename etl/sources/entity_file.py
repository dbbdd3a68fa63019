"""One entity of the shop that is loaded, from one file: `python -m etl refresh --entity products --path products.csv`.

Without a mapping the file's columns bear the canonical names. A mapping is a whole one, of which the entity's part is
read, or that part alone:

    columns: {product_id: Item, product_name: Name, unit_cost: Cost}
    decimal_comma: true
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from pyarrow import parquet

from dashapp.errors import SourceError
from dashapp.store import mappings
from etl import fileformat, jsonlines, textfile, workbook
from etl.entities import ENTITIES
from etl.source import DeliveredFile, Delivery, Reading, Request, Source, Strict, nearest, validated
from etl.sources import csv_folder


class Options(Strict):
    entity: str
    """One of `etl.entities.ENTITIES`."""
    mapping: str = ""
    """Name of a mapping that is kept, or path of one; empty: columns have canonical names."""


def deliver(request: Request) -> Delivery:
    """The file as that entity. Raises SourceError on what is missing, MappingError on the mapping."""
    options = validated(Options, dict(request.options), "The source entity_file")
    assert request.path is not None
    if options.entity not in ENTITIES:
        raise SourceError(f"There is no entity {options.entity!r}.", nearest(options.entity, ENTITIES))
    if not request.path.is_file():
        raise SourceError(f"{request.path} is not a file.", "Give the file that holds the entity.")
    if request.shop is None:
        raise SourceError("Nothing has been loaded yet.", "Load orders first: `python -m etl refresh --source ...`.")
    if options.mapping:
        files = _mapped(request, options)
    else:
        files = [DeliveredFile(options.entity, request.path, _canonical(request.path, options.entity, request.work))]
    return Delivery(tuple(files), request.shop)


def _mapped(request: Request, options: Options) -> list[DeliveredFile]:
    assert request.path is not None
    assert request.shop is not None
    path = request.path
    kept = request.mappings and mappings.find(request.mappings, options.mapping)
    place = kept or Path(options.mapping)
    content = csv_folder.read_yaml(place)
    if not (isinstance(content, dict) and "entities" in content):
        text = yaml.safe_dump(content)
        content = {
            "shop": {"name": "-", "currency": request.shop.currency},
            "entities": {options.entity: yaml.safe_load(text)},
        }
        content["entities"][options.entity].setdefault("files", path.name)
    mapping = csv_folder.checked(place, content)
    parts = getattr(mapping.entities, options.entity)
    if not parts:
        raise SourceError(f"{place.name} does not map {options.entity}.", "Add it under `entities`.")
    return csv_folder.as_delivered(path, options.entity, mapping, parts[0])


def _canonical(path: Path, entity: str, work: Path) -> dict[str, tuple[str, ...]]:
    """The entity's columns that the file has, and those it must have, under their own names."""
    spec, names = ENTITIES[entity], _names(path, entity, work)
    return {item.name: (item.name,) for item in spec.columns if item.missing or item.name in names}


def _names(path: Path, entity: str, work: Path) -> tuple[str, ...]:
    match fileformat.of(path):
        case "gzip":
            with tempfile.TemporaryDirectory(dir=work) as folder:
                return _names(fileformat.unpacked(path, path.name, Path(folder)), entity, work)
        case "parquet":
            return tuple(parquet.read_schema(path).names)
        case "workbook":
            rows = (row for row in workbook.rows(path, "") if any(row))
            return textfile.header_names(next(rows, []))
        case "jsonl":
            return jsonlines.header(path, path.name)
        case _:
            wanted = {name: (name,) for name in ENTITIES[entity].required}
            return textfile.read_header(DeliveredFile(entity, path, wanted, Reading()), path).names


SOURCE = Source(
    name="entity_file",
    help="One entity of the loaded shop from a CSV, JSON Lines, Excel or Parquet file "
    "(options entity=<name>, mapping=<file>)",
    demo=False,
    needs_path=True,
    deliver=deliver,
    single=True,
)
