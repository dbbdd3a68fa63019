"""Stands between the worker and the process of a job, so that no job outlives its worker.

The worker starts `python -m dashapp.services.guard <command>` in a process group of its own and holds the other end of
its standard input. Whatever ends the worker, kill -9 included, closes that pipe; the guard then kills the whole group.
A pipe instead of PR_SET_PDEATHSIG: it works on every POSIX system, reaches the children of the job too, and needs no
code between fork and exec. SIGTERM goes to the whole group; the guard lets it pass and waits for the job to tidy up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Run the command; its exit code, or 128 + signal as a shell reports it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        threading.Thread(target=_die_with_worker, daemon=True).start()
        code = child.wait()
    return code if code >= 0 else 128 - code


def _die_with_worker() -> None:
    if not os.read(sys.stdin.fileno(), 1):
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
