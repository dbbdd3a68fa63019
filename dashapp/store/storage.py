"""What an installation takes on the disk, folder by folder, and what retention will remove of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dashapp.settings import Settings
from dashapp.store import deliveries
from dashapp.store.deliveries import Deliveries, Kept
from dashapp.store.publish import Warehouse

SINGULAR = {"versions": "version", "files": "file", "batches": "batch", "snapshots": "snapshot"}
"First words of the nouns that are counted."


@dataclass(frozen=True, slots=True)
class Usage:
    """One part of the data directory."""

    name: str
    "lake, raw, quarantine, warehouse, ledger, cache, inbox, reports, mappings or state."
    title: str
    size_bytes: int
    files: int
    count: int
    "How many of what `noun` says."
    noun: str
    removable_bytes: int
    "What goes with the next delivery or publication."
    retention: str
    "What removes it, in a sentence."

    @property
    def holds(self) -> str:
        """The count with its noun: `1 file`, `1,204 files`, `1 version of the data`."""
        first, blank, rest = self.noun.partition(" ")
        noun = f"{SINGULAR[first]}{blank}{rest}" if self.count == 1 else self.noun
        return f"{self.count:,} {noun}"


def usage(settings: Settings) -> tuple[Usage, ...]:
    """Every part, the loaded data first. Raises SnapshotDamaged where a manifest cannot be read."""
    lake = settings.data_dir / "lake"
    history = deliveries.read(lake)
    return (
        *_loaded(settings, lake, history),
        _warehouse(settings),
        *(_folder(settings, name, title, noun, why) for name, title, noun, why in _simple(settings)),
    )


def _loaded(settings: Settings, lake: Path, history: Deliveries) -> Iterator[Usage]:
    """Accepted rows, files as delivered and rejected rows: what no kept version names goes with the next delivery."""
    leaving = _leaving(history, settings.keep_deliveries)
    staying = [kept for kept in history.versions if kept not in leaving]
    batches, raw_files = _only_in(leaving, staying)
    quarantine = settings.data_dir / "quarantine"
    why, versions = _why_versions(settings, leaving), len(history.versions)
    rows = [path for path in _files(lake) if path.parts[len(lake.parts)] != "raw"]
    yield _usage(
        "lake", "Accepted rows", rows, versions, "versions of the data", why,
        (path for entity, batch in batches for path in _files(lake / entity / batch)),
    )  # fmt: skip
    raw = list(_files(lake / "raw"))
    yield _usage("raw", "Files as delivered", raw, len(raw), "files", why, (lake / "raw" / name for name in raw_files))
    rejected = list(_files(quarantine))
    gone = (quarantine / f"{batch}.parquet" for _, batch in batches)
    yield _usage("quarantine", "Rejected rows", rejected, len(rejected), "batches with rejects", why, gone)


def _leaving(history: Deliveries, keep: int) -> list[Kept]:
    """Versions that one more delivery would drop."""
    made = [kept.delivery for kept in history.versions]
    if not made:
        return []
    new = replace(made[-1], number=made[-1].number + 1, before=history.current)
    stay = deliveries.retained([*made, new], new.number, keep)
    return [kept for kept in history.versions if kept.delivery.number not in stay]


def _only_in(leaving: list[Kept], staying: list[Kept]) -> tuple[set[tuple[str, str]], set[str]]:
    """Batches and files as delivered that go when `leaving` does."""
    batches = set[tuple[str, str]]().union(*(kept.batches for kept in leaving))
    raw = set[str]().union(*(kept.raw_files for kept in leaving))
    return batches.difference(*(kept.batches for kept in staying)), raw.difference(
        *(kept.raw_files for kept in staying)
    )


def _why_versions(settings: Settings, leaving: list[Kept]) -> str:
    numbers = ", ".join(str(kept.delivery.number) for kept in leaving)
    then = f"the next delivery removes version {numbers}" if leaving else "the next delivery removes none"
    return f"{settings.keep_deliveries} versions of the data are kept (keep_deliveries); {then}."


def _warehouse(settings: Settings) -> Usage:
    warehouse = Warehouse(settings.data_dir / "warehouse")
    history, keep = warehouse.history(), settings.keep_snapshots
    gone = history[: max(0, len(history) + 1 - keep)]
    then = f"the next one removes {', '.join(entry.snapshot_id for entry in gone)}" if gone else "the next removes none"
    return _usage(
        "warehouse", "Published snapshots", _files(warehouse.folder), len(history), "snapshots",
        f"{keep} snapshots are kept (keep_snapshots); {then}. Beside them: the tables the next refresh goes on from.",
        (warehouse.folder / entry.file for entry in gone),
    )  # fmt: skip


def _simple(settings: Settings) -> Iterator[tuple[str, str, str, str]]:
    hours = f"{settings.computation_ttl_hours:g}"
    outside = "" if not settings.state_url else " The state database is at state_url and not counted."
    yield "ledger", "Predictions of every snapshot", "files", "Kept for good: it proves what was predicted."
    yield "cache", "Computed results", "files", f"A result is dropped after {hours} hours (computation_ttl_hours)."
    uploaded = (
        f"An uploaded file goes after {settings.upload_keep_hours} hours (upload_keep_hours), the last one imported"
    )
    yield "inbox", "Uploads", "files", f"{uploaded} stays; what was put there by hand is never removed."
    yield "reports", "Reports", "files", "Never removed here."
    yield "mappings", "Mappings", "files", "Kept until somebody removes them."
    yield "state", "Accounts, jobs and journal", "files", f"Kept for good.{outside}"


def _folder(settings: Settings, name: str, title: str, noun: str, why: str) -> Usage:
    files = list(_files(settings.data_dir / name))
    return _usage(name, title, files, len(files), noun, why, ())


def _usage(
    name: str, title: str, files: Iterable[Path], count: int, noun: str, why: str, removable: Iterable[Path]
) -> Usage:
    sizes = [_size(path) for path in files]
    return Usage(name, title, sum(sizes), len(sizes), count, noun, sum(map(_size, removable)), why)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; links are not followed, and a folder may vanish meanwhile."""
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def _size(path: Path) -> int:
    """Bytes of a file; 0 for one that is not there (any more)."""
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0
