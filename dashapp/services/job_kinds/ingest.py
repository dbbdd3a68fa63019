"""Load what a program pushed: rows of one entity, added to what is there and corrected by key."""

from __future__ import annotations

import re
import sys
from typing import Any

from dashapp.errors import InputError
from dashapp.services.job_kind import JobKind, only
from dashapp.services.job_kinds.refresh import STEPS
from dashapp.services.pushes import folder
from dashapp.settings import Settings

NAME = re.compile(r"[0-9a-f]{32}\.jsonl")


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """`entity`; `file`, a name of ours in `inbox/pushed`; `sha256` of it; `timezone` where times carry an offset."""
    only(arguments, "entity", "file", "sha256", "timezone")
    entity, name, zone = (str(arguments.get(key, "")) for key in ("entity", "file", "timezone"))
    if not re.fullmatch(r"[a-z_]{1,40}", entity):
        raise InputError("That is not the name of an entity.", "For example order_lines.")
    path = folder(settings) / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise InputError("What was pushed is no longer there.", "Push it again.")
    if not re.fullmatch(r"[A-Za-z0-9_+/-]{0,64}", zone):
        raise InputError("That is not the name of a time zone.", "Write it like Europe/London.")
    given = {"entity": entity, "timezone": zone, "shop": settings.shop_name, "currency": settings.currency}
    options = [f"--option={key}={value}" for key, value in given.items() if value]
    return [sys.executable, "-m", "etl", "refresh", "--json", "--source=pushed", f"--path={path}", "--append", *options]


KIND = JobKind("ingest", "ingest:push", "Load pushed rows", _command, STEPS, is_shared=True)
