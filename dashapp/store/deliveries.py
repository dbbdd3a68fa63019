"""The history of the lake as readers see it: which deliveries made it what it is, and which can be undone.

The ETL writes `lake/manifest.json`; what it says of a version beyond this (its feed, its batches) is the ETL's alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashapp.errors import SnapshotDamaged


@dataclass(frozen=True, slots=True)
class Delivery:
    """One version of the lake: who made it, when, and from what."""

    number: int
    before: int | None
    "The version it was made from; None for the first load."
    made_at: str
    "UTC, ISO 8601."
    actor: str
    manner: str
    "world, append, entity, entity_append or replay."
    source: str
    files: tuple[str, ...]
    accepted_rows: int
    "Of these files, as are the rejected ones."
    rejected_rows: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A version with what it needs on the disk, as (entity, batch id) and names of files."""

    delivery: Delivery
    batches: frozenset[tuple[str, str]]
    raw_files: frozenset[str]
    "SHA-256 of the files as delivered, which are their names in `lake/raw`."


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Every version that is kept, oldest first, and the number of the one in force; 0 before the first load."""

    current: int
    versions: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Refusing:
    """A batch of the version in force with rows that were refused and not replayed since."""

    batch_id: str
    entity: str
    file_name: str
    rows: int


def read(lake: Path) -> Deliveries:
    """The history in the folder `lake`. Raises SnapshotDamaged on a manifest that cannot be read."""
    return _read(lake)[0]


def refusing(lake: Path) -> tuple[Refusing, ...]:
    """Batches of the version in force that have refused rows left, those with most first. Raises SnapshotDamaged."""
    batches = _read(lake)[1]
    replayed = Counter[str]()
    for batch in batches:
        replayed[batch.get("replays", "")] += batch["accepted_rows"]
    found = (
        Refusing(
            batch["batch_id"],
            batch["entity"],
            batch["file_name"],
            batch["rejected_rows"] - replayed[batch["batch_id"]],
        )
        for batch in batches
    )
    return tuple(sorted((batch for batch in found if batch.rows > 0), key=lambda batch: -batch.rows))


def _read(lake: Path) -> tuple[Deliveries, Sequence[Mapping[str, Any]]]:
    """The history, and the records of the batches in force. Raises SnapshotDamaged."""
    path = lake / "manifest.json"
    if not path.is_file():
        return Deliveries(0, ()), ()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        batches = content["batches"]
        if "versions" not in content:  # written before there was a history
            return Deliveries(1, (_kept(unknown(batches), batches),)), batches
        parts = [(delivery(item), [batches[n] for n in item["batches"]]) for item in content["versions"]]
        in_force = {made.number: of_version for made, of_version in parts}[content["current"]]
        return Deliveries(content["current"], tuple(_kept(*part) for part in parts)), in_force
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SnapshotDamaged(f"{path} cannot be read.", "Move it away and load the source again.") from error


def delivery(record: Mapping[str, Any]) -> Delivery:
    """A version's record in the manifest as a Delivery."""
    said = dict(record["delivery"])
    return Delivery(**said | {"files": tuple(said["files"])})


def unknown(batches: Sequence[Mapping[str, Any]]) -> Delivery:
    """What can be said of a lake whose manifest is older than the history."""
    return Delivery(
        number=1,
        before=None,
        made_at=max((batch["loaded_at"] for batch in batches), default=""),
        actor="",
        manner="world",
        source=batches[-1]["source"] if batches else "",
        files=tuple(batch["file_name"] for batch in batches),
        accepted_rows=sum(batch["accepted_rows"] for batch in batches),
        rejected_rows=sum(batch["rejected_rows"] for batch in batches),
    )


def retained(deliveries: Sequence[Delivery], current: int, keep: int) -> frozenset[int]:
    """Numbers of the `keep` versions that stay: the current one, the one before it, then the newest.

    >>> def made(number, before): return Delivery(number, before, "", "", "append", "", (), 0, 0)
    >>> sorted(retained([made(1, None), made(2, 1), made(3, 2), made(4, 1)], current=4, keep=3))
    [1, 3, 4]
    """
    before = next((item.before for item in deliveries if item.number == current), None)
    newest = sorted(deliveries, key=lambda item: (item.number != current, item.number != before, -item.number))
    return frozenset(item.number for item in newest[:keep])


def _kept(made: Delivery, batches: Sequence[Mapping[str, Any]]) -> Kept:
    raw = {batch["file_sha256"] for batch in batches}
    raw |= {digest for batch in batches for digest in batch.get("lookups", {})}
    return Kept(made, frozenset((batch["entity"], batch["batch_id"]) for batch in batches), frozenset(raw))
