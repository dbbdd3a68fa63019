"""A refresh in six steps: load, transform, check, score, products, publish. Readers keep the old snapshot till then."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from threadpoolctl import threadpool_limits

from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.validity import Verdict
from dashapp.errors import NoSnapshot, QualityStop, SnapshotDamaged
from dashapp.settings import Settings
from dashapp.store import links
from dashapp.store.publish import Published, Warehouse
from dashapp.store.quality import Run as QualityRun
from etl import added, affected, columns, crash, mend, quality
from etl.backtest import backtest, parts, plan, purchase_days
from etl.base_groups import base_groups
from etl.check import check
from etl.cohorts import cohorts
from etl.cold_start import cold_start
from etl.contributions import contributions
from etl.copy import CUSTOMERS, begin, copy
from etl.duplicates import duplicates
from etl.equity import equity
from etl.explained import resources_explained
from etl.future_cohorts import future_cohorts
from etl.health import health
from etl.key import build_key
from etl.lake import Lake
from etl.ledger import record
from etl.load import load
from etl.next_purchase import next_purchase
from etl.premises import premises
from etl.products import products
from etl.progress import Progress
from etl.run import Clock, Run, facts_of
from etl.sales_forecasts import sales_forecasts
from etl.score import assumptions, score
from etl.scorecard import scorecard
from etl.totals import totals, valued
from etl.transform import transform
from etl.validity import validity
from etl.what_if import what_if
from etl.work import Connection, Policy, working

SPACE_FACTOR = 2.5
"Working file and build file against the last snapshot, with room for spilling (etl.md 2.4)."
LAKE_FACTOR = 6
"Bytes of tables in both files per byte of compressed lake."

SMALLEST_BYTES = 32 * 2**20
"Even a handful of lines takes this much in both files: every column has its own blocks."


@dataclass(frozen=True, slots=True)
class Request:
    """What a refresh is asked for; without a source the feed loaded last is read again."""

    source: str | None = None
    path: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    append: bool = False
    force: bool = False
    "Build and publish even if nothing the content depends on has changed."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh led to."""

    snapshot_id: str
    published: bool
    "False: the current snapshot already has this content."
    counts: dict[str, int]
    entry: Published
    before: Published | None
    "What was current before; None before the first load."
    lake: Lake
    "What is loaded now."


def actor() -> str:
    """On whose behalf this process acts: the worker says so in TENURE_ACTOR."""
    return os.environ.get("TENURE_ACTOR") or f"cli:{getpass.getuser()}"


def refresh(request: Request, settings: Settings, progress: Progress, clock: Clock) -> Outcome:
    """Bring the deliveries into a new current snapshot. On any error the old one stays. Raises TenureError."""

    def loaded() -> Lake:
        return load(request.source, request.path, request.options, settings, progress, request.append, clock(), actor())

    return publishing(loaded, settings, progress, clock, request.force)


def publishing(
    change: Callable[[], Lake],
    settings: Settings,
    progress: Progress,
    clock: Clock,
    force: bool = False,
    afterwards: Callable[[], object] = lambda: None,
) -> Outcome:
    """As the only writer, bring the lake that `change` gives into a new current snapshot, then do `afterwards`.

    On any error the old snapshot stays and nothing is done afterwards. Raises TenureError.
    """
    assumptions(settings)
    plan(settings)
    warehouse = Warehouse(settings.folder("warehouse"))
    # Products of matrices are small here: threads that wait for each other cost more than they spare, and another
    # number of them adds up in another order.
    with resources_explained(), warehouse.writing(holder()), threadpool_limits(1, user_api="blas"):
        lake = change()
        crash.reached("load")
        outcome = _brought_up(warehouse, prepare(lake, settings, progress, clock), force)
        afterwards()
        return outcome


def _brought_up(warehouse: Warehouse, run: Run, force: bool) -> Outcome:
    """The current snapshot where it has this content already, else a new one."""
    current = _current(warehouse)
    if current and current.build_key == run.key and not force:
        run.progress.note("Nothing has changed: the current snapshot already has this content.")
        _catch_up(warehouse, run, current)
        return Outcome(current.snapshot_id, False, _counts(current, run.lake), current, current, run.lake)
    entry = _build(warehouse, run, None if force else current)
    return Outcome(entry.snapshot_id, True, _counts(entry, run.lake), entry, current, run.lake)


def holder() -> str:
    """The name others read while this process holds the warehouse."""
    return f"{actor()} (process {os.getpid()})"


def prepare(lake: Lake, settings: Settings, progress: Progress, clock: Clock) -> Run:
    """The rules this lake is counted by, and the key of what comes out."""
    policy = Policy(
        started_at=clock().replace(tzinfo=None, microsecond=0),
        max_reject_share=settings.max_reject_share,
        non_product_codes=settings.non_product_codes,
        zero_price_is_purchase=bool(lake.feed and lake.feed.policy.get("zero_price_is_purchase", False)),
        links=tuple(link.pair for link in links.read(settings)),
    )
    key = build_key(lake.batches, policy.counting(), settings)
    return Run(settings, progress, clock, lake, policy, key)


