"""The process of a job, as the worker holds it: start, read its lines without blocking, stop, never leave it behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from dashapp.services.guard import LIMITS

ROOT = Path(__file__).resolve().parents[2]
CHUNK_BYTES, LINE_BYTES = 65_536, 1_000_000
SILENT_SECONDS, REST_SECONDS = 0.1, 5.0


class Child:
    """A running command under its guard."""

    def __init__(
        self, command: list[str], environment: Mapping[str, str], memory_mb: int = 0, cpu_minutes: float = 0
    ) -> None:
        """memory_mb: address space each process may take; cpu_minutes: its processor time; 0: no limit."""
        limits = f"{LIMITS}{memory_mb * 1_000_000},{int(cpu_minutes * 60)}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dashapp.services.guard", limits, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_importable(environment),
            start_new_session=True,
        )
        self._selector = selectors.DefaultSelector()
        self._rest: dict[str, bytes] = {}
        for name, pipe in (("out", self._process.stdout), ("err", self._process.stderr)):
            self._listen(name, pipe)

    def read(self, timeout_seconds: float) -> list[tuple[str, str]]:
        """What was said meanwhile: (`out` or `err`, line). Waits no longer than the timeout."""
        if not self._selector.get_map():
            time.sleep(min(timeout_seconds, SILENT_SECONDS))
            return []
        ready = self._selector.select(timeout_seconds)
        return [line for key, _ in ready for line in self._take(key)]

    def ended(self) -> bool:
        """Whether the job has ended. What it started and left behind is killed then."""
        if self._process.returncode is None:
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if os.waitid(os.P_PID, self._process.pid, flags) is None:
                return False
            self.signal(signal.SIGKILL)  # before it is reaped, while the group's number cannot be another's
            self._process.wait()
        return True

    def rest(self) -> list[tuple[str, str]]:
        """The last lines, once the job has ended. Not for ever: a process that left the group may hold the pipe."""
        lines, deadline = [], time.monotonic() + REST_SECONDS
        while self._selector.get_map() and time.monotonic() < deadline:
            lines += self.read(SILENT_SECONDS)
        return lines

    def signal(self, number: int) -> None:
        """Send a signal to the job and everything it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def close(self) -> int:
        """Leave nothing behind, whatever happened. Returns the exit code: 128 + signal for a killed job."""
        if self._process.returncode is None:
            self.signal(signal.SIGKILL)
        code = self._process.wait()
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()
        return code if code >= 0 else 128 - code

    def _listen(self, name: str, pipe: IO[bytes] | None) -> None:
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
        self._selector.register(pipe, selectors.EVENT_READ, name)
        self._rest[name] = b""

    def _take(self, key: selectors.SelectorKey) -> list[tuple[str, str]]:
        chunk = os.read(key.fd, CHUNK_BYTES)
        name = key.data
        *whole, rest = (self._rest[name] + chunk).split(b"\n")
        if not chunk or len(rest) > LINE_BYTES:
            whole, rest = [*whole, rest], b""
        if not chunk:
            self._selector.unregister(key.fileobj)
        self._rest[name] = rest
        return [(name, line.decode("utf-8", "replace")) for line in whole if line.strip()]


def _importable(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which `-m dashapp` and `-m etl` are found from any folder."""
    paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}
