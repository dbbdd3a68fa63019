"""What becomes of a staged delivery: which batches are active afterwards, and which corrects which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from dashapp.store import fs
from dashapp.store.deliveries import Delivery, retained
from etl import crash, lake, rawfiles
from etl.lake import Batch, Feed, History, Lake, Version

Manner = Literal["world", "append", "entity", "entity_append", "replay"]
"""world: the delivery is everything there is. append: it adds to what is loaded and corrects it. entity: its entity is
replaced, the others stay. entity_append: it adds to and corrects its entity. replay: rows rejected before are added to
the batch they belong to."""


@dataclass(frozen=True)
class Stamp:
    """Who commits, when (UTC, ISO 8601), and how many versions of the lake stay."""

    actor: str
    made_at: str
    keep: int


@dataclass(frozen=True)
class Staged:
    """A batch and where its files lie before the manifest names them."""

    batch: Batch
    accepted: Path
    rejected: Path
    known: bool = False
    originals: Mapping[str, Path] = field(default_factory=dict)
    """Files to keep as delivered, by SHA-256."""
    copies: Mapping[str, Path] = field(default_factory=dict)
    """Copies of them in the workspace, where the load made one."""


def imported(before: Lake) -> set[str]:
    """Entities that an import has replaced: a repeated feed leaves them alone."""
    return {batch.entity for batch in before.batches if batch.imported and not batch.delivery}


def commit(before: Lake, staged: list[Staged], feed: Feed, manner: Manner, repeated: bool, stamp: Stamp) -> Lake:
    """Makes the staged batches active and moves their files into place; the manifest is written last."""
    after = Lake(before.folder, before.quarantine, feed, _active(before, staged, manner, repeated))
    for item in staged:
        rawfiles.keep(after.folder, item.originals, item.copies)
    if after == before:
        lake.collect(before)  # a load killed after its manifest left what it replaced
        return before
    for item in staged:
        if not item.known:
            fs.move(item.accepted, after.batch_folder(item.batch))
            if item.rejected.exists():
                fs.move(item.rejected, after.rejects_of(item.batch))
    crash.reached("moved")
    return lake.write(after, entered(before, after, [item.batch for item in staged], manner, stamp))


def entered(before: Lake, after: Lake, delivered: list[Batch], manner: Manner, stamp: Stamp) -> History:
    """The history with `after` in force. The same rows asked for at another place are no version of their own."""
    assert after.feed is not None
    history, source = before.history, delivered[-1].source if delivered else after.feed.source
    if before.feed and after.batches == before.batches and _counted(after.feed) == _counted(before.feed):
        same = (replace(v, feed=after.feed) if v.number == history.current else v for v in history.versions)
        return History(history.current, tuple(same))
    made = Delivery(
        number=1 + max((version.number for version in history.versions), default=0),
        before=history.current or None,
        made_at=stamp.made_at,
        actor=stamp.actor,
        manner=manner,
        source=source,
        files=tuple(batch.file_name for batch in delivered),
        accepted_rows=sum(batch.accepted_rows for batch in delivered),
        rejected_rows=sum(batch.rejected_rows for batch in delivered),
    )
    versions = (*history.versions, Version(made, after.feed, after.batches))
    numbers = retained([version.delivery for version in versions], made.number, stamp.keep)
    return History(made.number, tuple(version for version in versions if version.number in numbers))


def _counted(feed: Feed) -> tuple[object, ...]:
    """What of a feed shapes a snapshot beside the batches."""
    return feed.source, feed.demo, feed.shop, dict(feed.policy)


def _active(before: Lake, staged: list[Staged], manner: Manner, repeated: bool) -> tuple[Batch, ...]:
    """Batches after the delivery; rows replayed from a batch follow it as long as it is there."""
    fresh = [item.batch for item in staged]
    if manner == "replay":
        before, fresh = replace(before, batches=(*before.batches, *fresh)), []
    delivered = replace(before, batches=tuple(batch for batch in before.batches if not batch.replays))
    return tuple(
        batch
        for chosen in _chosen(delivered, fresh, manner, repeated)
        for batch in (chosen, *followers(before, chosen))
    )


def followers(before: Lake, batch: Batch) -> list[Batch]:
    """What was replayed from a batch: part of the same delivery, so that it adds to the batch and never corrects it."""
    found = (item for item in before.batches if item.replays == batch.batch_id)
    return [replace(item, delivery=batch.delivery, imported=batch.imported) for item in found]


def _chosen(before: Lake, fresh: list[Batch], manner: Manner, repeated: bool) -> tuple[Batch, ...]:
    if manner == "replay":
        return before.batches
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
