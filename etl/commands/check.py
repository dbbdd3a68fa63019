"""`python -m etl check`: apply every rule, publish nothing."""

from __future__ import annotations

import typer

from dashapp import settings
from dashapp.errors import QualityStop
from etl.cli import JsonOption, now, out, print_findings, reporting
from etl.progress import JsonLines
from etl.rehearsal import rehearse

APP = typer.Typer()


@APP.command()
def check(json: JsonOption = False) -> None:
    """Apply every rule to what is loaded, without publishing. Exit code 3 when a rule of severity stop fails."""
    with reporting(json) as progress:
        found = rehearse(None, settings.load(), progress, now)
    if json:
        JsonLines().emit("done", **found.to_dict())
    else:
        print_findings(found.findings)
        out.print(found.sentence())
    if found.stopped:
        raise typer.Exit(QualityStop.exit_code)
