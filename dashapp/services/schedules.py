"""Schedules: which times are due, and the jobs they ask for. Each is asked for once, however many workers run.

Times are those of the shop's zone: 02:30 on a night without 02:30 is the first minute after the gap, and on a night
with two of them it is the first. After a pause of the installation the latest missed time is made up for, once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from sqlalchemy import Connection, Engine

from dashapp.errors import InputError, NotAllowed, NotFound, TenureError
from dashapp.logs import get_logger
from dashapp.services.access import Principal, Role, require
from dashapp.services.job_kind import kind as kind_of
from dashapp.services.jobs import Jobs
from dashapp.settings import Settings
from dashapp.store import accounts
from dashapp.store import schedules as rows
from dashapp.store.journal import Journal
from dashapp.store.schedules import Schedule
from dashapp.store.state import Clock, now, reading, writing

_NAME = re.compile(r"[\w][\w .-]{0,63}")

log = get_logger(__name__)


class Schedules:
    """The schedules of one installation."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._settings, self._engine, self._journal, self._clock = settings, engine, journal, clock
        self._jobs = Jobs(settings, engine, journal, clock)

    def all(self) -> tuple[Schedule, ...]:
        """Every schedule, by name."""
        with reading(self._engine) as connection:
            return rows.every(connection)

    def add(
        self, name: str, kind: str, arguments: dict[str, Any], cron: str, timezone: str, owner: Principal
    ) -> Schedule:
        """Ask for work at every time of `cron` from now on. Raises InputError, NotAllowed."""
        wanted = kind_of(kind)
        require(owner, wanted.permission)
        wanted.command(arguments, self._settings)
        if not _NAME.fullmatch(name):
            raise InputError("That cannot be the name of a schedule.", "Up to 64 letters, digits, blanks, . and -.")
        times(cron, timezone, self._clock())
        with writing(self._engine) as connection:
            if rows.find(connection, name):
                raise InputError(f"There is a schedule called {name} already.", "Remove it first, or choose a name.")
            held = (owner.user_id, owner.user_name)
            made = rows.add(connection, name, (kind, arguments), held, (cron, timezone), self._clock())
            self._note(connection, "schedule:added", owner.actor, made)
        return made

    def pause(self, name: str, actor: str) -> None:
        """Ask for nothing until it is resumed. Raises NotFound."""
        with writing(self._engine) as connection:
            found = self._existing(connection, name)
            rows.pause(connection, found, self._clock())
            self._note(connection, "schedule:paused", actor, found)

    def resume(self, name: str, actor: str) -> None:
        """Ask again, from now on. Raises NotFound."""
        with writing(self._engine) as connection:
            found = self._existing(connection, name)
            rows.resume(connection, found, self._clock())
            self._note(connection, "schedule:resumed", actor, found)

    def remove(self, name: str, actor: str) -> None:
        """Forget the schedule; its jobs stay. Raises NotFound."""
        with writing(self._engine) as connection:
            found = self._existing(connection, name)
            rows.remove(connection, found)
            self._note(connection, "schedule:removed", actor, found)

    def ask(self) -> int:
        """Ask for every job that is due; called by workers. Returns how many were asked for."""
        asked = 0
        for schedule in self.all():
            slot = due(schedule, self._clock())
            if slot is not None and schedule.paused_at is None:
                asked += self._ask(schedule, slot)
        return asked

    def _ask(self, schedule: Schedule, slot: datetime) -> bool:
        """One time of one schedule. An owner who may not ask any more pauses it: somebody else has to take it over."""
        job_id, note = None, ""
        try:
            owner = self._owner(schedule)
            key = f"schedule:{schedule.id}:{slot:%Y%m%dT%H%M}"
            job_id = self._jobs.enqueue(schedule.kind, schedule.arguments, owner, key).id
        except TenureError as error:
            note = error.sentence()
            log.warning("schedule asked for no job", schedule=schedule.name, reason=error.message)
            if isinstance(error, NotAllowed):
                self.pause(schedule.name, "schedule")
        with writing(self._engine) as connection:
            rows.settle(connection, schedule, slot, job_id, note)
        return job_id is not None

    def _owner(self, schedule: Schedule) -> Principal:
        with reading(self._engine) as connection:
            account = accounts.by_id(connection, schedule.owner_id)
        if account is None or not account.enabled:
            raise NotAllowed(f"The account {schedule.owner_name} of this schedule is disabled.", "Add it anew.")
        return Principal(account.user_id, account.user_name, Role(account.role), "")

    def _existing(self, connection: Connection, name: str) -> Schedule:
        found = rows.find(connection, name)
        if found is None:
            raise NotFound(f"There is no schedule called {name}.", "`schedules list` shows all of them.")
        return found

    def _note(self, connection: Connection, event: str, actor: str, schedule: Schedule) -> None:
        detail = {"kind": schedule.kind, "cron": schedule.cron, "timezone": schedule.timezone}
        self._journal.append_in(connection, event, actor, f"schedule:{schedule.name}", detail)


def times(cron: str, timezone: str, after: datetime, count: int = 3) -> tuple[datetime, ...]:
    """The next `count` times after a moment, in the zone. Raises InputError on a text or zone that cannot be read."""
    if timezone not in available_timezones():
        raise InputError(f"{timezone!r} is no time zone.", "Write it like Europe/London.")
    try:
        return tuple(islice(CronSim(cron, after.astimezone(ZoneInfo(timezone))), count))
    except CronSimError as error:
        hint = "Five fields: minute, hour, day, month, weekday; `0 6 * * 1-5` is 06:00 from Monday to Friday."
        raise InputError(f"{cron!r} is no schedule: {error}.", hint) from error


def due(schedule: Schedule, at: datetime) -> datetime | None:
    """The latest time of the schedule that is not settled by `at`, UTC; None when there is none."""
    # Backwards, the first time is one before the moment given: the minute that has begun counts.
    moment = (at + timedelta(minutes=1)).replace(second=0, microsecond=0).astimezone(ZoneInfo(schedule.timezone))
    latest = next(CronSim(schedule.cron, moment, reverse=True), None)
    if latest is None:
        return None
    slot = latest.astimezone(UTC)
    return slot if slot > schedule.last_slot_at else None


def words(cron: str) -> str:
    """The cron text in words.

    >>> words("0 6 * * 1-5")
    'At 06:00 on Monday through Friday'
    """
    return CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC)).explain()
