"""`python -m etl deliveries`: what was loaded, and what can be undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer
from rich.markup import escape

from dashapp import settings
from etl import lake
from etl.cli import JsonOption, out, reporting
from etl.lake import Version
from etl.progress import JsonLines

APP = typer.Typer()
COLUMNS = ("batch_id", "entity", "file_name", "accepted_rows", "rejected_rows", "replays")


@APP.command()
def deliveries(json: JsonOption = False) -> None:
    """Every version of the loaded data that is kept, oldest first, and its files; the one in force is marked."""
    with reporting(json):
        history = lake.read(settings.load()).history
    for version in history.versions:
        is_current = version.number == history.current
        if json:
            JsonLines().emit("delivery", **asdict(version.delivery), current=is_current, batches=_batches(version))
        else:
            _print(version, is_current)


def _batches(version: Version) -> list[dict[str, Any]]:
    return [{name: getattr(batch, name) for name in COLUMNS} for batch in version.batches]


def _print(version: Version, is_current: bool) -> None:
    made = version.delivery
    after = f" after {made.before}" if made.before else ""
    out.print(
        f"{'*' if is_current else ' '} {made.number}{after}  {made.made_at[:19]}  {made.manner} of {made.source}: "
        f"{made.accepted_rows:,} rows, {made.rejected_rows:,} rejected  {escape(made.actor)}",
        highlight=False,
    )
    for batch in version.batches if is_current else ():
        part = f" (rows of {batch.replays})" if batch.replays else ""
        out.print(
            f"    {batch.batch_id}  {batch.entity}  {escape(batch.file_name)}: {batch.accepted_rows:,} rows, "
            f"{batch.rejected_rows:,} rejected{part}",
            highlight=False,
        )
