"""Rehearse the import of an uploaded file: what would be loaded, refused and changed. Nothing is published."""

from __future__ import annotations

from typing import Any

from dashapp.services.import_arguments import check_owner, etl_command, reading, rejects
from dashapp.services.job_kind import JobKind
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`upload`, and one of `mapping`, `mapping_name`, `source`; `append`; `entity`, for a file of that alone."""
    return etl_command("plan", *reading(arguments, settings), f"--rejects={rejects(arguments, settings)}")


STEPS = ("load", "transform", "check", "score")
KIND = JobKind("plan", "refresh:run", "Check an uploaded file", _command, STEPS, check_owner)
