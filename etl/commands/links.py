"""`python -m etl links`: customer numbers that are one person."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from dashapp import settings
from dashapp.store import links
from dashapp.store.links import Link
from etl import known, pipeline
from etl.cli import JsonOption, now, out, reporting
from etl.progress import JsonLines
from etl.record import noted

APP = typer.Typer()
linking = typer.Typer(help="Customer numbers that are one person; a refresh counts them as one.", no_args_is_help=True)
APP.add_typer(linking, name="links")

Id = Annotated[str, typer.Argument(help="Customer number as delivered")]
NEXT = "The next `python -m etl refresh` counts them"


@linking.command()
def add(one: Id, other: Id, json: JsonOption = False) -> None:
    """Say that two customer numbers are one person. Nothing in the loaded data is changed."""
    with reporting(json) as progress:
        given = settings.load()
        pair = links.pair(one, other)
        known.require(pair, given)
        link = Link(*pair, now().isoformat(timespec="seconds"), pipeline.actor())
        links.add(given, link)
        noted("customers:linked", f"customer:{pair[0]}", {"other": pair[1]}, link.actor, given, progress)
    _told("linked", link, json, f"{NEXT} as one customer, {pair[0]}.")


@linking.command()
def remove(one: Id, other: Id, json: JsonOption = False) -> None:
    """Take a link back: the next refresh counts the two apart again."""
    with reporting(json) as progress:
        given = settings.load()
        pair = links.pair(one, other)
        link = links.remove(given, pair)
        noted("customers:unlinked", f"customer:{pair[0]}", {"other": pair[1]}, pipeline.actor(), given, progress)
        left = links.groups(item.pair for item in links.read(given))
    still = pair[0] in left and left[pair[0]] == left.get(pair[1])
    _told("unlinked", link, json, "Other links still join them." if still else f"{NEXT} apart again.")


@linking.command("list")
def list_links(json: JsonOption = False) -> None:
    """Every link, who made it and when."""
    with reporting(json):
        every = links.read(settings.load())
    for link in every:
        _told("link", link, json, f"{link.linked_at}  {link.actor}")
    if not every and not json:
        out.print("No customer numbers are linked.")


def _told(event: str, link: Link, json: bool, sentence: str) -> None:
    if json:
        JsonLines().emit(
            event, customer_id=link.customer_id, other_id=link.other_id, linked_at=link.linked_at, actor=link.actor
        )
    else:
        out.print(escape(f"{link.customer_id} = {link.other_id}  {sentence}"), highlight=False)
