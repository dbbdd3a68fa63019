"""Load: a source's files become accepted rows in the lake and rejected rows in the quarantine; nothing is lost.

Everything is staged first. Only when every file of a delivery is read, proved and written does the manifest change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import duckdb

from dashapp.errors import NothingUsable, SourceError
from dashapp.settings import Settings
from etl import (
    amounts,
    connection,
    crash,
    dates,
    feeds,
    fileformat,
    lake,
    lookups,
    quarantine,
    rawfiles,
    reconcile,
    repeats,
    textfile,
    typed,
)
from etl.commit import Staged, Stamp, commit, imported
from etl.entities import ENTITIES, Entity
from etl.lake import Batch, Lake
from etl.rawtable import Raw
from etl.reasons import REASONS
from etl.source import DeliveredFile, Delivery, Request, Source, source
from etl.workspace import workspace

VERSION = "1"
"""Raise it when the same bytes would be read differently: every batch is then loaded again."""


class Progress(Protocol):
    """What `load` tells while it works."""

    def step(self, name: str, fraction: float, message: str = "") -> None: ...

    def note(self, message: str) -> None: ...


@dataclass(frozen=True)
class Job:
    """What is the same for every file of one load."""

    con: duckdb.DuckDBPyConnection
    work: Path
    before: Lake
    source: Source
    delivery: Delivery
    now: datetime
    progress: Progress
    keep_raw_files: bool


def load(
    source_name: str | None,
    path: Path | None,
    options: Mapping[str, str],
    settings: Settings,
    progress: Progress,
    append: bool = False,
    now: datetime | None = None,
    actor: str = "",
) -> Lake:
    """Makes the delivery of a source the content of the lake; with `append` it adds to it and corrects it.

    source_name: None repeats the feed loaded last. A source of a single entity leaves the others alone. now: the
    edge's clock (UTC); dates more than a day later are rejected. actor: on whose behalf. Raises SourceError,
    MappingError, ReconciliationError; then nothing has changed.
    """
    before = lake.read(settings)
    repeated = source_name is None
    if source_name is None:
        source_name, path, options, append = feeds.last_feed(before)
    chosen, path = source(source_name), path.resolve() if path else None
    feeds.check_path(chosen, path)
    active = before.feed.shop if before.feed else None
    with workspace(settings) as work, connection.scratch(work, settings) as con:
        progress.step("load", 0.0, f"Reading {chosen.name}")
        watermarks = before.watermarks(chosen.name) if append else {}
        mappings = settings.folder("mappings")
        delivery = chosen.deliver(Request(path, options, work, progress.note, active, watermarks, mappings))
        feeds.check_delivery(chosen, delivery, before, append)
        if repeated:
            delivery = feeds.without(delivery, imported(before), progress)
        keep_raw_files = settings.keep_raw_files and not chosen.demo
        job = Job(con, work, before, chosen, delivery, now or datetime.now(UTC), progress, keep_raw_files)
        staged = _stage_all(job)
        crash.reached("staged")
        feed = feeds.feed_of(chosen, path, options, append, delivery, before)
        stamp = Stamp(actor, job.now.isoformat(timespec="seconds"), settings.keep_deliveries)
        return commit(before, staged, feed, feeds.manner_of(chosen, append), repeated, stamp)


def _stage_all(job: Job) -> list[Staged]:
    staged: dict[str, Staged] = {}
    for position, delivered in enumerate(job.delivery.files):
        job.progress.step("load", position / len(job.delivery.files), f"Reading {delivered.name}")
        copy = job.work / f"original-{position}" if job.keep_raw_files else None
        file = rawfiles.seen(delivered, job.before.folder, copy)
        earlier = (
            [item for item in staged.values() if item.batch.entity == file.entity] if job.delivery.count_once else []
        )
        digests = _digests(file)
        batch_id = _batch_id(job, file, digests, earlier)
        if batch_id in staged:
            job.progress.note(f"{file.name} repeats {staged[batch_id].batch.file_name} byte for byte and counts once.")
            continue
        with rawfiles.settled(file):
            item = _known(job, file, batch_id) or _stage(job, file, batch_id, digests, earlier)
        originals = {digest: path for path, digest in digests.items()} if job.keep_raw_files else {}
        staged[batch_id] = replace(item, originals=originals, copies=rawfiles.copies(file))
    return list(staged.values())


def _digests(file: DeliveredFile) -> dict[Path, str]:
    """SHA-256 of the file and of those it looks up in; what is no file is refused when it is read."""
    seconds = {item.path: textfile.digest(item.path) if item.path.is_file() else "" for item in file.lookups}
    known = file.seen.sha256 if file.seen else textfile.digest(file.path) if file.path.is_file() else ""
    return {file.path: known} | seconds


def _batch_id(job: Job, file: DeliveredFile, digests: Mapping[Path, str], earlier: list[Staged]) -> str:
    late = ("returns", "values", "signs")
    reading = {name: value for name, value in asdict(file.reading).items() if value or name not in late}
    # What is not used does not enter, so that batches of earlier versions keep their ids.
    seconds = [[digests[item.path], item.by, item.columns] for item in file.lookups]
    shape = [file.shape.key] if file.shape else []
    how = [VERSION, file.entity, dict(file.columns), reading, file.sheet, dict(job.delivery.policy), *seconds, *shape]
    parts = [digests[file.path], json.dumps(how, sort_keys=True), *(item.batch.batch_id for item in earlier)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _known(job: Job, file: DeliveredFile, batch_id: str) -> Staged | None:
    """The batch as it was loaded before; one that was undone or replaced since is still there while it is kept."""
    active = next((batch for batch in job.before.batches if batch.batch_id == batch_id), None)
    earlier = next((batch for batch in job.before.history.batches() if batch.batch_id == batch_id), None)
    batch = active or (_delivered_again(job, file, earlier) if earlier else None)
    if batch is None:
        return None
    return Staged(batch, job.before.batch_folder(batch), job.before.rejects_of(batch), known=True)


def _delivered_again(job: Job, file: DeliveredFile, batch: Batch) -> Batch:
    """The batch with what does not enter its id as this delivery has it."""
    name, shop = job.source.name, job.delivery.shop.name
    return replace(batch, source=name, file_name=file.name, origin=_origin(job, file), shop=shop)


def _origin(job: Job, file: DeliveredFile) -> str:
    return file.origin or f"{job.source.name}:{file.name}"


def _stage(job: Job, file: DeliveredFile, batch_id: str, digests: Mapping[Path, str], earlier: list[Staged]) -> Staged:
    entity, whole = ENTITIES[file.entity], job.work / "typed" / batch_id
    # Rows that repeat an earlier file are marked afterwards, which a Parquet file does not allow.
    raw, formats, rows = _read_typed(job, file, entity, None if earlier else whole)
    amount = reconcile.read_amount(job.con)
    if earlier:
        found = repeats.mark(job.con, entity, raw, [item.accepted for item in earlier])
        if found:
            job.progress.note(f"{found:,} lines of {file.name} repeat an earlier file and count once.")
    reasons = quarantine.reason_counts(job.con)
    _check_usable(file, rows, job.con, reasons)
    accepted, rejected = job.work / batch_id, job.work / f"{batch_id}.parquet"
    if whole.exists() and not reasons:
        accepted = whole  # nothing to leave out: the rows lie where they were typed
    else:
        quarantine.write_accepted(job.con, entity, batch_id, accepted)
    if reasons:
        quarantine.write_rejected(job.con, entity, batch_id, file.name, rejected)
    totals = reconcile.totals(job.con, entity, amount, accepted, rejected)
    reconcile.prove(file.name, raw, rows, totals)
    batch = _batch(job, file, batch_id, digests, raw, totals)
    names = (
        {name: raw.names[position] for name, position in raw.places(file.columns).items()} if not raw.canonical else {}
    )
    rounded = job.con.execute("SELECT count(*) FROM typed WHERE rounded AND mask = 0").fetchall()[0][0]
    told = replace(batch, reasons=reasons, date_formats=formats, columns=names, rounded_rows=rounded)
    return Staged(told, accepted, rejected)


def _read_typed(job: Job, file: DeliveredFile, entity: Entity, target: Path | None) -> tuple[Raw, dict[str, str], int]:
    if file.shape:
        raw = file.shape.apply(job.con, lookups.read(job.con, file, job.work, exact=True))
        return raw, *_type(job, file, entity, raw)
    raw = lookups.read(job.con, file, job.work)
    if raw.proof_rows is None:
        with fileformat.readable(file):
            return raw, *_type(job, file, entity, raw)
    try:
        formats, rows = _type(job, file, entity, raw, target)
        if rows == raw.proof_rows:
            return raw, formats, rows
    except duckdb.InvalidInputException:
        pass  # a row that is no row, or a line too long: the exact path names it
    raw = lookups.read(job.con, file, job.work, exact=True)
    return raw, *_type(job, file, entity, raw, target)


def _type(
    job: Job, file: DeliveredFile, entity: Entity, raw: Raw, target: Path | None = None
) -> tuple[dict[str, str], int]:
    columns = raw.canonical or raw.places(file.columns)
    formats = _formats(job.con, file, entity, raw, columns)
    _check_currency(job.con, file, raw, columns)
    last_day = (job.now.date() + timedelta(days=1)).isoformat()
    typed.build(job.con, entity, raw, columns, file.reading, formats, last_day, target)
    return formats, job.con.execute("SELECT count(*) FROM typed").fetchall()[0][0]


def _check_currency(con: duckdb.DuckDBPyConnection, file: DeliveredFile, raw: Raw, columns: Mapping[str, int]) -> None:
    """Raises SourceError where amounts carry the sign of a currency that is not the shop's."""
    for name in amounts.MONEY if file.reading.signs else ():
        if name in columns:
            counts = amounts.found(con, raw.relation, typed.clean(raw, columns[name]))
            amounts.check(counts, f"Column {raw.names[columns[name]]!r} of {file.name}", file.reading.signs[:1])


