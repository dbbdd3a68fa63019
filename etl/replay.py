"""Replay: rows of a batch that were rejected are read again under another mapping; what is accepted then is added.

The batch stays as it was loaded. The rows accepted now are a batch that names it, with the line numbers of its file.
They are part of its delivery: they add to its rows and correct none, and they go with it when its file is replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from dashapp.errors import InputError, NotFound, SourceError
from dashapp.settings import Settings
from etl import connection, dates, lake, lookups, open_rejects, quarantine, reconcile, textfile, typed
from etl.commit import Staged, Stamp, commit
from etl.entities import ENTITIES
from etl.lake import Batch, Lake
from etl.load import VERSION
from etl.mapped import as_mapped, mapping_file
from etl.open_rejects import BROKEN, Rejects
from etl.pipeline import Outcome, actor, publishing
from etl.progress import Progress
from etl.rawtable import Raw
from etl.reconcile import Totals
from etl.run import Clock
from etl.source import DeliveredFile
from etl.workspace import workspace

LIST = "See `python -m etl deliveries`."


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the rejected rows of a batch, and the snapshot that has them."""

    batch_id: str
    accepted: int
    "Rows that count now and did not before."
    rejected: int
    "Rows that are still rejected, those of broken structure and repeated ones among them."
    outcome: Outcome


def replay(batch_id: str, mapping: str, settings: Settings, progress: Progress, clock: Clock) -> Replayed:
    """Read the rejected rows of a batch again, by a mapping (a name or a file), and publish what there is then.

    Raises NotFound, InputError, SourceError, MappingError, ReconciliationError; then nothing has changed.
    """
    counts = [0, 0]

    def replayed() -> Lake:
        before = lake.read(settings)
        batch = rejecting(before, batch_id)
        assert before.feed is not None
        file = as_mapped(batch, mapping_file(mapping, settings))
        with workspace(settings) as work, connection.scratch(work, settings) as con:
            progress.step("load", 0.0, f"Reading rejected rows of {batch.file_name}")
            found = open_rejects.still_rejected(con, before, batch)
            _require_open(found, before)
            staged = _staged(con, found, file, before, work, clock(), progress)
            counts[:] = [staged.batch.accepted_rows if staged else 0, found.open + found.broken + found.repeated]
            _tell(found, counts[0], progress)
            if staged is None:
                return before
            stamp = Stamp(actor(), clock().isoformat(timespec="seconds"), settings.keep_deliveries)
            return commit(before, [staged], before.feed, "replay", False, stamp)

    outcome = publishing(replayed, settings, progress, clock)
    return Replayed(batch_id, counts[0], counts[1] - counts[0], outcome)


def rejecting(before: Lake, batch_id: str) -> Batch:
    """The active batch of that id, if it has rejected rows. Raises NotFound, SourceError, InputError."""
    found = next((batch for batch in before.batches if batch.batch_id == batch_id), None)
    gone = next((batch for batch in before.history.batches() if batch.batch_id == batch_id), None)
    if found is None and gone:
        raise SourceError(
            f"{gone.file_name} (batch {batch_id}) is no longer part of the data: it was replaced or taken back.",
            f"Replay the batch that took its place. {LIST}",
        )
    if found is None:
        raise NotFound(f"There is no batch {batch_id[:40]!r}.", LIST)
    if not found.rejected_rows:
        raise InputError(f"No row of {found.file_name} (batch {batch_id}) was rejected.", LIST)
    return found


def _require_open(found: Rejects, before: Lake) -> None:
    """Raises SourceError where nothing ever can be replayed; where everything has been, that is no error."""
    has_been = any(batch.replays == found.batch.batch_id for batch in before.batches)
    if found.open or has_been:
        return
    why = "their structure is broken" if found.broken else "they repeat an earlier file and count already"
    raise SourceError(
        f"The rejected rows of {found.batch.file_name} cannot be replayed: {why}.",
        "Correct the lines in the file and load it again." if found.broken else "",
    )


def _tell(found: Rejects, accepted: int, progress: Progress) -> None:
    name = found.batch.file_name
    if found.open:
        progress.note(f"Usable now: {accepted:,} of {found.open:,} rejected rows of {name}.")
    else:
        progress.note(f"Every rejected row of {name} that can be replayed has been.")
    if found.broken:
        progress.note(
            f"Rows of broken structure ({', '.join(BROKEN)}): {found.broken:,}. They cannot be replayed; correct them "
            "in the file and load it again."
        )
    if found.repeated:
        progress.note(f"Rows that repeat an earlier file: {found.repeated:,}. They count already and stay out.")


