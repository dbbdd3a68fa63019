"""`users`: accounts. Nobody is ever given a password; a one-time link lets them choose their own."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashapp import settings
from dashapp.services.access import Role
from dashapp.services.accounts import Accounts
from dashapp.services.login import LINK_LIFE, Login
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal

APP = typer.Typer(name="users", help=__doc__, no_args_is_help=True)
out = Console(soft_wrap=True)

Name = Annotated[str, typer.Argument(help="User name; upper and lower case are the same")]


@dataclass(frozen=True, slots=True)
class _Desk:
    settings: Settings
    accounts: Accounts
    login: Login
    actor: str


def _desk() -> _Desk:
    given = settings.load()
    engine = state.open(given)
    journal = Journal.open(given, engine)
    login = Login(given, engine, journal)
    return _Desk(given, Accounts(engine, journal), login, f"cli:{getpass.getuser()}")


@APP.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do")] = Role.VIEWER,
    display_name: Annotated[str, typer.Option(help="As shown to others; the user name if empty")] = "",
) -> None:
    """Create an account and print the link with which its owner sets the password."""
    desk = _desk()
    account = desk.accounts.add(name, role, display_name, desk.actor)
    out.print(f"Created {account.user_name}, {account.role}.", markup=False, highlight=False)
    _print_link(desk, account.user_name)


@APP.command()
def link(name: Name) -> None:
    """Print a new one-time link, for a forgotten password; earlier links stop working."""
    _print_link(_desk(), name)


@APP.command("list")
def list_users() -> None:
    """Every account."""
    table = Table("name", "role", "state", "last signed in", "display name", box=None, pad_edge=False)
    for account in _desk().accounts.all():
        state_word = "disabled" if not account.enabled else "enabled" if account.password_hash else "no password yet"
        seen = account.last_signed_in_at.strftime("%Y-%m-%d %H:%M") if account.last_signed_in_at else "never"
        table.add_row(account.user_name, account.role, state_word, seen, account.display_name)
    out.print(table, markup=False, highlight=False)


@APP.command()
def role(name: Name, role: Annotated[Role, typer.Argument(help="What they may do from now on")]) -> None:
    """Assign another role; the user has to sign in again."""
    desk = _desk()
    desk.accounts.assign(name, role, desk.actor)
    out.print(f"{name} is now {role.value}.", markup=False, highlight=False)


@APP.command()
def disable(name: Name) -> None:
    """Keep an account out from now on and end its sessions."""
    desk = _desk()
    desk.accounts.disable(name, desk.actor)
    out.print(f"{name} is disabled.", markup=False, highlight=False)


@APP.command()
def enable(name: Name) -> None:
    """Let a disabled account in again."""
    desk = _desk()
    desk.accounts.enable(name, desk.actor)
    out.print(f"{name} is enabled.", markup=False, highlight=False)


def _print_link(desk: _Desk, name: str) -> None:
    token = desk.login.create_link(name, desk.actor)
    scheme = "https" if desk.settings.tls else "http"
    hours = round(LINK_LIFE.total_seconds() / 3600)
    out.print(f"Set the password within {hours} hours, once, at", highlight=False)
    out.print(f"{scheme}://{desk.settings.host}:{desk.settings.port}/welcome/{token}", markup=False, highlight=False)
