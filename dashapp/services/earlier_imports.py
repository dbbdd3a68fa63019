"""What was imported before: the versions of the loaded data, and what of them is still refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashapp.errors import InputError
from dashapp.services.access import Principal
from dashapp.store import deliveries, mappings
from dashapp.store.deliveries import Delivery, Refusing
from dashapp.store.jobs import Job

if TYPE_CHECKING:
    from dashapp.services.services import Services

KINDS = ("undo", "replay")
"Kinds of jobs that change what was imported."
RECENT = 50


@dataclass(frozen=True, slots=True)
class Earlier:
    """What can be gone back to, and what can be read again."""

    current: int
    "The number of the version in force; 0 before the first load."
    versions: tuple[Delivery, ...]
    "Newest first."
    refusing: tuple[Refusing, ...]
    mapping_names: tuple[str, ...]


def read(services: Services) -> Earlier:
    """Raises SnapshotDamaged."""
    lake = services.settings.folder("lake")
    kept = deliveries.read(lake)
    versions = sorted((item.delivery for item in kept.versions), key=lambda made: -made.number)
    names = tuple(mappings.names(services.settings))
    return Earlier(kept.current, tuple(versions), deliveries.refusing(lake), names)


def latest(services: Services, reader: Principal) -> Job | None:
    """The newest job that goes back or reads refused rows again."""
    return next((job for job in services.jobs.recent(reader, RECENT) if job.kind in KINDS), None)


def go_back(services: Services, reader: Principal, to: Any, seen: Any) -> Job:
    """Bring a version back. seen: the version in force when it was asked for; what came since is not taken back.

    Raises InputError, TooManyJobs.
    """
    if not str(to).isdecimal():
        raise InputError("No version was chosen.", "Choose one of the list.")
    return _enqueue(services, reader, "undo", {"to": int(to), "from": seen})


def read_again(services: Services, reader: Principal, batch: Any, mapping: Any) -> Job:
    """Read the refused rows of a batch by a kept mapping. Raises InputError, TooManyJobs."""
    return _enqueue(services, reader, "replay", {"batch": batch, "mapping": mapping})


def _enqueue(services: Services, reader: Principal, kind: str, arguments: dict[str, Any]) -> Job:
    """A second click on what is under way is the same job."""
    present = latest(services, reader)
    if present and not present.over and (present.kind, present.arguments) == (kind, arguments):
        return present
    return services.jobs.enqueue(kind, arguments, reader)
