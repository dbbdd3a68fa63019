"""`python -m etl deliveries`: what was loaded, and what can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape

from dashapp import settings
from etl import lake, rawfiles
from etl.cli import JsonOption, out, reporting
from etl.lake import Lake, Version
from etl.progress import JsonLines

APP = typer.Typer()
COLUMNS = ("batch_id", "entity", "file_name", "accepted_rows", "rejected_rows", "replays")


@APP.command()
def deliveries(
    raw: Annotated[bool, typer.Option("--raw", help="Say where each file lies as it was delivered")] = False,
    json: JsonOption = False,
) -> None:
    """Every version of the loaded data that is kept, oldest first, and its files; the one in force is marked."""
    with reporting(json):
        loaded = lake.read(settings.load())
    for version in loaded.history.versions:
        is_current = version.number == loaded.history.current
        if json:
            files = {"raw_files": [asdict(file) for file in _originals(loaded, version)]} if raw else {}
            JsonLines().emit(
                "delivery", **asdict(version.delivery), current=is_current, batches=_batches(version), **files
            )
            continue
        _say(_headline(version, is_current))
        for line in _files(loaded, version) if raw else _rows(version) if is_current else ():
            _say(f"    {line}")


def _say(line: str) -> None:
    out.print(escape(line), highlight=False)


def _headline(version: Version, is_current: bool) -> str:
    made = version.delivery
    after = f" after {made.before}" if made.before else ""
    return (
        f"{'*' if is_current else ' '} {made.number}{after}  {made.made_at[:19]}  {made.manner} of {made.source}: "
        f"{made.accepted_rows:,} rows, {made.rejected_rows:,} rejected  {made.actor}"
    )


def _rows(version: Version) -> Iterator[str]:
    for batch in version.batches:
        part = f" (rows of {batch.replays})" if batch.replays else ""
        rows = f"{batch.accepted_rows:,} rows, {batch.rejected_rows:,} rejected{part}"
        yield f"{batch.batch_id}  {batch.entity}  {batch.file_name}: {rows}"


def _files(loaded: Lake, version: Version) -> Iterator[str]:
    for file in _originals(loaded, version):
        yield f"{file.file_name}  {file.size_bytes:,} bytes  {file.path or 'not kept'}"


def _originals(loaded: Lake, version: Version) -> Iterator[rawfiles.Original]:
    return rawfiles.originals(loaded.folder, version.batches)


def _batches(version: Version) -> list[dict[str, Any]]:
    return [{name: getattr(batch, name) for name in COLUMNS} for batch in version.batches]
