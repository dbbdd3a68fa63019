"""Take an import back: the loaded data as it was before, published as a new snapshot."""

from __future__ import annotations

import sys
from typing import Any

from dashapp.errors import InputError
from dashapp.services.job_kind import JobKind, only
from dashapp.services.job_kinds.refresh import STEPS
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`to`, the number of a kept version of the data; without it the one before the version in force.

    `from`, the version that must be in force, so that nothing is taken back that was loaded in the meantime.
    """
    only(arguments, "to", "from")
    numbers = {name: arguments[name] for name in ("to", "from") if arguments.get(name) is not None}
    for number in numbers.values():
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise InputError("A version of the data is named by its number.", "`python -m etl deliveries` lists them.")
    return [sys.executable, "-m", "etl", "undo", "--json", *(f"--{name}={n}" for name, n in numbers.items())]


KIND = JobKind("undo", "refresh:run", "Take an import back", _command, STEPS, is_shared=True)
