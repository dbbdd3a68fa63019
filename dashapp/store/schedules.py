"""Schedules as rows: what is to be asked for when, on whose behalf, and up to when it has been settled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from dashapp.store.tables import schedules


@dataclass(frozen=True, slots=True)
class Schedule:
    """Durable work that the clock asks for."""

    id: int
    name: str
    kind: str
    arguments: dict[str, Any]
    owner_id: int
    owner_name: str
    cron: str
    "Five fields: minute, hour, day of month, month, day of week."
    timezone: str
    "IANA name; the cron text is read in it."
    created_at: datetime
    last_slot_at: datetime
    "Times up to here are settled."
    last_job_id: int | None
    note: str
    "Why the last time brought no job; empty when it did."
    paused_at: datetime | None


def add(
    connection: Connection, name: str, job: tuple[str, dict[str, Any]], owner: tuple[int, str], when: tuple[str, str],
    at: datetime,
) -> Schedule:  # fmt: skip
    """A new schedule. `job`: kind and arguments; `owner`: number and name; `when`: cron text and time zone."""
    values = {
        "name": name,
        "kind": job[0],
        "arguments": json.dumps(job[1], sort_keys=True),
        "owner_id": owner[0],
        "owner_name": owner[1],
        "cron": when[0],
        "timezone": when[1],
        "created_at": at,
        "last_slot_at": at,
        "note": "",
    }
    return _schedule(connection.execute(insert(schedules).values(values).returning(schedules)).mappings().one())


def every(connection: Connection) -> tuple[Schedule, ...]:
    """All schedules, by name."""
    return tuple(_schedule(row) for row in connection.execute(select(schedules).order_by(schedules.c.name)).mappings())


def find(connection: Connection, name: str) -> Schedule | None:
    """The schedule of that name."""
    row = connection.execute(select(schedules).where(schedules.c.name == name)).mappings().one_or_none()
    return _schedule(row) if row else None


def settle(connection: Connection, schedule: Schedule, slot_at: datetime, job_id: int | None, note: str) -> bool:
    """Times up to `slot_at` are settled. False when somebody else has done so meanwhile."""
    same = (schedules.c.schedule_id == schedule.id) & (schedules.c.last_slot_at == schedule.last_slot_at)
    values = {"last_slot_at": slot_at, "note": note} | ({"last_job_id": job_id} if job_id is not None else {})
    return connection.execute(update(schedules).where(same).values(values)).rowcount == 1


def pause(connection: Connection, schedule: Schedule, at: datetime) -> None:
    """It asks for nothing until it is resumed."""
    connection.execute(update(schedules).where(schedules.c.schedule_id == schedule.id).values(paused_at=at))


def resume(connection: Connection, schedule: Schedule, at: datetime) -> None:
    """It asks again, from now on: what fell into the pause is not made up for."""
    values = {"paused_at": None, "last_slot_at": at, "note": ""}
    connection.execute(update(schedules).where(schedules.c.schedule_id == schedule.id).values(values))


def remove(connection: Connection, schedule: Schedule) -> None:
    """The schedule is gone; the jobs it asked for stay."""
    connection.execute(delete(schedules).where(schedules.c.schedule_id == schedule.id))


def _schedule(row: RowMapping) -> Schedule:
    values = {name: row[name] for name in row if name not in ("schedule_id", "arguments")}
    return Schedule(id=row["schedule_id"], arguments=json.loads(row["arguments"]), **values)
