"""Scenarios of the lab as rows: assumptions under a name, for their author or for the team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from dashapp.store.scenario_tables import scenarios


@dataclass(frozen=True, slots=True)
class Saved:
    """A scenario under a name."""

    id: int
    name: str
    address: str
    "Query string of the lab: the whole scenario."
    owner_id: int
    owner_name: str
    for_team: bool
    "Everybody may open it; else its owner alone."
    saved_at: datetime
    removed_at: datetime | None


def keep(
    connection: Connection, name: str, address: str, owner: tuple[int, str], at: datetime, *, for_team: bool
) -> Saved:
    """The scenario, in place of the owner's earlier one of that name, removed or not. `owner`: number and name."""
    same = (scenarios.c.owner_id == owner[0]) & (scenarios.c.name == name)
    connection.execute(delete(scenarios).where(same))
    values = {
        "name": name, "address": address, "owner_id": owner[0], "owner_name": owner[1], "for_team": for_team,
        "saved_at": at,
    }  # fmt: skip
    return _saved(connection.execute(insert(scenarios).values(values).returning(scenarios)).mappings().one())


def open_to(connection: Connection, user_id: int, limit: int) -> tuple[Saved, ...]:
    """The person's own and the team's, newest first."""
    seen = and_(scenarios.c.removed_at.is_(None), or_(scenarios.c.owner_id == user_id, scenarios.c.for_team))
    newest = (scenarios.c.saved_at.desc(), scenarios.c.scenario_id.desc())
    rows = connection.execute(select(scenarios).where(seen).order_by(*newest).limit(limit))
    return tuple(_saved(row) for row in rows.mappings())


def removed(connection: Connection, user_id: int) -> tuple[Saved, ...]:
    """Those taken away of the person's own and of the team's, the latest first."""
    seen = and_(scenarios.c.removed_at.is_not(None), or_(scenarios.c.owner_id == user_id, scenarios.c.for_team))
    rows = connection.execute(select(scenarios).where(seen).order_by(scenarios.c.removed_at.desc()))
    return tuple(_saved(row) for row in rows.mappings())


def find(connection: Connection, scenario_id: int) -> Saved | None:
    """The scenario of that number, removed or not."""
    row = connection.execute(select(scenarios).where(scenarios.c.scenario_id == scenario_id)).mappings().one_or_none()
    return _saved(row) if row else None


def put_removed(connection: Connection, scenario: Saved, at: datetime | None) -> None:
    """Nobody sees it from `at` on; None: it is seen again."""
    connection.execute(update(scenarios).where(scenarios.c.scenario_id == scenario.id).values(removed_at=at))


def _saved(row: RowMapping) -> Saved:
    return Saved(id=row["scenario_id"], **{name: row[name] for name in row if name != "scenario_id"})
