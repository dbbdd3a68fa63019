"""`storage`: what the installation takes on the disk."""

from __future__ import annotations

import json as notation
import shutil
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashapp import settings
from dashapp.store.storage import Usage, usage

APP = typer.Typer()
out = Console(soft_wrap=True)


@APP.command()
def storage(json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output")] = False) -> None:
    """Sizes and counts of what is stored, and what retention will remove."""
    given = settings.load()
    found, free = usage(given), shutil.disk_usage(given.folder("warehouse")).free
    if json:
        text = notation.dumps({"usage": [asdict(item) for item in found], "free_bytes": free})
        out.print(text, markup=False, highlight=False)
        return
    out.print(_table(found), markup=False, highlight=False)
    total = sum(item.size_bytes for item in found)
    out.print(f"{megabytes(total)} in {given.data_dir}; {megabytes(free)} free.", markup=False, highlight=False)
    for why in dict.fromkeys(item.retention for item in found if item.removable_bytes):
        out.print(why, markup=False, highlight=False)


def _table(found: tuple[Usage, ...]) -> Table:
    table = Table("", "size", "goes next", "", box=None, pad_edge=False)
    for item in found:
        going = megabytes(item.removable_bytes) if item.removable_bytes else ""
        table.add_row(item.title, megabytes(item.size_bytes), going, item.holds)
    return table


def megabytes(size: int) -> str:
    """
    >>> megabytes(1_550_000)
    '1.6 MB'
    """
    return f"{size / 1e6:,.1f} MB"
