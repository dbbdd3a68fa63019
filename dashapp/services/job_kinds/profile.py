"""Look at an uploaded file: what it holds, how its columns could be read, what only a person can say."""

from __future__ import annotations

from typing import Any

from dashapp.services.import_arguments import check_owner, etl_command, known, uploaded
from dashapp.services.job_kind import JobKind, only
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`upload`; `mapping` or `mapping_name`, what is known already; `entity`. Only the first is needed."""
    only(arguments, "upload", "mapping", "mapping_name", "entity")
    return etl_command("profile", f"--path={uploaded(arguments, settings)}", *known(arguments, settings))


KIND = JobKind("profile", "refresh:run", "Look at an uploaded file", _command, check=check_owner)
