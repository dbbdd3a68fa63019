"""`python -m etl plan`: look before it happens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from dashapp import settings
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
    print_findings,
    reporting,
)
from etl.progress import JsonLines
from etl.rehearsal import rehearse

APP = typer.Typer()


@APP.command()
def plan(
    source: SourceOption = None,
    path: PathOption = None,
    mapping: MappingOption = None,
    option: KeyValues = None,
    entity: EntityOption = None,
    append: AppendOption = False,
    rejects: Annotated[Path | None, typer.Option(help="Parquet file for every row that would be refused")] = None,
    json: JsonOption = False,
) -> None:
    """What a refresh would load and change, without loading or publishing anything."""
    with reporting(json) as progress:
        request = asked(source, path, key_values(mapping, option), entity, append)
        found = rehearse(request, settings.load(), progress, now, rejects)
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
    for reject in found.rejects:
        out.print(reject.told(), highlight=False, markup=False)
    print_findings(found.findings)
    out.print(found.sentence())
