"""`python -m etl list`: what is kept."""

from __future__ import annotations

import typer
from rich.markup import escape

from dashapp import settings
from dashapp.store.publish import Warehouse
from etl.cli import JsonOption, out, reporting
from etl.progress import JsonLines

APP = typer.Typer()


@APP.command("list")
def list_snapshots(json: JsonOption = False) -> None:
    """Every snapshot that is kept, oldest first; the current one is marked."""
    with reporting(json):
        warehouse = Warehouse(settings.load().folder("warehouse"))
        current, history = warehouse.current(), warehouse.history()
    for entry in history:
        is_current = entry.seq == current.seq
        if json:
            JsonLines().emit(
                "snapshot", seq=entry.seq, snapshot_id=entry.snapshot_id, published_at=entry.published_at,
                source=entry.source, customers=entry.customers, actor=entry.actor, current=is_current,
            )  # fmt: skip
        else:
            mark = "*" if is_current else " "
            out.print(
                f"{mark} {entry.snapshot_id}  {entry.published_at[:19]}  {entry.source}  "
                f"{entry.customers:,} customers  {escape(entry.actor)}",
                highlight=False,
            )
