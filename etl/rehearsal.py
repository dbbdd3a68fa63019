"""A refresh that changes nothing: what would be loaded, what the rules say, whether a snapshot would follow."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dashapp.errors import NoSnapshot, SourceError
from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import check, lake
from etl.load import load
from etl.pipeline import Clock, Request, prepare
from etl.progress import Progress
from etl.transform import transform
from etl.work import working


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """One file as it would be loaded."""

    batch_id: str
    entity: str
    file_name: str
    accepted_lines: int
    rejected_lines: int
    known: bool
    "Loaded already: it would not be loaded again."


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a refresh would come to."""

    batches: list[PlannedBatch]
    findings: list[dict[str, Any]]
    "Rules that do not hold: check_id, severity, title, offending_rows, amount, help."
    unchanged: bool
    "The current snapshot already has this content."

    @property
    def stopped(self) -> bool:
        return any(finding["severity"] == "stop" for finding in self.findings)

    def sentence(self) -> str:
        if self.stopped:
            return "A refresh would stop here; the published data would stay."
        return "A refresh would change nothing." if self.unchanged else "A refresh would publish a new snapshot."

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"stopped": self.stopped, "sentence": self.sentence()}


def rehearse(request: Request | None, settings: Settings, progress: Progress, clock: Clock) -> Rehearsal:
    """Go through load, transform and check in a folder that is removed afterwards; None: with what is loaded now."""
    with tempfile.TemporaryDirectory(dir=settings.folder("cache"), prefix="rehearsal-") as name:
        folder = Path(name)
        known = {batch.batch_id for batch in lake.read(settings).batches}
        if request is None:
            delivered = _loaded(settings)
        else:
            aside = settings.model_copy(update={"data_dir": folder})
            source, path, options = _feed(request, settings)
            delivered = load(source, path, options, aside, progress, now=clock())
        run = prepare(delivered, settings, progress, clock)
        with working(folder / "work.duckdb", delivered, run.policy, settings) as connection:
            transform(connection, progress)
            results = check.run(connection, progress)
        batches = [
            PlannedBatch(
                item.batch_id, item.entity, item.file_name, item.accepted_rows, item.rejected_rows,
                item.batch_id in known,
            )
            for item in delivered.batches
        ]  # fmt: skip
        return Rehearsal(batches, [_finding(item) for item in results if item.failed], _is_current(settings, run.key))


def _loaded(settings: Settings) -> lake.Lake:
    loaded = lake.read(settings)
    if loaded.feed is None:
        raise SourceError("Nothing has been loaded yet.", "Run `python -m etl refresh --source sample`.")
    return loaded


def _feed(request: Request, settings: Settings) -> tuple[str | None, Path | None, Mapping[str, str]]:
    feed = lake.read(settings).feed
    if request.source or feed is None:
        return request.source, request.path, request.options
    return feed.source, Path(feed.path) if feed.path else None, feed.options


def _finding(result: check.Result) -> dict[str, Any]:
    rule = result.rule
    return {
        "check_id": rule.check_id, "severity": rule.severity, "title": rule.title,
        "offending_rows": result.offending_rows, "amount": result.amount, "help": rule.help,
    }  # fmt: skip


def _is_current(settings: Settings, key: str) -> bool:
    warehouse = Warehouse(settings.folder("warehouse"))
    try:
        seq = warehouse.current().seq
    except NoSnapshot:
        return False
    return any(entry.seq == seq and entry.build_key == key for entry in warehouse.history())
