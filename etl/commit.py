"""What becomes of a staged delivery: which batches are active afterwards, and which corrects which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from dashapp.store import fs
from etl import lake
from etl.lake import Batch, Feed, Lake

Manner = Literal["world", "append", "entity", "entity_append"]
"""world: the delivery is everything there is. append: it adds to what is loaded and corrects it. entity: its entity is
replaced, the others stay. entity_append: it adds to and corrects its entity."""


@dataclass(frozen=True)
class Staged:
    """A batch and where its files lie before the manifest names them."""

    batch: Batch
    accepted: Path
    rejected: Path
    known: bool = False


def imported(before: Lake) -> set[str]:
    """Entities that an import has replaced: a repeated feed leaves them alone."""
    return {batch.entity for batch in before.batches if batch.imported and not batch.delivery}


def commit(before: Lake, staged: list[Staged], feed: Feed, manner: Manner, repeated: bool) -> Lake:
    """Makes the staged batches active and moves their files into place; the manifest is written last."""
    after = Lake(before.folder, before.quarantine, feed, _active(before, staged, manner, repeated))
    if after == before:
        lake.collect(before)  # a load killed after its manifest left what it replaced
        return before
    for item in staged:
        if not item.known:
            fs.move(item.accepted, after.batch_folder(item.batch))
            if item.rejected.exists():
                fs.move(item.rejected, after.quarantine / item.rejected.name)
    lake.write(after)
    return after


def _active(before: Lake, staged: list[Staged], manner: Manner, repeated: bool) -> tuple[Batch, ...]:
    fresh = [item.batch for item in staged]
    if manner in ("append", "entity_append"):
        return _corrected(before, fresh, manner == "entity_append")
    fresh = [replace(batch, delivery=0, imported=manner == "entity") for batch in fresh]
    if manner == "entity":
        entities = {batch.entity for batch in fresh}
        return (*(batch for batch in before.batches if batch.entity not in entities), *fresh)
    ids = {batch.batch_id for batch in fresh}
    kept = [batch for batch in before.batches if repeated and batch.imported and batch.batch_id not in ids]
    return (*fresh, *kept)


def _corrected(before: Lake, fresh: list[Batch], by_import: bool) -> tuple[Batch, ...]:
    """A file of the same origin takes the place of the old one; a batch that is active already stays as it is."""
    ids = {batch.batch_id for batch in fresh}
    origins = {(batch.entity, batch.origin) for batch in fresh}
    kept = [batch for batch in before.batches if batch.batch_id in ids or (batch.entity, batch.origin) not in origins]
    active = {batch.batch_id for batch in kept}
    number = 1 + max((batch.delivery for batch in before.batches), default=-1)
    new = [batch for batch in fresh if batch.batch_id not in active]
    return (*kept, *(replace(batch, delivery=number, imported=by_import) for batch in new))
