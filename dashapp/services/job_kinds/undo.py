"""Take an import back: the loaded data as it was before, published as a new snapshot."""

from __future__ import annotations

import sys
from typing import Any

from dashapp.errors import InputError
from dashapp.services.job_kind import JobKind, only
from dashapp.services.job_kinds.refresh import STEPS
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`to`, the number of a kept version of the data; without it the one before the version in force."""
    only(arguments, "to")
    command = [sys.executable, "-m", "etl", "undo", "--json"]
    to = arguments.get("to")
    if to is None:
        return command
    if not isinstance(to, int) or isinstance(to, bool) or to < 1:
        raise InputError("A version of the data is named by its number.", "`python -m etl deliveries` lists them.")
    return [*command, f"--to={to}"]


KIND = JobKind("undo", "refresh:run", "Take an import back", _command, STEPS)
