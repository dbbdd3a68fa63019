"""Stands between the worker and the process of a job, so that no job outlives its worker.

The worker starts `python -m dashapp.services.guard <command>` in a process group of its own and holds the other end of
its standard input. Whatever ends the worker, kill -9 included, closes that pipe; the guard then kills the whole group.
A pipe instead of PR_SET_PDEATHSIG: it works on every POSIX system, reaches the children of the job too, and needs no
code between fork and exec. SIGTERM goes to the whole group; the guard lets it pass and waits for the job to tidy up.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading

LIMITS = "--limits="
"Begins an argument before the command: bytes of address space and seconds of processor time; 0: no limit."


def main(command: list[str]) -> int:
    """Run the command, within its limits; its exit code, or 128 + signal as a shell reports it."""
    if command[0].startswith(LIMITS):
        memory_bytes, cpu_seconds = command.pop(0).removeprefix(LIMITS).split(",")
        _limit(resource.RLIMIT_AS, int(memory_bytes))
        _limit(resource.RLIMIT_CPU, int(cpu_seconds))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        threading.Thread(target=_die_with_worker, daemon=True).start()
        code = child.wait()
    return code if code >= 0 else 128 - code


def _limit(what: int, most: int) -> None:
    """What the command and everything it starts inherit; a tighter limit from outside stays."""
    _, hard = resource.getrlimit(what)
    if most and (hard == resource.RLIM_INFINITY or most < hard):
        resource.setrlimit(what, (most, hard))


def _die_with_worker() -> None:
    if not os.read(sys.stdin.fileno(), 1):
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
