"""Look at an uploaded file: what it holds, how its columns could be read, what only a person can say."""

from __future__ import annotations

from typing import Any

from dashapp.services.import_arguments import check_owner, etl_command, mapping_name, uploaded
from dashapp.services.job_kind import JobKind, only
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`upload`, an id; `mapping_name`, a kept mapping to read it with. Only the first is needed."""
    only(arguments, "upload", "mapping_name")
    words = [f"--path={uploaded(arguments, settings)}"]
    if arguments.get("mapping_name") is not None:
        words.append(f"--mapping={mapping_name(arguments, settings)}")
    return etl_command("profile", *words)


KIND = JobKind("profile", "refresh:run", "Look at an uploaded file", _command, check=check_owner)
