"""`python -m etl replay`: read rejected rows again."""

from __future__ import annotations

from typing import Annotated

import typer

from dashapp import settings
from etl import pipeline
from etl.account import told
from etl.cli import JsonOption, now, out, reporting
from etl.progress import JsonLines
from etl.record import noted, record
from etl.replay import replay as read_again

APP = typer.Typer()


@APP.command()
def replay(
    batch: Annotated[str, typer.Argument(help="Batch whose rejected rows are meant, as `deliveries` lists it")],
    mapping: Annotated[str, typer.Option(help="Corrected mapping of columns: a name or a file")],
    json: JsonOption = False,
) -> None:
    """Read the rejected rows of a batch again under another mapping and publish; the rest stay rejected."""
    with reporting(json) as progress:
        given = settings.load()
        done = read_again(batch, mapping, given, progress, now)
        if done.outcome.published:
            record("snapshot:published", done.outcome.entry, pipeline.actor(), given, progress)
        if done.accepted:
            detail = {"accepted": done.accepted, "rejected": done.rejected, "mapping": mapping}
            noted("delivery:replayed", f"batch:{batch}", detail, pipeline.actor(), given, progress)
    outcome = done.outcome
    if json:
        JsonLines().emit(
            "done", snapshot_id=outcome.snapshot_id, published=outcome.published, counts=outcome.counts,
            batch_id=done.batch_id, accepted=done.accepted, rejected=done.rejected,
            run=told(outcome, progress, given),
        )  # fmt: skip
    else:
        out.print(
            f"{done.accepted:,} rows accepted, {done.rejected:,} still rejected; current is {outcome.snapshot_id}."
        )
