"""`python -m etl refresh`: bring the data up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from dashapp import settings
from etl import pipeline
from etl.account import told
from etl.cli import (
    AppendOption,
    EntityOption,
    JsonOption,
    KeyValues,
    MappingOption,
    PathOption,
    SourceOption,
    asked,
    key_values,
    now,
    out,
    reporting,
)
from etl.progress import JsonLines
from etl.receipt import receipt
from etl.record import record

APP = typer.Typer()


@APP.command()
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
    with reporting(json) as progress:
        request = asked(source, path, key_values(mapping, option), entity, append, force)
        given = settings.load()
        outcome = pipeline.refresh(request, given, progress, now)
        if outcome.published:
            record("snapshot:published", outcome.entry, pipeline.actor(), given, progress)
    if json:
        taken = receipt(outcome.lake, path, request.options.get("entity")) if path and path.is_file() else {}
        JsonLines().emit(
            "done", snapshot_id=outcome.snapshot_id, published=outcome.published, counts=outcome.counts,
            version=outcome.lake.history.current, run=told(outcome, progress, given), **taken,
        )  # fmt: skip
    else:
        verb = "Published" if outcome.published else "Nothing to do; current is"
        counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in outcome.counts.items())
        out.print(f"{verb} snapshot {outcome.snapshot_id}: {counts}.")
