"""Put an earlier snapshot back in front of everybody."""

from __future__ import annotations

import sys
from typing import Any

from dashapp.errors import InputError
from dashapp.services.job_kind import JobKind, only
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`seq`, the number of a published snapshot; without it the one before the current."""
    only(arguments, "seq")
    command = [sys.executable, "-m", "etl", "rollback", "--json"]
    seq = arguments.get("seq")
    if seq is None:
        return command
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
        raise InputError("A snapshot is named by its number.", "The list of snapshots shows them.")
    return [*command, f"--to={seq}"]


KIND = JobKind("rollback", "snapshots:rollback", "Go back to an earlier snapshot", _command, is_shared=True)
