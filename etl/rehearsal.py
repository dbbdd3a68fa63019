"""A refresh that changes nothing: what would be loaded, what the rules say, whether a snapshot would follow."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dashapp.domain.backtest_results import Backtest
from dashapp.errors import NoSnapshot, SourceError
from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import added, backtest, check, columns, lake, rowdiff
from etl.connection import literal
from etl.headlines import Headline, compared, headlines
from etl.load import load
from etl.pipeline import Request, prepare
from etl.progress import Progress
from etl.rejects import Reject, grouped
from etl.rowdiff import RowChange
from etl.run import Clock, Run
from etl.score import score
from etl.transform import transform
from etl.validity import validity
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
    left_out_lines: int = 0
    "Of the rejected ones, those that a source leaves out by a rule it declares."


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a refresh would come to."""

    batches: list[PlannedBatch]
    findings: list[dict[str, Any]]
    """Rules that do not hold: check_id, severity, status, title, offending_rows, amount, customers, help.

    of_rows: whether the offending rows are rows of the data; else what the rule found, files or columns for example.
    """
    unchanged: bool
    "The current snapshot already has this content."
    rows: list[RowChange]
    "Per entity that would change."
    headlines: list[Headline]
    "Of the current snapshot and of the one that would follow."
    rejects: list[Reject]
    "Lines of the new files that would be set aside, by what would repair them."
    currency: str
    "Of the amounts after the refresh."

    @property
    def stopped(self) -> bool:
        return any((finding["severity"], finding["status"]) == ("stop", "failed") for finding in self.findings)

    def sentence(self) -> str:
        if self.stopped:
            return "A refresh would stop here; the published data would stay."
        return "A refresh would change nothing." if self.unchanged else "A refresh would publish a new snapshot."

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"stopped": self.stopped, "sentence": self.sentence()}


def rehearse(
    request: Request | None, settings: Settings, progress: Progress, clock: Clock, rejects: Path | None = None
) -> Rehearsal:
    """Go through load, transform, check and score in a folder that is removed afterwards.

    None: the rules only, over what is loaded now. rejects: a Parquet file to write every row to that would be refused.
    """
    with tempfile.TemporaryDirectory(dir=settings.folder("cache"), prefix="rehearsal-") as name:
        folder, before = Path(name), lake.read(settings)
        delivered = _delivered(request, before, settings, progress, clock, folder) if request else _loaded(before)
        if rejects:
            _keep_rejects(before, delivered, rejects)
        run = prepare(delivered, settings, progress, clock)
        kept = _kept(before, delivered, folder, run) if request else {}
        with working(folder / "work.duckdb", delivered, run.policy, settings) as connection:
            transform(connection, progress)
            columns.remember(connection, Warehouse(settings.folder("warehouse")), delivered)
            results = check.run(connection, progress)
            stopped = any(item.stops for item in results)
            if request and not stopped:
                # Without a backtest less can speak against the predictions; what the data lack speaks all the same.
                untested = Backtest(summary=())
                backtest.write(connection, untested)
                score(connection, settings, progress, untested)
                validity(connection, settings, progress)
                added.join(connection, "staging.scored_customers")
            rows = rowdiff.changes(connection, before, delivered, kept)
            refused = grouped(connection, _fresh(before, delivered) if request else delivered.batches)
            figures = headlines(connection, without=("scored_customers",) if stopped or not request else ())
        return Rehearsal(
            _batches(before, delivered), [_finding(item) for item in results if item.status != "passed"],
            _is_current(settings, run.key), rows, compared(_published(settings), figures) if request else [],
            refused, delivered.feed.shop.currency if delivered.feed else "",
        )  # fmt: skip


def _delivered(
    request: Request, before: lake.Lake, settings: Settings, progress: Progress, clock: Clock, folder: Path
) -> lake.Lake:
    aside = settings.model_copy(update={"data_dir": folder, "keep_raw_files": False})
    (folder / "mappings").symlink_to(settings.folder("mappings"))
    _link(before, aside)
    return load(request.source, request.path, request.options, aside, progress, request.append, clock())


def _link(before: lake.Lake, aside: Settings) -> None:
    """The same lake in the folder set aside, by links: what the rehearsal adds or drops, it does there."""
    if before.feed is None:
        return
    here = before.history.version(before.history.current)
    assert here is not None
    there = lake.Lake(aside.folder("lake"), aside.folder("quarantine"), before.feed, before.batches)
    for batch in before.batches:
        there.batch_folder(batch).parent.mkdir(exist_ok=True)
        there.batch_folder(batch).symlink_to(before.batch_folder(batch).resolve())
    for path in before.rejects():
        (there.quarantine / path.name).symlink_to(path.resolve())
    lake.write(there, lake.History(here.number, (here,)))


def _kept(before: lake.Lake, after: lake.Lake, folder: Path, run: Run) -> dict[str, Path]:
    with working(folder / "before.duckdb", before, run.policy, run.settings) as connection:
        return rowdiff.keep(connection, before, after, folder)


def _keep_rejects(before: lake.Lake, delivered: lake.Lake, target: Path) -> None:
    """All refused rows of the new batches in one file; an earlier file goes, also where nothing was refused."""
    fresh = {batch.batch_id for batch in _fresh(before, delivered)}
    files = ", ".join(literal(str(path)) for path in delivered.rejects() if path.stem in fresh)
    target.unlink(missing_ok=True)
    if files:
        columns = "line_number, reasons, amount, raw_row"
        rows = f"select {columns} from read_parquet([{files}]) order by file_name, line_number"
        with duckdb.connect() as connection:
            connection.execute(f"copy ({rows}) to {literal(str(target))} (format parquet, compression zstd)")


def _fresh(before: lake.Lake, after: lake.Lake) -> tuple[lake.Batch, ...]:
    known = {batch.batch_id for batch in before.batches}
    return tuple(batch for batch in after.batches if batch.batch_id not in known)


def _batches(before: lake.Lake, after: lake.Lake) -> list[PlannedBatch]:
    known = {batch.batch_id for batch in before.batches}
    return [
        PlannedBatch(
            item.batch_id,
            item.entity,
            item.file_name,
            item.accepted_rows,
            item.rejected_rows,
            item.batch_id in known,
            item.left_out_rows,
        )
        for item in after.batches
    ]


def _published(settings: Settings) -> dict[str, Decimal]:
    """The headlines of the current snapshot; none before the first."""
    warehouse = Warehouse(settings.folder("warehouse"))
    try:
        path = warehouse.folder / warehouse.current().file
    except NoSnapshot:
        return {}
    with duckdb.connect(str(path), read_only=True) as connection:
        return headlines(connection)


def _loaded(loaded: lake.Lake) -> lake.Lake:
    if loaded.feed is None:
        raise SourceError("Nothing has been loaded yet.", "Run `python -m etl refresh --source sample`.")
    return loaded


def _finding(result: check.Result) -> dict[str, Any]:
    rule = result.rule
    return {
        "check_id": rule.check_id, "severity": rule.severity, "status": result.status, "title": rule.title,
        "offending_rows": result.offending_rows, "amount": result.amount, "customers": result.customers,
        "help": rule.help, "of_rows": rule.scope == "row",
    }  # fmt: skip


def _is_current(settings: Settings, key: str) -> bool:
    warehouse = Warehouse(settings.folder("warehouse"))
    try:
        seq = warehouse.current().seq
    except NoSnapshot:
        return False
    return any(entry.seq == seq and entry.build_key == key for entry in warehouse.history())
