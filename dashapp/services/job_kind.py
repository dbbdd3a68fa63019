"""What a kind of job is. The kinds themselves are the files in `job_kinds/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection

from dashapp.discovery import modules
from dashapp.errors import InputError
from dashapp.services.access import Principal
from dashapp.settings import Settings


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of durable work."""

    name: str
    permission: str
    "Who may ask for it; checked when it is asked for and again when it runs."
    title: str
    command: Callable[[dict[str, Any], Settings], list[str]]
    "The process to start. Raises InputError for arguments that cannot be used."
    steps: tuple[str, ...] = ()
    "The steps it reports, in order, when the fractions it reports are those of a step."
    check: Callable[[Connection, dict[str, Any], Principal], None] | None = None
    "Raises where this owner may not ask this; called when it is asked for and again when it runs."
    is_shared: bool = False
    "It changes what everybody sees: whoever may read runs sees it, others' exports and looks at files stay theirs."


@cache
def kinds() -> dict[str, JobKind]:
    """Every kind, by name."""
    from dashapp.services import job_kinds  # the kinds import this module

    return {module.KIND.name: module.KIND for module in modules(job_kinds)}


def kind(name: str) -> JobKind:
    """The kind of that name. Raises InputError."""
    if name not in kinds():
        raise InputError(f"There is no job called {name}.", f"There are: {', '.join(kinds())}.")
    return kinds()[name]


def only(arguments: dict[str, Any], *known: str) -> None:
    """Raises InputError for an argument that is not known."""
    if unknown := sorted(set(arguments) - set(known)):
        raise InputError(f"Unknown argument {', '.join(unknown)}.", f"Known are: {', '.join(known)}.")
