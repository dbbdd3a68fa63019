"""`python -m etl`: refresh the data, look before it happens, go back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from dashapp import logs, settings
from dashapp.errors import InputError, QualityStop, TenureError
from dashapp.store.publish import Warehouse
from etl import pipeline
from etl.compare import difference
from etl.progress import JsonLines, Progress, Terminal
from etl.record import record
from etl.rehearsal import rehearse
from etl.source import Request, source

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

SourceOption = Annotated[str | None, typer.Option(help="Name of a source; without it the feed loaded last")]
PathOption = Annotated[Path | None, typer.Option(help="File or folder the source reads")]
MappingOption = Annotated[str | None, typer.Option(help="Mapping of columns: a name or a file")]
KeyValues = Annotated[list[str] | None, typer.Option("--option", help="Further option of the source, key=value")]
AppendOption = Annotated[
    bool, typer.Option("--append", help="Add to what is loaded and correct it, replacing nothing else")
]
EntityOption = Annotated[str | None, typer.Option(help="Load the file at --path as this entity and leave the others")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line on standard output")]


@app.command()
def refresh(
    source: SourceOption = None,
    path: PathOption = None,
    mapping: MappingOption = None,
    option: KeyValues = None,
    entity: EntityOption = None,
    append: AppendOption = False,
    force: Annotated[bool, typer.Option("--force", help="Publish even if nothing has changed")] = False,
    json: JsonOption = False,
) -> None:
    """Load, transform, check, score and publish; readers keep the old snapshot until the end."""
    with _reporting(json) as progress:
        request = _request(source, path, _options(mapping, option), entity, append, force)
        given = settings.load()
        outcome = pipeline.refresh(request, given, progress, _now)
        if outcome.published:
            record("snapshot:published", outcome.entry, pipeline.actor(), given, progress)
    if json:
        JsonLines().emit("done", snapshot_id=outcome.snapshot_id, published=outcome.published, counts=outcome.counts)
    else:
        verb = "Published" if outcome.published else "Nothing to do; current is"
        counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in outcome.counts.items())
        out.print(f"{verb} snapshot {outcome.snapshot_id}: {counts}.")


@app.command()
def plan(
    source: SourceOption = None,
    path: PathOption = None,
    mapping: MappingOption = None,
    option: KeyValues = None,
    entity: EntityOption = None,
    append: AppendOption = False,
    json: JsonOption = False,
) -> None:
    """What a refresh would load and change, without loading or publishing anything."""
    with _reporting(json) as progress:
        request = _request(source, path, _options(mapping, option), entity, append)
        found = rehearse(request, settings.load(), progress, _now)
    if json:
        JsonLines().emit("done", **found.to_dict())
        return
    for batch in found.batches:
        state = "known" if batch.known else "new"
        out.print(
            f"{batch.entity:<18} {escape(batch.file_name)}: {batch.accepted_lines:,} lines to accept, "
            f"{batch.rejected_lines:,} to reject ({state})"
        )
    for line in [*(change.sentence() for change in found.rows), *(item.sentence() for item in found.headlines)]:
        out.print(line, highlight=False, markup=False)
    _print_findings(found.findings)
    out.print(found.sentence())


@app.command()
def check(json: JsonOption = False) -> None:
    """Apply every rule to what is loaded, without publishing. Exit code 3 when a rule of severity stop fails."""
    with _reporting(json) as progress:
        found = rehearse(None, settings.load(), progress, _now)
    if json:
        JsonLines().emit("done", **found.to_dict())
    else:
        _print_findings(found.findings)
        out.print(found.sentence())
    if found.stopped:
        raise typer.Exit(QualityStop.exit_code)


@app.command("list")
def list_snapshots(json: JsonOption = False) -> None:
    """Every snapshot that is kept, oldest first; the current one is marked."""
    with _reporting(json):
        warehouse = Warehouse(settings.load().folder("warehouse"))
        current, history = warehouse.current(), warehouse.history()
    for entry in history:
        is_current = entry.seq == current.seq
        if json:
            JsonLines().emit(
                "snapshot", seq=entry.seq, snapshot_id=entry.snapshot_id, published_at=entry.published_at,
                source=entry.source, customers=entry.customers, actor=entry.actor, current=is_current,
            )  # fmt: skip
        else:
            mark = "*" if is_current else " "
            out.print(
                f"{mark} {entry.snapshot_id}  {entry.published_at[:19]}  {entry.source}  "
                f"{entry.customers:,} customers  {escape(entry.actor)}",
                highlight=False,
            )


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="Snapshot to compare with: its number or id, as `list` shows it")],
    after: Annotated[str, typer.Argument(help="Snapshot to look at")],
    json: JsonOption = False,
) -> None:
    """Two snapshots side by side: rows per table, key figures, customers that came, went or moved in value."""
    with _reporting(json):
        found = difference(before, after, settings.load())
    if json:
        JsonLines().emit("done", **found.to_dict())
        return
    for line in found.sentences():
        out.print(line, highlight=False, markup=False)


@app.command()
def rollback(
    to: Annotated[int | None, typer.Option(help="Number of the snapshot; without it the one before")] = None,
    json: JsonOption = False,
) -> None:
    """Make an earlier snapshot the current one. Nothing is deleted."""
    with _reporting(json) as progress:
        given = settings.load()
        entry = pipeline.rollback(to, given)
        record("snapshot:rolled_back", entry, pipeline.actor(), given, progress)
    if json:
        JsonLines().emit("done", snapshot_id=entry.snapshot_id, counts={"customers": entry.customers})
    else:
        out.print(f"Snapshot {entry.snapshot_id} is current again.")


@app.command()
def sample(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the CSV files; made if it is missing")],
    customers: Annotated[int, typer.Option(help="Customers of the simulated shop")] = 4000,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal files")] = 20250630,
    months: Annotated[int, typer.Option(help="Months of history")] = 30,
    option: KeyValues = None,
) -> None:
    """Write the simulated shop as CSV files, to look at or to load with `--source csv_folder`.

    Scenarios are options: `--option promo=0.2`, seasonal, churn_shock, price_rise, returns, duplicates, defects=false.
    """
    with _reporting(json=False) as progress:
        out_folder.mkdir(parents=True, exist_ok=True)
        options = {"customers": str(customers), "seed": str(seed), "months": str(months)} | _options(None, option)
        delivery = source("sample").deliver(Request(None, options, out_folder, progress.note))
    for file in delivery.files:
        out.print(str(file.path), highlight=False, markup=False)


def _print_findings(findings: list[dict[str, object]]) -> None:
    for finding in findings:
        amount = "" if finding["amount"] is None else f", amount {finding['amount']}"
        out.print(f"{finding['severity']:<5} {finding['title']}: {finding['offending_rows']:,} rows{amount}")


def _request(
    source: str | None,
    path: Path | None,
    options: dict[str, str],
    entity: str | None,
    append: bool,
    force: bool = False,
) -> pipeline.Request:
    """What was asked for. Raises InputError where --entity and --source contradict each other."""
    if entity is None:
        return pipeline.Request(source, path, options, append, force)
    if source:
        raise InputError("--entity reads a file of its own and takes no --source.", "Leave one of them out.")
    return pipeline.Request("entity_file", path, options | {"entity": entity}, append, force)


def _options(mapping: str | None, pairs: list[str] | None) -> dict[str, str]:
    given = [pair.partition("=") for pair in pairs or []]
    if wrong := [key for key, sign, _ in given if not sign]:
        raise InputError(f"The option {wrong[0]!r} has no value.", "Write --option key=value.")
    return {key: value for key, _, value in given} | ({"mapping": mapping} if mapping else {})


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _reporting(json: bool) -> Iterator[Progress]:
    """Progress for whoever listens; an expected error is one sentence, a hint and its exit code, never a traceback."""
    try:
        if json or not sys.stderr.isatty():
            yield JsonLines() if json else _Lines()
        else:
            with Terminal() as terminal:
                yield terminal
    except TenureError as error:
        if json:
            JsonLines().emit("error", error=type(error).__name__, message=error.message, hint=error.hint)
        err.print(f"[bold]{escape(error.message)}[/bold] {escape(error.hint)}".strip(), highlight=False)
        raise typer.Exit(error.exit_code) from error


class _Lines:
    """Notes only, for logs and pipes."""

    def step(self, name: str, fraction: float, message: str = "") -> None:
        if fraction == 1.0:
            err.print(f"{name}: {message}", highlight=False, markup=False)

    def note(self, message: str) -> None:
        err.print(message, highlight=False, markup=False)


if __name__ == "__main__":
    logs.configure("text", "WARNING")
    app()
