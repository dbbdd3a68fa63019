"""Load an uploaded file and publish what follows."""

from __future__ import annotations

from typing import Any

from dashapp.services.import_arguments import check_owner, etl_command, reading
from dashapp.services.job_kind import JobKind
from dashapp.services.job_kinds.refresh import STEPS
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """As for the plan: what was checked is what is loaded."""
    return etl_command("refresh", *reading(arguments, settings))


KIND = JobKind("import", "refresh:run", "Import an uploaded file", _command, STEPS, check_owner, is_shared=True)
