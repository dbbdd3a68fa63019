"""Load a delivery, check it, score it, publish it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from dashapp.errors import InputError
from dashapp.services.job_kind import JobKind, only
from dashapp.settings import Settings


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`source`, a name; `path`, inside the inbox; `force`, build again although nothing changed. All optional."""
    only(arguments, "source", "path", "force")
    command = [sys.executable, "-m", "etl", "refresh", "--json"]
    if source := arguments.get("source"):
        command.append(f"--source={_name(source)}")
    if path := arguments.get("path"):
        command.append(f"--path={_inside(settings.folder('inbox'), path)}")
    return [*command, "--force"] if arguments.get("force") is True else command


def _name(source: Any) -> str:
    if not isinstance(source, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", source):
        raise InputError("That is not the name of a source.", "`python -m etl list` shows all of them.")
    return source


def _inside(inbox: Path, path: Any) -> Path:
    """The server's own files are none of the browser's business: only what lies in the inbox can be loaded."""
    found = (inbox / str(path)).resolve() if isinstance(path, str) and "\0" not in path else inbox.parent
    if not found.is_relative_to(inbox.resolve()) or not found.exists():
        raise InputError("There is no such file or folder in the inbox.", "Put the delivery into `inbox/` first.")
    return found


STEPS = ("load", "transform", "check", "score", "products", "publish")
KIND = JobKind("refresh", "refresh:run", "Load and publish data", _command, STEPS, is_shared=True)
