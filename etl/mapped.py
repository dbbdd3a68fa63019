"""A mapping applied to the file of a batch, which need not be there any more: for rows that are read again."""

from __future__ import annotations

import re
from pathlib import Path

from dashapp.errors import MappingError
from dashapp.settings import Settings
from dashapp.store import mappings
from etl.lake import Batch
from etl.source import DeliveredFile
from etl.sources import csv_folder


def mapping_file(mapping: str, settings: Settings) -> Path:
    """The file of a mapping: kept under its name, or at a path. Raises MappingError."""
    found = mappings.find(settings.folder("mappings"), mapping) or Path(mapping)
    if not found.is_file():
        raise MappingError(f"There is no mapping {mapping[:60]!r}.", "Name a mapping that is kept, or a file.")
    return found


def as_mapped(batch: Batch, place: Path) -> DeliveredFile:
    """The batch's file as the mapping at `place` reads it. Raises MappingError."""
    mapping = csv_folder.checked(place, _whole(csv_folder.read_yaml(place), batch))
    named = re.fullmatch(r"(.+)\[(.*)\]", batch.file_name)
    name, sheet = (named[1], named[2]) if named else (batch.file_name, "")
    path = Path(batch.origin.rpartition("#")[0]).with_name(name) if "#" in batch.origin else Path(name)
    part = _part(path, batch, getattr(mapping.entities, batch.entity), place)
    return csv_folder.as_one(path, batch.entity, mapping, part, sheet)


def _whole(content: object, batch: Batch) -> object:
    """A mapping of the entity alone as part of a whole one; the shop of the batch is known."""
    if not isinstance(content, dict) or "entities" in content:
        return content
    part = {"files": batch.file_name} | content
    return {"shop": {"name": "-", "currency": "XXX"}, "entities": {batch.entity: part}}


def _part(
    path: Path, batch: Batch, parts: tuple[csv_folder.EntityMapping, ...], place: Path
) -> csv_folder.EntityMapping:
    """The one part of the mapping that is for the file. Raises MappingError."""
    fitting = [part for part in parts if path.match(part.files)] or parts
    if not fitting:
        raise MappingError(f"{place.name} does not map {batch.entity}.", "Add it under `entities`.")
    if len(fitting) > 1:
        raise MappingError(
            f"{place.name} has several ways to read {batch.entity}.", f"Say `files: {path.name}` with the one to use."
        )
    return fitting[0]