def _staged(
    con: duckdb.DuckDBPyConnection,
    found: Rejects,
    file: DeliveredFile,
    before: Lake,
    work: Path,
    now: datetime,
    progress: Progress,
) -> Staged | None:
    """The rows that can be used now as a batch; None where there are none."""
    if not found.open:
        return None
    raw, formats = _type(con, found.batch, file, work, now)
    amount = reconcile.read_amount(con)
    reasons = quarantine.reason_counts(con)
    lines = [row[0] for row in con.execute("SELECT line_number FROM typed WHERE mask = 0 ORDER BY ALL").fetchall()]
    if not lines:
        progress.note(f"The most frequent reason is {next(iter(reasons))}.")
        return None
    batch_id = _batch_id(found.batch, file, formats, lines)
    accepted = work / batch_id
    quarantine.write_accepted(con, ENTITIES[file.entity], batch_id, accepted)
    totals = _proved(con, found, raw, amount, accepted, work)
    batch = replace(_batch(found.batch, batch_id, totals, now), date_formats=formats)
    known = any(batch_id == item.batch_id for item in before.history.batches())
    return Staged(batch, accepted, work / "none", known)


def _type(
    con: duckdb.DuckDBPyConnection, batch: Batch, file: DeliveredFile, work: Path, now: datetime
) -> tuple[Raw, dict[str, str]]:
    """Makes the table `typed`. A date has the format the mapping says, else the one its file was found to have.

    The rejected rows alone must not decide: dates that did not fit the file may well fit another format.
    """
    looked_up = frozenset(name for item in file.lookups for name in item.columns) if batch.lookups else frozenset()

    def read() -> Raw:
        raw = open_rejects.as_raw(con, looked_up)
        textfile.check_header(file, raw.names)
        return raw

    raw = lookups.joined(con, file, work, read)
    columns = raw.places(file.columns)
    formats = {}
    for column in ENTITIES[file.entity].columns:
        if column.kind in ("timestamp", "date") and column.name in columns:
            place = columns[column.name]
            where = f"column {raw.names[place]!r} of {file.name}"
            said = file.reading.date_format or batch.date_formats.get(column.name)
            text = typed.delivered(column, raw, place, file.reading)
            formats[column.name] = said or dates.infer(con, raw.relation, text, where)
    last_day = (now.date() + timedelta(days=1)).isoformat()
    typed.build(con, ENTITIES[file.entity], raw, columns, file.reading, formats, last_day)
    return raw, formats


def _batch_id(batch: Batch, file: DeliveredFile, formats: Mapping[str, str], lines: list[int]) -> str:
    seconds = [[textfile.digest(item.path), item.by, item.columns] for item in file.lookups]
    how = [VERSION, "replay", batch.batch_id, dict(file.columns), asdict(file.reading), formats, *seconds, lines]
    return hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()[:16]


def _proved(
    con: duckdb.DuckDBPyConnection, found: Rejects, raw: Raw, amount: Decimal, accepted: Path, work: Path
) -> Totals:
    """Control totals: every row that was open is accepted or still rejected, with its lines and its money."""
    totals = reconcile.totals(con, ENTITIES[found.batch.entity], amount, accepted, work / "none")
    still = con.execute("SELECT count(*), sum(amount) FROM typed WHERE mask <> 0").fetchall()[0]
    totals = replace(totals, rejected_rows=still[0], rejected_amount=still[1] or Decimal(0))
    reconcile.prove(found.batch.file_name, raw, found.open, totals)
    return totals


def _batch(batch: Batch, batch_id: str, totals: Totals, now: datetime) -> Batch:
    amount = None if batch.raw_amount is None else str(totals.accepted_amount)
    return replace(
        batch,
        batch_id=batch_id,
        loaded_at=now.isoformat(timespec="seconds"),
        physical_lines=totals.accepted_lines,
        header_lines=0,
        blank_lines=0,
        accepted_lines=totals.accepted_lines,
        rejected_lines=0,
        raw_amount=amount,
        accepted_amount=amount,
        rejected_amount=None if amount is None else "0",
        accepted_rows=totals.accepted_rows,
        rejected_rows=0,
        reasons={},
        replays=batch.batch_id,
        lookups={},
    )
