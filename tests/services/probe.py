"""A kind of job whose process does what the test says, and a worker process that knows it.

`python -m tests.services.probe` is `python -m dashapp worker` with this one kind more.
"""

from __future__ import annotations

import sys
from typing import Any

from dashapp.__main__ import main
from dashapp.services.job_kind import JobKind, kinds
from dashapp.settings import Settings

PREAMBLE = """
import json, os, signal, subprocess, sys, time
def say(event, **values): print(json.dumps({"event": event, **values}), flush=True)
"""


def _command(arguments: dict[str, Any], settings: Settings) -> list[str]:
    return [sys.executable, "-c", PREAMBLE + arguments["code"]]


PROBE = JobKind("probe", "refresh:run", "Probe", _command, ("load", "publish"))

if __name__ == "__main__":
    kinds()[PROBE.name] = PROBE
    sys.argv[1:] = ["worker"]
    sys.exit(main())
