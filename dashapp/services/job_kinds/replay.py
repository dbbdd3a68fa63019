"""Read the rejected rows of a batch again under a corrected mapping, and publish those that count now."""

from __future__ import annotations

import re
import sys
from typing import Any

from dashapp.errors import InputError
from dashapp.services.job_kind import JobKind, only
from dashapp.services.job_kinds.refresh import STEPS
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`batch`, the id of a batch; `mapping`, the name of a mapping that is kept: a browser names no files."""
    only(arguments, "batch", "mapping")
    batch, mapping = arguments.get("batch"), arguments.get("mapping")
    if not isinstance(batch, str) or not re.fullmatch(r"[0-9a-f]{16}", batch):
        raise InputError("That is not the id of a batch.", "`python -m etl deliveries` lists them.")
    if not isinstance(mapping, str) or not re.fullmatch(r"[a-z0-9_][a-z0-9_-]{0,39}", mapping):
        raise InputError("That is not the name of a mapping.", "Choose one that is kept.")
    if not (settings.data_dir / "mappings" / f"{mapping}.yaml").is_file():
        raise InputError(f"There is no mapping called {mapping}.", "Choose another, or make it first.")
    return [sys.executable, "-m", "etl", "replay", batch, f"--mapping={mapping}", "--json"]


KIND = JobKind("replay", "refresh:run", "Read rejected rows again", _command, STEPS, is_shared=True)
