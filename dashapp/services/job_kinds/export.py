"""Make a workbook of more customers than a request should wait for."""

from __future__ import annotations

import json
import sys
from typing import Any

from sqlalchemy import Connection

from dashapp.errors import NotAllowed
from dashapp.services.access import Principal
from dashapp.services.customers import MAY_CONTACT
from dashapp.services.export_desk import KIND as NAME
from dashapp.services.job_kind import JobKind, only
from dashapp.settings import Settings

ARGUMENTS = ("owner", "role", "contact", "file", "snapshot", "filters", "listing", "asked_by", "asked_at")


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """What services/export_desk.py writes; `owner` and `contact` are checked against who asks."""
    only(arguments, *ARGUMENTS)
    return [sys.executable, "-m", "dashapp.services.export_process", json.dumps(arguments)]


def _check(connection: Connection, arguments: dict[str, Any], principal: Principal) -> None:
    """Raises NotAllowed for another's file, and for contacts that the reader may no longer see."""
    lost = arguments.get("contact") is not False and not principal.may(MAY_CONTACT)
    if arguments.get("owner") != principal.user_id or arguments.get("role") != principal.role.value or lost:
        raise NotAllowed("This file was asked for with other rights than you have now.", "Export it again.")


KIND = JobKind(NAME, "exports:run", "Export customers", _command, check=_check)
