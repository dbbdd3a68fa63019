"""Scenarios of the lab: kept under a name by whoever may compute, seen by their owner or the team."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Engine

from dashapp.errors import InputError, NotFound
from dashapp.services.access import Principal, Role, require
from dashapp.store import scenarios as rows
from dashapp.store.journal import Journal
from dashapp.store.scenarios import Saved
from dashapp.store.state import Clock, now, reading, writing

PERMISSION = "compute:run"
LIMIT = 20
"Scenarios shown side by side; the newest."
LONGEST_ADDRESS = 4000
_NAME = re.compile(r"[\w][\w .,%()+-]{0,63}")


class Scenarios:
    """The scenarios of one installation."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def keep(self, name: str, address: str, owner: Principal, *, for_team: bool) -> Saved:
        """Save it, in place of the owner's earlier one of that name. Raises InputError, NotAllowed."""
        require(owner, PERMISSION)
        if not _NAME.fullmatch(name.strip()):
            raise InputError(
                "That cannot be the name of a scenario.", "Up to 64 letters, digits, blanks, . , % ( ) + -."
            )
        if len(address) > LONGEST_ADDRESS:
            raise InputError("This scenario has too many filters to be saved.", "Choose fewer.")
        held = (owner.user_id, owner.user_name)
        with writing(self._engine) as connection:
            saved = rows.keep(connection, name.strip(), address, held, self._clock(), for_team=for_team)
            detail = {"name": saved.name}
            self._journal.append_in(connection, "scenario:saved", owner.actor, f"scenario:{saved.id}", detail)
        return saved

    def open_to(self, reader: Principal) -> tuple[Saved, ...]:
        """The reader's own and the team's, newest first, LIMIT at most."""
        require(reader, PERMISSION)
        with reading(self._engine) as connection:
            return rows.open_to(connection, reader.user_id, LIMIT)

    def remove(self, scenario_id: int, reader: Principal) -> Saved:
        """Take one's own away; an administrator any of the team's. Raises NotFound for all others.

        `restore` brings it back.
        """
        hint = "Its owner or an administrator can remove it."
        return self._put("scenario:removed", scenario_id, reader, self._clock(), hint)

    def restore(self, scenario_id: int, reader: Principal) -> Saved:
        """Bring back what `remove` took, until its owner saved another of that name. Raises NotFound."""
        hint = "It is back already, or another was saved under its name."
        return self._put("scenario:restored", scenario_id, reader, None, hint)

    def _put(self, event: str, scenario_id: int, reader: Principal, removed_at: datetime | None, hint: str) -> Saved:
        require(reader, PERMISSION)
        with writing(self._engine) as connection:
            found = rows.find(connection, scenario_id)
            is_change = found is not None and (found.removed_at is None) != (removed_at is None)
            if found is None or not is_change or not _may_remove(found, reader):
                raise NotFound("There is no such scenario of yours.", hint)
            rows.put_removed(connection, found, removed_at)
            self._journal.append_in(connection, event, reader.actor, f"scenario:{found.id}", {"name": found.name})
        return found


def _may_remove(scenario: Saved, reader: Principal) -> bool:
    return scenario.owner_id == reader.user_id or (scenario.for_team and reader.role is Role.ADMIN)
