"""`python -m etl rollback`: go back."""

from __future__ import annotations

from typing import Annotated

import typer

from dashapp import settings
from etl import pipeline
from etl.cli import JsonOption, out, reporting
from etl.progress import JsonLines
from etl.record import record

APP = typer.Typer()


@APP.command()
def rollback(
    to: Annotated[int | None, typer.Option(help="Number of the snapshot; without it the one before")] = None,
    json: JsonOption = False,
) -> None:
    """Make an earlier snapshot the current one. Nothing is deleted."""
    with reporting(json) as progress:
        given = settings.load()
        entry = pipeline.rollback(to, given)
        record("snapshot:rolled_back", entry, pipeline.actor(), given, progress)
    if json:
        JsonLines().emit("done", snapshot_id=entry.snapshot_id, counts={"customers": entry.customers})
    else:
        out.print(f"Snapshot {entry.snapshot_id} is current again.")