def _build(warehouse: Warehouse, run: Run, earlier: Published | None) -> Published:
    """A new snapshot; steps whose inputs are those of the `earlier` one take their tables over from it."""
    warehouse.require_space(_space_needed(warehouse, run.lake))
    draft, batches = warehouse.draft("work.duckdb"), mend.newer(run.lake, run.policy, run.settings, earlier)
    mend.take(warehouse, draft, earlier, batches)
    with resources_explained(), working(draft, run.lake, run.policy, run.settings) as connection:
        change = mend.begin(connection, batches, warehouse.folder / earlier.file) if earlier and batches else None
        transform(connection, run.progress, change)
        crash.reached("transform")
        columns.remember(connection, warehouse, run.lake)
        _check(connection, run)
        crash.reached("check")
        days, before = purchase_days(connection), warehouse.folder / earlier.file if earlier else None
        told = parts(connection)
        tested = backtest(connection, days, told, run.settings, run.progress, before)
        score(connection, run.settings, run.progress, tested)
        build_file = warehouse.draft(f"{warehouse.next_seq()}.duckdb")
        begin(connection, build_file, change)
        next_purchase(connection, run.settings)
        health(connection, days, run.settings, tested, run.progress, "build.marts")
        cold_start(connection, days)
        premises(connection, days, before)
        verdict = validity(connection, run.settings, run.progress)
        added.join(connection, f"build.{CUSTOMERS}")
        affected.value(connection)
        found = valued(connection, run.settings, verdict)
        totals(connection, found)
        base_groups(connection)
        contributions(connection, run.settings, verdict, "build.marts")
        what_if(connection, found)
        cohorts(connection, run.settings, verdict)
        sales_forecasts(connection, days, told, run.settings, verdict, before)
        future_cohorts(connection, days, run.settings, verdict)
        duplicates(connection, run.settings, verdict)
        crash.reached("score")
        products(connection, run.progress, before)
        crash.reached("products")
        entry = _publish(connection, warehouse, run, verdict, days, build_file, change)
        quality.record(connection, _quality_run(run, entry.snapshot_id), run.settings, run.progress)
        with suppress(duckdb.Error, OSError):  # it is published; without what is kept the next one makes all anew
            mend.keep(connection, draft, mend.place(warehouse, entry))
        return entry


def _check(connection: Connection, run: Run) -> None:
    """Apply the rules. What stops the run is on the quality desk before it does."""
    try:
        check(connection, run.progress)
    except QualityStop:
        quality.record(connection, _quality_run(run, None), run.settings, run.progress)
        raise


def _catch_up(warehouse: Warehouse, run: Run, current: Published) -> None:
    """Record a run whose publication was the last thing it could do: killed then, or without a state database."""
    with duckdb.connect(os.fspath(warehouse.folder / current.file), read_only=True) as snapshot:
        quality.record(snapshot, _quality_run(run, current.snapshot_id), run.settings, run.progress)


def _quality_run(run: Run, snapshot_id: str | None) -> QualityRun:
    source = run.lake.feed.source if run.lake.feed else ""
    return QualityRun(snapshot_id, run.clock(), actor(), source, stopped=snapshot_id is None)


def _publish(
    connection: Connection,
    warehouse: Warehouse,
    run: Run,
    verdict: Verdict,
    days: PurchaseDays,
    build_file: Path,
    change: mend.Change | None,
) -> Published:
    facts = facts_of(connection, warehouse.next_seq(), run, verdict)
    record(warehouse, run.settings, run.progress)
    scorecard(connection, run.settings, facts, run.progress, days)
    equity(connection, run.settings, facts, run.progress)
    copy(connection, facts, run.progress, change)
    crash.reached("copy")
    run.progress.step("publish", 0.9, "Proving the file")
    entry = warehouse.publish(build_file, facts, actor=actor(), published_at=run.clock(), reached=crash.reached)
    record(warehouse, run.settings, run.progress)
    crash.reached("recorded")
    warehouse.collect(run.settings.keep_snapshots)
    run.progress.step("publish", 1.0, f"Snapshot {entry.snapshot_id}")
    return entry


def _current(warehouse: Warehouse) -> Published | None:
    """The current snapshot's entry, if its file is there."""
    try:
        seq = warehouse.current().seq
    except (NoSnapshot, SnapshotDamaged):
        return None
    found = (entry for entry in warehouse.history() if entry.seq == seq)
    return next((entry for entry in found if (warehouse.folder / entry.file).exists()), None)


def _space_needed(warehouse: Warehouse, lake: Lake) -> int:
    entities = {batch.entity for batch in lake.batches}
    lake_bytes = sum(path.stat().st_size for entity in entities for path in lake.files(entity))
    current = _current(warehouse)
    last = (warehouse.folder / current.file).stat().st_size if current else 0
    return int(max(SMALLEST_BYTES, SPACE_FACTOR * last, LAKE_FACTOR * lake_bytes))


def _counts(entry: Published, lake: Lake) -> dict[str, int]:
    replayed = sum(batch.accepted_rows for batch in lake.batches if batch.replays)
    return {
        "batches": len(lake.batches),
        "accepted_lines": sum(batch.accepted_rows for batch in lake.batches),
        "rejected_lines": sum(batch.rejected_rows for batch in lake.batches) - replayed,
        "customers": entry.customers,
    }


def rollback(seq: int | None, settings: Settings) -> Published:
    """Make an earlier snapshot the current one (None: the one before). Raises NotFound, WriterBusy, SnapshotDamaged."""
    warehouse = Warehouse(settings.folder("warehouse"))
    with warehouse.writing(holder()):
        return warehouse.rollback(seq)
