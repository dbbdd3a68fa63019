"""One computation in a process of its own: order on standard input, answer into the result store.

Started by dashapp/services/computations.py as `python -m`; a fresh interpreter, never a fork of the web server, because
a forked DuckDB can hang.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import orjson

from dashapp import logs
from dashapp.errors import TenureError
from dashapp.services.computations import SHORT_LIVED_SECONDS, is_abandoned
from dashapp.settings import Settings
from dashapp.store.results import ResultStore, open_results

WATCH_SECONDS = 2.0
"How often the process asks whether anybody still waits."
PROGRESS_SECONDS = 0.2
"Progress is written no more often than this."


class Progress:
    """Tells the readers how far the work is."""

    def __init__(self, results: ResultStore, key: str) -> None:
        self._results = results
        self._name = f"progress/{key}"
        self._told_at = 0.0

    def step(self, name: str, fraction: float, message: str = "") -> None:
        """`fraction` of the whole, 0 to 1."""
        if fraction < 1 and time.monotonic() - self._told_at < PROGRESS_SECONDS:
            return
        self._told_at = time.monotonic()
        self._results.put(self._name, {"fraction": fraction, "step": message or name}, SHORT_LIVED_SECONDS)

    def note(self, message: str) -> None:
        logs.get_logger(__name__).info("computation note", message=message)


def main() -> int:
    """Run the order; 0 when its result is stored."""
    order = orjson.loads(sys.stdin.buffer.read())
    settings = Settings(**order["settings"])
    logs.configure(settings.log_format, settings.log_level)
    results = open_results(settings, bytes.fromhex(order["cache_key"]))
    _be_first_to_go()
    threading.Thread(target=_end_when_abandoned, args=(results, order["key"]), daemon=True).start()
    return _run(order, results, settings)


def _run(order: dict[str, Any], results: ResultStore, settings: Settings) -> int:
    key = order["key"]
    try:
        module, _, name = order["function"].partition(":")
        function = getattr(importlib.import_module(module), name)
        value = function(order["arguments"], Progress(results, key), settings)
    except TenureError as error:
        _keep_error(results, key, error.message, error.hint)
        return error.exit_code
    except Exception:  # noqa: BLE001 - whatever it is, the readers must hear of it
        logs.get_logger(__name__).exception("computation failed", job_id=key[:12])
        _keep_error(results, key, "The computation failed.", f"Tell an operator to look for {key[:12]} in the log.")
        return 1
    return 0 if results.put(f"result/{key}", {"value": value}) else 1


def _keep_error(results: ResultStore, key: str, message: str, hint: str) -> None:
    results.put(f"error/{key}", {"message": message, "hint": hint}, SHORT_LIVED_SECONDS)


def _end_when_abandoned(results: ResultStore, key: str) -> None:
    while not is_abandoned(results.get(f"job/{key}")):
        time.sleep(WATCH_SECONDS)
    os._exit(1)


def _be_first_to_go() -> None:
    """When memory runs out, Linux should end this process, not the web server."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    sys.exit(main())
