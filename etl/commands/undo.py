"""`python -m etl undo`: take an import back."""

from __future__ import annotations

from typing import Annotated

import typer

from dashapp import settings
from etl import pipeline
from etl.account import told
from etl.cli import JsonOption, now, out, reporting
from etl.progress import JsonLines
from etl.record import noted, record
from etl.undo import undo as go_back

APP = typer.Typer()


@APP.command()
def undo(
    to: Annotated[
        int | None, typer.Option(help="Version to go to, as `deliveries` lists it; else the one before")
    ] = None,
    leaving: Annotated[
        int | None, typer.Option("--from", help="Only if this version is in force, and nothing was loaded since")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Take the last import back: the data as it was before, in a new snapshot. Undoing can itself be undone."""
    with reporting(json) as progress:
        given = settings.load()
        done = go_back(to, given, progress, now, leaving)
        if done.outcome.published:
            record("snapshot:published", done.outcome.entry, pipeline.actor(), given, progress)
        detail = {"from": done.left, "to": done.version, "snapshot_id": done.outcome.snapshot_id}
        noted("delivery:undone", f"version:{done.left}", detail, pipeline.actor(), given, progress)
    outcome = done.outcome
    if json:
        JsonLines().emit(
            "done", snapshot_id=outcome.snapshot_id, published=outcome.published, counts=outcome.counts,
            left=done.left, version=done.version, run=told(outcome, progress, given),
        )  # fmt: skip
    else:
        out.print(f"Version {done.version} of the data is in force again, in snapshot {outcome.snapshot_id}.")
