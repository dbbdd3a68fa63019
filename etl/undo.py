"""Undo: the lake goes back to an earlier version, and a snapshot of it is published like any other.

No version is removed, so an undo can be undone. Files that were delivered stay where they are: a refresh that names
them loads them again. The lake goes back last: an undo that failed or was killed can simply be asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashapp.errors import InputError, NotFound
from dashapp.settings import Settings
from etl import lake
from etl.lake import History, Lake, Version
from etl.pipeline import Outcome, publishing
from etl.progress import Progress
from etl.run import Clock

LIST = "See `python -m etl deliveries`."


@dataclass(frozen=True, slots=True)
class Undone:
    """Between which versions of the lake the way led, and the snapshot there."""

    left: int
    version: int
    outcome: Outcome


def undo(to: int | None, settings: Settings, progress: Progress, clock: Clock, leaving: int | None = None) -> Undone:
    """Go to version `to` of the lake (None: the one before), build and publish it.

    leaving: the version that must be in force, so that what was loaded in the meantime is not taken back with it.
    Raises InputError when there is nothing to go back to, NotFound when that version is not kept, and what a refresh
    raises while it builds; then nothing has changed.
    """
    way: list[tuple[Lake, Version]] = []

    def gone_back() -> Lake:
        here = lake.read(settings)
        if leaving not in (None, here.history.current):
            raise InputError(
                f"Version {here.history.current} of the data is in force, no longer {leaving}.",
                f"{LIST} Nothing changed.",
            )
        there = target(here.history, to)
        way.append((here, there))
        progress.step("load", 1.0, f"Version {there.number} of the data")
        return Lake(here.folder, here.quarantine, there.feed, there.batches, here.history)

    def remember() -> None:
        here, there = way[0]
        if here.history.current != there.number:
            lake.write(here, History(there.number, here.history.versions))

    outcome = publishing(gone_back, settings, progress, clock, afterwards=remember)
    return Undone(way[0][0].history.current, way[0][1].number, outcome)


def target(history: History, to: int | None) -> Version:
    """The version to go to. Raises InputError, NotFound."""
    current = history.version(history.current)
    if current is None:
        raise InputError("Nothing has been loaded yet, so there is nothing to undo.", "Load a source first.")
    number = current.delivery.before if to is None else to
    if number is None:
        raise InputError(
            "The first load cannot be undone: there is nothing before it.",
            "Load what should be there instead: `python -m etl refresh --source ...` replaces it.",
        )
    found = history.version(number)
    if found is None:
        kept = ", ".join(str(version.number) for version in history.versions)
        raise NotFound(f"Version {number} of the data is not kept.", f"There are {kept}. {LIST}")
    return found
