"""What the commands of `python -m etl` share: their options, where they print, and how an expected error ends them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from dashapp.errors import InputError, NothingUsable, TenureError
from etl import pipeline
from etl.progress import JsonLines, Terminal
from etl.timeline import Timeline

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

SourceOption = Annotated[str | None, typer.Option(help="Name of a source; without it the feed loaded last")]
PathOption = Annotated[Path | None, typer.Option(help="File or folder the source reads")]
MappingOption = Annotated[str | None, typer.Option(help="Mapping of columns: a name or a file")]
KeyValues = Annotated[list[str] | None, typer.Option("--option", help="Further option of the source, key=value")]
AppendOption = Annotated[
    bool, typer.Option("--append", help="Add to what is loaded and correct it, replacing nothing else")
]
EntityOption = Annotated[str | None, typer.Option(help="Load the file at --path as this entity and leave the others")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line on standard output")]


def print_findings(findings: list[dict[str, object]]) -> None:
    for finding in findings:
        amount = "" if finding["amount"] is None else f", amount {finding['amount']}"
        out.print(f"{finding['severity']:<5} {finding['title']}: {finding['offending_rows']:,} rows{amount}")


def asked(
    source: str | None,
    path: Path | None,
    given: dict[str, str],
    entity: str | None,
    append: bool,
    force: bool = False,
) -> pipeline.Request:
    """What was asked for. Raises InputError where --entity and --source contradict each other."""
    if entity is None:
        return pipeline.Request(source, path, given, append, force)
    if source:
        raise InputError("--entity reads a file of its own and takes no --source.", "Leave one of them out.")
    return pipeline.Request("entity_file", path, given | {"entity": entity}, append, force)


def key_values(mapping: str | None, pairs: list[str] | None) -> dict[str, str]:
    given = [pair.partition("=") for pair in pairs or []]
    if wrong := [key for key, sign, _ in given if not sign]:
        raise InputError(f"The option {wrong[0]!r} has no value.", "Write --option key=value.")
    return {key: value for key, _, value in given} | ({"mapping": mapping} if mapping else {})


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def reporting(json: bool) -> Iterator[Timeline]:
    """Progress for whoever listens; an expected error is one sentence, a hint and its exit code, never a traceback."""
    timeline = Timeline(JsonLines() if json else _Lines())
    try:
        if json or not sys.stderr.isatty():
            yield timeline
        else:
            with Terminal() as terminal:
                yield Timeline(terminal)
    except TenureError as error:
        if json:
            told = {"rejects": error.rejects} if isinstance(error, NothingUsable) else {}
            words = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
            JsonLines().emit("error", **words, run=timeline.to_dict(), **told)
        err.print(f"[bold]{escape(error.message)}[/bold] {escape(error.hint)}".strip(), highlight=False)
        raise typer.Exit(error.exit_code) from error


class _Lines:
    """Notes only, for logs and pipes."""

    def step(self, name: str, fraction: float, message: str = "") -> None:
        if fraction == 1.0:
            err.print(f"{name}: {message}", highlight=False, markup=False)

    def note(self, message: str) -> None:
        err.print(message, highlight=False, markup=False)
