"""`python -m etl diff`: two snapshots side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from dashapp import settings
from etl.cli import JsonOption, out, reporting
from etl.compare import difference
from etl.progress import JsonLines

APP = typer.Typer()


@APP.command()
def diff(
    before: Annotated[str, typer.Argument(help="Snapshot to compare with: its number or id, as `list` shows it")],
    after: Annotated[str, typer.Argument(help="Snapshot to look at")],
    json: JsonOption = False,
) -> None:
    """Two snapshots side by side: rows per table, key figures, customers that came, went or moved in value."""
    with reporting(json):
        found = difference(before, after, settings.load())
    if json:
        JsonLines().emit("done", **found.to_dict())
        return
    for line in found.sentences():
        out.print(line, highlight=False, markup=False)