def _formats(
    con: duckdb.DuckDBPyConnection, file: DeliveredFile, entity: Entity, raw: Raw, columns: Mapping[str, int]
) -> dict[str, str]:
    formats = {}
    for column in entity.columns:
        if column.kind in ("timestamp", "date") and column.name in columns:
            called = column.name if column.name in raw.canonical else raw.names[columns[column.name]]
            where = f"column {called!r} of {file.name}"
            formats[column.name] = file.reading.date_format or dates.infer(
                con, raw.relation, typed.delivered(column, raw, columns[column.name], file.reading), where
            )
    return formats


def _check_usable(file: DeliveredFile, rows: int, con: duckdb.DuckDBPyConnection, reasons: Mapping[str, int]) -> None:
    if not rows:
        raise SourceError(f"{file.name} holds a header but no lines.", "Export it again; nothing was changed.")
    if (
        not con.execute("SELECT count(*) FROM typed WHERE mask = 0").fetchall()[0][0]
        and "repeated_in_later_file" not in reasons
    ):
        code = next(iter(reasons))
        raise NothingUsable(
            f"None of the {rows:,} lines of {file.name} can be used; the most frequent reason is {code}.",
            REASONS[code],
            quarantine.first_lines(con),
        )


def _batch(
    job: Job, file: DeliveredFile, batch_id: str, digests: Mapping[Path, str], raw: Raw, totals: reconcile.Totals
) -> Batch:
    entity = ENTITIES[file.entity]

    def money(amount: Decimal) -> str | None:
        return str(amount) if entity.amount else None

    return Batch(
        batch_id=batch_id,
        entity=entity.name,
        source=job.source.name,
        file_name=file.name,
        file_sha256=digests[file.path],
        loaded_at=job.now.isoformat(timespec="seconds"),
        physical_lines=raw.physical_lines,
        header_lines=raw.header_lines,
        blank_lines=raw.blank_lines,
        accepted_lines=totals.accepted_lines,
        rejected_lines=totals.rejected_lines,
        raw_amount=money(totals.raw_amount),
        accepted_amount=money(totals.accepted_amount),
        rejected_amount=money(totals.rejected_amount),
        accepted_rows=totals.accepted_rows,
        rejected_rows=totals.rejected_rows,
        left_out_rows=totals.left_out_rows,
        reasons={},
        date_formats={},
        origin=_origin(job, file),
        shop=job.delivery.shop.name,
        lookups={digests[item.path]: item.path.name for item in file.lookups},
        watermark=file.watermark,
    )
