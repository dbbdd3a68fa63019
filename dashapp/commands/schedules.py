"""`schedules`: refreshes that the clock asks for. A worker must run; the jobs show up on Data & runs."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from dashapp import settings
from dashapp.errors import NotFound
from dashapp.services import schedules as service
from dashapp.services.access import Principal, Role
from dashapp.services.schedules import Schedules
from dashapp.store import accounts, state
from dashapp.store.journal import Journal
from dashapp.store.schedules import Schedule
from dashapp.store.state import reading

APP = typer.Typer(name="schedules", help=__doc__, no_args_is_help=True)
out = Console(soft_wrap=True)

Name = Annotated[str, typer.Argument(help="Name of the schedule")]


@dataclass(frozen=True, slots=True)
class _Desk:
    schedules: Schedules
    engine: Engine
    actor: str

    def account(self, user_name: str) -> Principal:
        """The account the jobs run for. Raises NotFound."""
        with reading(self.engine) as connection:
            found = accounts.by_name(connection, user_name)
        if found is None:
            raise NotFound(f"There is no account called {user_name}.", "`users list` shows all of them.")
        return Principal(found.user_id, found.user_name, Role(found.role), "")


def _desk() -> _Desk:
    given = settings.load()
    engine = state.open(given)
    return _Desk(Schedules(given, engine, Journal.open(given, engine)), engine, f"cli:{getpass.getuser()}")


@APP.command()
def add(
    name: Name,
    cron: Annotated[str, typer.Option(help="Minute, hour, day, month, weekday: `0 6 * * 1-5`")],
    owner: Annotated[str, typer.Option(help="Account the jobs run for; it needs the permission")],
    timezone: Annotated[str, typer.Option(help="Time zone of the cron text, like Europe/London")] = "UTC",
    source: Annotated[str, typer.Option(help="Name of a source; empty is the feed loaded last")] = "",
    path: Annotated[str, typer.Option(help="File or folder in the inbox")] = "",
) -> None:
    """Refresh the data at every time of a cron text."""
    desk = _desk()
    given = {key: value for key, value in (("source", source), ("path", path)) if value}
    made = desk.schedules.add(name, "refresh", given, cron, timezone, desk.account(owner))
    out.print(f"{made.name}: {service.words(cron)}, {timezone}.", markup=False, highlight=False)
    for time in service.times(cron, timezone, datetime.now(UTC)):
        out.print(f"  {time:%Y-%m-%d %H:%M %Z}", markup=False, highlight=False)


@APP.command("list")
def list_schedules() -> None:
    """Every schedule: when, on whose behalf, what comes next, and why the last time brought nothing."""
    table = Table("name", "job", "when", "zone", "for", "next", "note")
    for schedule in _desk().schedules.all():
        table.add_row(
            schedule.name, schedule.kind, schedule.cron, schedule.timezone, schedule.owner_name,
            next_time(schedule, datetime.now(UTC)), schedule.note,
        )  # fmt: skip
    out.print(table)


@APP.command()
def pause(name: Name) -> None:
    """Ask for nothing until it is resumed."""
    desk = _desk()
    desk.schedules.pause(name, desk.actor)


@APP.command()
def resume(name: Name) -> None:
    """Ask again, from now on."""
    desk = _desk()
    desk.schedules.resume(name, desk.actor)


@APP.command()
def remove(name: Name) -> None:
    """Forget the schedule; the jobs it asked for stay."""
    desk = _desk()
    desk.schedules.remove(name, desk.actor)


def next_time(schedule: Schedule, after: datetime) -> str:
    """When it asks next, in its zone, or that it is paused."""
    if schedule.paused_at:
        return "paused"
    return f"{service.times(schedule.cron, schedule.timezone, after, 1)[0]:%Y-%m-%d %H:%M}"
