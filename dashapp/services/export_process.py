"""One large export in a process of its own: the order as its argument, progress as JSON lines, a file at the end.

Started by the worker for the job kind `export`. SIGTERM ends it cleanly: what was not finished is removed.
"""

from __future__ import annotations

import json
import signal
import sys
from datetime import datetime
from typing import Any

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import TenureError
from dashapp.services import export_files
from dashapp.services.access import Role
from dashapp.services.exports import CustomersFile, Request, most_rows
from dashapp.settings import Settings, load
from dashapp.store.snapshot import Snapshots

STOPPED = 143
"Exit code of a process that SIGTERM ended."


def main(order: str) -> int:
    """Make what the order says; the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))
    try:
        _say("done", **make(json.loads(order), load()))
    except TenureError as error:
        _say("error", message=error.message, hint=error.hint)
        return error.exit_code
    return 0


def make(order: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Write the workbook and keep it for its owner. Raises Gone when the snapshot is no longer kept."""
    file = _file(order, settings)
    name = file.name("xlsx")

    def written(rows: int) -> None:
        _say("step", step="write", fraction=0.95 * rows / max(file.rows, 1), message=f"{rows:,} of {file.rows:,} rows")

    with export_files.making(settings, order["owner"], order["file"], name) as path:
        file.write_xlsx(path, settings.folder("cache"), written)
    return {"message": f"{file.rows:,} rows in {name}.", "file": order["file"], "name": name, "rows": file.rows}


def _file(order: dict[str, Any], settings: Settings) -> CustomersFile:
    asked = Request(
        filters=Filters.from_query(order["filters"]),
        listing=Listing.from_query(order["listing"]),
        with_contact=order["contact"],
        asked_by=order["asked_by"],
        asked_at=datetime.fromisoformat(order["asked_at"]),
    )
    snapshot = Snapshots(settings).named(order["snapshot"])
    return CustomersFile(snapshot, asked, most_rows(Role(order["role"]), settings))


def _say(event: str, **told: Any) -> None:
    sys.stdout.write(json.dumps({"event": event} | told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
