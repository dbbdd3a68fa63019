"""What was deleted and can be had back: views, segments, notes, scenarios and imports, with who did it and when.

Everybody sees what they could see before it was deleted; who may bring it back decides the part it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dashapp.errors import NotFound, TenureError
from dashapp.services import earlier_imports
from dashapp.services.access import Principal
from dashapp.services.annotations import Change
from dashapp.store import annotations as notes
from dashapp.store import scenarios, segments, views
from dashapp.store.state import reading

if TYPE_CHECKING:
    from dashapp.services.services import Services

DO_IMPORT = "refresh:run"
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Deleted:
    """One thing that is gone."""

    kind: str
    "One of KINDS."
    key: str
    "Names it within its kind."
    name: str
    by: str
    "Who deleted it, empty where that is not known."
    at: datetime | None
    may_restore: bool


def listed(services: Services, reader: Principal) -> list[Deleted]:
    """What this reader could see before it was deleted, the latest first."""
    found = [one for kind in KINDS.values() for one in kind(services, reader)]
    return sorted(found, key=lambda one: str(one.at or ""), reverse=True)[:MOST_SHOWN]


def restore(services: Services, reader: Principal, kind: str, key: str) -> str:
    """Bring it back; what happened, in words. Raises NotFound, NotAllowed, InputError, TooManyJobs."""
    for one in KINDS[kind](services, reader) if kind in KINDS else ():
        if one.key == key:
            return _RESTORE[kind](services, reader, one)
    raise NotFound("That is not among what was deleted.", "Somebody may have brought it back already.")


def _views(services: Services, reader: Principal) -> Iterator[Deleted]:
    with reading(services.engine) as connection:
        gone = views.removed(connection, reader.user_id)
    who = _doers(services, "view:removed")
    for view in gone:
        may = view.owner_id == reader.user_id or reader.may("views:manage")
        yield Deleted("view", view.code, view.name, who.get(f"view:{view.code}", ""), view.removed_at, may)


def _segments(services: Services, reader: Principal) -> Iterator[Deleted]:
    with reading(services.engine) as connection:
        gone = segments.removed(connection, reader.user_id)
    for one in gone:
        may = reader.may("segments:save") and (one.owner_id == reader.user_id or reader.may("accounts:manage"))
        by = one.changed_by.removeprefix("user:")
        yield Deleted("segment", str(one.id), one.name, by, one.removed_at, may)


def _notes(services: Services, reader: Principal) -> Iterator[Deleted]:
    """A note that went because it was worded anew is not deleted: only what somebody took away is."""
    with reading(services.engine) as connection:
        gone = notes.removed(connection, reader.user_id)
    who = _doers(services, "annotation:removed")
    for note in gone:
        target, said = f"annotation:{note.id}", f"{note.said.first_day:%Y-%m-%d}: {note.said.text}"
        if target in who:
            may = reader.may("annotations:write")
            yield Deleted("note", str(note.id), said, who[target], note.removed_at, may)


def _scenarios(services: Services, reader: Principal) -> Iterator[Deleted]:
    with reading(services.engine) as connection:
        gone = scenarios.removed(connection, reader.user_id)
    who = _doers(services, "scenario:removed")
    for one in gone:
        may = reader.may("compute:run") and (one.owner_id == reader.user_id or reader.may("accounts:manage"))
        by = who.get(f"scenario:{one.id}", "")
        yield Deleted("scenario", str(one.id), one.name, by, one.removed_at, may)


def _imports(services: Services, reader: Principal) -> Iterator[Deleted]:
    """Versions of the data that the one in force does not rest on: they were taken back."""
    if not reader.may("runs:read"):
        return
    try:
        earlier = earlier_imports.read(services)
    except TenureError:  # nothing was loaded, or the import page says what is wrong
        return
    jobs = services.jobs.recent(reader, 200)
    undo = next((job for job in jobs if (job.kind, job.state) == ("undo", "done")), None)
    kept = _rests_on({made.number: made.before for made in earlier.versions}, earlier.current)
    for made in earlier.versions:
        if made.number not in kept:
            name = f"Version {made.number}: {', '.join(made.files[:3])}"
            by, at = (undo.owner_name, undo.finished_at) if undo else ("", None)
            yield Deleted("import", str(made.number), name, by, at, reader.may(DO_IMPORT))


def _rests_on(before: dict[int, int | None], current: int) -> set[int]:
    """The version in force and those it was made from, one from the other.

    >>> sorted(_rests_on({1: None, 2: 1, 3: 2, 4: 2}, 4))
    [1, 2, 4]
    """
    found: set[int] = set()
    number: int | None = current
    while number is not None and number not in found:
        found.add(number)
        number = before.get(number)
    return found


def _doers(services: Services, event: str) -> dict[str, str]:
    """Target of an event to who did it last."""
    return {target: actor.removeprefix("user:") for target, actor in services.journal.doers(event).items()}


def _import_again(services: Services, reader: Principal, one: Deleted) -> str:
    job = earlier_imports.go_back(services, reader, one.key, earlier_imports.read(services).current)
    return f"Run {job.id} brings {one.name} back; everybody sees it when it is done."


def _back(does: Callable[[Services, Principal, Deleted], object]) -> Callable[[Services, Principal, Deleted], str]:
    def told(services: Services, reader: Principal, one: Deleted) -> str:
        does(services, reader, one)
        return f"{one.name} is back."

    return told


KINDS: dict[str, Callable[[Services, Principal], Iterator[Deleted]]] = {
    "segment": _segments,
    "view": _views,
    "note": _notes,
    "scenario": _scenarios,
    "import": _imports,
}
_RESTORE: dict[str, Callable[[Services, Principal, Deleted], str]] = {
    "segment": _back(lambda services, reader, one: services.segments.restore(reader, int(one.key))),
    "view": _back(lambda services, reader, one: services.views.restore(reader, one.key)),
    "note": _back(lambda services, reader, one: services.annotations.undo(Change(removed=int(one.key)), reader)),
    "scenario": _back(lambda services, reader, one: services.scenarios.restore(int(one.key), reader)),
    "import": _import_again,
}
