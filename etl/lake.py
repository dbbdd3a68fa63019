"""The lake: accepted rows as Parquet, rejected rows beside them, and one manifest that says which batches are active.

The manifest also holds the versions before, so that an import can be undone. It is one file, replaced as a whole: a
process killed at any moment leaves the old history or the new one, and every file that either of them names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dashapp.errors import SourceError
from dashapp.settings import Settings
from dashapp.store import deliveries, fs
from dashapp.store.deliveries import Delivery
from etl import crash
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
    left_out_rows: int = 0
    """Rejected rows that a declared rule of the source leaves out, such as orders never paid."""
    rounded_rows: int = 0
    """Accepted rows with a number of more digits behind the point than are kept."""
    shop: str = ""
    """Deliveries correct each other within a shop: another shop may use the same order numbers."""
    replays: str = ""
    """Batch whose rejected rows these are, read again; it comes and goes with that batch."""
    lookups: Mapping[str, str] = field(default_factory=dict)
    """Names of the second files it was read with, by SHA-256."""
    watermark: str = ""
    """Where the next incremental load of its origin goes on; it goes when the batch goes."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Canonical column -> its name in the file; none in batches of earlier versions."""


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
class Version:
    """The lake as one delivery left it."""

    delivery: Delivery
    feed: Feed
    batches: tuple[Batch, ...]

    @property
    def number(self) -> int:
        return self.delivery.number


@dataclass(frozen=True)
class History:
    """Versions that are kept, oldest first, and the number of the one in force; 0 before the first load."""

    current: int = 0
    versions: tuple[Version, ...] = ()

    def version(self, number: int | None) -> Version | None:
        """The version of that number, if it is kept."""
        return next((version for version in self.versions if version.number == number), None)

    def batches(self) -> list[Batch]:
        """Of all versions; one that is in several of them comes once for each."""
        return [batch for version in self.versions for batch in version.batches]


@dataclass(frozen=True)
class Lake:
    """The active batches of an installation."""

    folder: Path
    quarantine: Path
    feed: Feed | None = None
    batches: tuple[Batch, ...] = field(default=())
    history: History = field(default_factory=History, compare=False, repr=False)

    def files(self, entity: str) -> list[Path]:
        """Parquet files of the accepted rows of an entity; none when it was never delivered."""
        return [path for batch in self.batches if batch.entity == entity for path in self.files_of(batch)]

    def files_of(self, batch: Batch) -> list[Path]:
        """Parquet files of the accepted rows of a batch."""
        return sorted(self.batch_folder(batch).rglob("*.parquet"))

    def rejects(self) -> list[Path]:
        """Quarantine files of the active batches; a batch without rejects has none."""
        return sorted(self.rejects_of(batch) for batch in self.batches if batch.rejected_rows)

    def rejects_of(self, batch: Batch) -> Path:
        """Where the rejected rows of a batch lie, if it has any."""
        return self.quarantine / f"{batch.batch_id}.parquet"

    def watermarks(self, source: str) -> dict[str, str]:
        """The watermark of the latest delivery by its origin up to the last @, for the batches of one source."""
        latest = sorted((batch for batch in self.batches if batch.watermark), key=lambda batch: batch.delivery)
        return {batch.origin.rpartition("@")[0]: batch.watermark for batch in latest if batch.source == source}

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
        history = _history(json.loads(path.read_text(encoding="utf-8")))
        current = next(version for version in history.versions if version.number == history.current)
    except (ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise SourceError(
            f"{path} is damaged: {error}.", "Load the source again after moving the file away."
        ) from error
    return Lake(empty.folder, empty.quarantine, current.feed, current.batches, history)


def write(lake: Lake, history: History) -> Lake:
    """Makes `history` the one in force: the manifest is replaced as a whole, then files nobody names are removed.

    Returns the lake as the current version of the history has it.
    """
    fs.write(lake.folder / "manifest.json", json.dumps(_content(history), indent=1))
    crash.reached("manifest_replaced")
    current = history.version(history.current)
    assert current is not None
    after = Lake(lake.folder, lake.quarantine, current.feed, current.batches, history)
    collect(after)
    return after


def _history(content: dict[str, Any]) -> History:
    records = content["batches"]
    if "versions" not in content:  # written before there was a history
        made = deliveries.unknown(records)
        return History(1, (_version(made, content["feed"], records),))
    versions = (
        _version(deliveries.delivery(item), item["feed"], [records[position] for position in item["batches"]])
        for item in content["versions"]
    )
    return History(content["current"], tuple(versions))


def _version(made: Delivery, feed: dict[str, Any], records: Iterable[dict[str, Any]]) -> Version:
    shop = Shop(**feed["shop"])
    batches = tuple(Batch(**{"shop": shop.name} | record) for record in records)
    return Version(made, Feed(**feed | {"shop": shop}), batches)


def _content(history: History) -> dict[str, Any]:
    """A batch is written once, however many versions have it: a shop that appends daily has hundreds."""
    places: dict[str, int] = {}
    records: list[dict[str, Any]] = []
    versions = []
    for version in history.versions:
        mine = []
        for batch in version.batches:
            record = asdict(batch)
            place = places.setdefault(json.dumps(record, sort_keys=True), len(records))
            if place == len(records):
                records.append(record)
            mine.append(place)
        versions.append({"delivery": asdict(version.delivery), "feed": asdict(version.feed), "batches": mine})
    return {"current": history.current, "versions": versions, "batches": records}


def collect(lake: Lake) -> None:
    """Removes files that no kept version names: of batches replaced, and of loads that were killed."""
    for draft in lake.folder.glob(".manifest.json.*"):
        fs.remove(draft)
    named = lake.history.batches()
    active = {lake.batch_folder(batch) for batch in named}
    for entity in ENTITIES:
        for folder in (lake.folder / entity).glob("*"):
            if folder not in active:
                fs.remove(folder)
    delivered = {sha256 for batch in named for sha256 in (batch.file_sha256, *batch.lookups)}
    for path in (lake.folder / "raw").glob("*"):
        if path.name not in delivered:
            fs.remove(path)
    kept = {lake.rejects_of(batch) for batch in named if batch.rejected_rows}
    for path in lake.quarantine.glob("*.parquet"):
        if path not in kept:
            fs.remove(path)
