"""`tokens`: what programs use the API with. A token is shown once, when it is made."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashapp import settings
from dashapp.services.tokens import LONGEST, Tokens
from dashapp.services.tokens import state as state_of
from dashapp.store import state
from dashapp.store.journal import Journal

APP = typer.Typer(name="tokens", help=__doc__, no_args_is_help=True)
out = Console(soft_wrap=True)

Name = Annotated[str, typer.Argument(help="Name of the token: small letters, digits and . _ -")]
DAYS = 90


def _tokens() -> Tokens:
    given = settings.load()
    engine = state.open(given)
    return Tokens(engine, Journal.open(given, engine))


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


@APP.command()
def add(
    name: Name,
    owner: Annotated[str, typer.Option(help="Account on whose behalf the program acts")],
    scope: Annotated[list[str], typer.Option(help="Permission it gets, of those of its owner; may be repeated")],
    days: Annotated[int, typer.Option(min=1, max=LONGEST.days, help="How long it lives")] = DAYS,
) -> None:
    """Make a token and print it. It cannot be shown again."""
    text = _tokens().add(name, owner, scope, timedelta(days=days), _actor())
    out.print(f"Keep this token; it is shown once and expires in {days} days.", markup=False, highlight=False)
    out.print(text, markup=False, highlight=False)


@APP.command("list")
def list_tokens() -> None:
    """Every token, without the token itself."""
    table = Table("name", "owner", "state", "expires", "last used", "scopes", box=None, pad_edge=False)
    for token, owner in _tokens().all():
        used = token.last_used_at.strftime("%Y-%m-%d %H:%M") if token.last_used_at else "never"
        expires = token.expires_at.strftime("%Y-%m-%d")
        scopes = " ".join(sorted(token.scopes))
        table.add_row(token.name, owner.user_name, state_of(token, owner, state.now()), expires, used, scopes)
    out.print(table, markup=False, highlight=False)


@APP.command()
def revoke(name: Name) -> None:
    """End a token at once."""
    _tokens().revoke(name, _actor())
    out.print(f"{name} is revoked.", markup=False, highlight=False)
