"""`audit`: the journal of who did what, and whether anybody changed it."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from dashapp import settings
from dashapp.store import state
from dashapp.store.journal import Journal

APP = typer.Typer(name="audit", help=__doc__, no_args_is_help=True)
out = Console(soft_wrap=True)
BROKEN = 1


def _journal() -> Journal:
    given = settings.load()
    return Journal.open(given, state.open(given))


@APP.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first")] = 50,
    event: Annotated[str, typer.Option(help="Only events that start with this, e.g. account:")] = "",
    actor: Annotated[str, typer.Option(help="Only what this actor did, e.g. user:ann")] = "",
) -> None:
    """The newest entries: number, time in UTC, event, actor, target, address, result, detail."""
    for entry in _journal().recent(limit, event=event, actor=actor):
        when = entry.happened_at.strftime("%Y-%m-%d %H:%M:%S")
        detail = json.dumps(entry.detail) if entry.detail else ""
        parts = (f"{entry.seq:>6}", when, entry.event, entry.actor, entry.target, entry.ip, entry.result, detail)
        out.print("  ".join(part for part in parts if part), markup=False, highlight=False)


@APP.command()
def verify(
    head: Annotated[str, typer.Option(help="A head printed earlier and kept elsewhere, <number>:<hash>")] = "",
) -> None:
    """Prove that no entry was changed, removed or cut off. Exit code 1 when one was."""
    verdict = _journal().verify(head)
    if not verdict.holds:
        out.print(f"The journal does not hold. {verdict.problem}", markup=False, highlight=False)
        raise typer.Exit(BROKEN)
    out.print(f"{verdict.entries} entries, unbroken. Keep this head in another place:", highlight=False)
    out.print(verdict.head, markup=False, highlight=False)
