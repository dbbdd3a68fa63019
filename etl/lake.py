"""The lake: accepted rows as Parquet, rejected rows beside them, one manifest that says which batches are active."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dashapp.errors import SourceError
from dashapp.settings import Settings
from dashapp.store import fs
from etl.entities import ENTITIES
from etl.source import Shop


@dataclass(frozen=True)
class Batch:
    """One file as loaded. Lines are physical lines of the file; amounts are decimal numbers as text."""

    batch_id: str
    entity: str
    source: str
    file_name: str
    file_sha256: str
    loaded_at: str
    """UTC, ISO 8601."""
    physical_lines: int
    header_lines: int
    blank_lines: int
    accepted_lines: int
    rejected_lines: int
    raw_amount: str | None
    accepted_amount: str | None
    rejected_amount: str | None
    accepted_rows: int
    """Differs from accepted_lines where a quoted field spans lines."""
    rejected_rows: int
    reasons: Mapping[str, int]
    """Rejected rows by reason; a row may have several."""
    date_formats: Mapping[str, str]
    origin: str
    delivery: int = 0
    """A later delivery corrects rows of earlier ones; batches of one delivery do not correct each other."""
    imported: bool = False
    """It came as a single entity, not with the feed."""
    shop: str = ""
    """Deliveries correct each other within a shop: another shop may use the same order numbers."""


@dataclass(frozen=True)
class Feed:
    """What was loaded last, so that a refresh without a source can ask for it again."""

    source: str
    path: str | None
    options: Mapping[str, str]
    append: bool
    demo: bool
    shop: Shop
    policy: Mapping[str, bool]


@dataclass(frozen=True)
class Lake:
    """The active batches of an installation."""

    folder: Path
    quarantine: Path
    feed: Feed | None = None
    batches: tuple[Batch, ...] = field(default=())

    def files(self, entity: str) -> list[Path]:
        """Parquet files of the accepted rows of an entity; none when it was never delivered."""
        folders = [self.batch_folder(batch) for batch in self.batches if batch.entity == entity]
        return [path for folder in folders for path in sorted(folder.rglob("*.parquet"))]

    def rejects(self) -> list[Path]:
        """Quarantine files of the active batches; a batch without rejects has none."""
        paths = [self.quarantine / f"{batch.batch_id}.parquet" for batch in self.batches if batch.rejected_rows]
        return sorted(paths)

    def batch_folder(self, batch: Batch) -> Path:
        """Where the accepted rows of a batch lie."""
        return self.folder / batch.entity / batch.batch_id


def read(settings: Settings) -> Lake:
    """The lake as its manifest has it; empty before the first load. Raises SourceError on a damaged manifest."""
    empty = Lake(settings.folder("lake"), settings.folder("quarantine"))
    path = empty.folder / "manifest.json"
    if not path.is_file():
        return empty
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        shop = Shop(**content["feed"].pop("shop"))
        batches = tuple(Batch(**{"shop": shop.name} | record) for record in content["batches"])
        return Lake(empty.folder, empty.quarantine, Feed(shop=shop, **content["feed"]), batches)
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"{path} is damaged: {error}.", "Load the source again after moving the file away."
        ) from error


def write(lake: Lake) -> None:
    """Makes `lake` the current one: the manifest is replaced as a whole, then files nobody names are removed."""
    assert lake.feed is not None
    content = {"feed": asdict(lake.feed), "batches": [asdict(batch) for batch in lake.batches]}
    fs.write(lake.folder / "manifest.json", json.dumps(content, indent=1))
    collect(lake)


def collect(lake: Lake) -> None:
    """Removes files that the manifest does not name: of batches replaced, and of loads that were killed."""
    for draft in lake.folder.glob(".manifest.json.*"):
        fs.remove(draft)
    active = {lake.batch_folder(batch) for batch in lake.batches}
    for entity in ENTITIES:
        for folder in (lake.folder / entity).glob("*"):
            if folder not in active:
                fs.remove(folder)
    kept = set(lake.rejects())
    for path in lake.quarantine.glob("*.parquet"):
        if path not in kept:
            fs.remove(path)
