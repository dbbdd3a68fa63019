"""What the process of a job says, understood: JSON lines on standard output become progress, log and ending."""

from __future__ import annotations

import json
import signal
from typing import Any

from dashapp.store.jobs import Ending, Progress

TIME_IS_UP = 128 + signal.SIGXCPU
NO_MEMORY = ("MemoryError", "std::bad_alloc", "Cannot allocate memory", "cannot allocate memory", "out of memory")
"How a process says on its way out that it was refused memory."
_RAISE = "Nothing was published. Load a smaller file, or let the administrator raise the setting {}."
LINES_LIMIT, LINE_LIMIT = 5_000, 2_000


class Report:
    """Everything a job has said so far."""

    def __init__(self, steps: tuple[str, ...] = ()) -> None:
        """`steps` as in JobKind."""
        self.progress = Progress(0.0, "", "")
        self._steps = steps
        self._last: dict[str, Any] = {}
        self._fresh: list[str] = []
        self._written = 0
        self._needed_memory = False

    def take(self, said: list[tuple[str, str]]) -> None:
        """Hear some lines."""
        for stream, line in said:
            event = _event(line) if stream == "out" else None
            if event is None:
                self._needed_memory |= stream == "err" and any(words in line for words in NO_MEMORY)
                self._write(line)
            else:
                self._hear(event)

    def fresh_lines(self) -> tuple[int, list[str]]:
        """Log lines that are not kept yet, with the number of the first."""
        return self._written + 1, list(self._fresh)

    def kept(self, count: int) -> None:
        """The first `count` of them have been written down."""
        self._written, self._fresh = self._written + count, self._fresh[count:]

    def ending(self, exit_code: int) -> Ending:
        """How a job ended that nobody stopped."""
        kind = self._last.get("event")
        if kind == "done" and exit_code == 0:
            result = {name: value for name, value in self._last.items() if name != "event"}
            return Ending("done", str(self._last.get("message") or "Done."), result=result)
        if kind == "error":
            told: dict[str, Any] = {name: self._last[name] for name in ("rejects", "run") if name in self._last}
            return Ending("failed", str(self._last.get("message", "")), str(self._last.get("hint", "")), told or None)
        if exit_code == TIME_IS_UP:
            return Ending(
                "failed", "The job took more processor time than a job may.", _RAISE.format("job_cpu_minutes")
            )
        if self._needed_memory:
            return Ending("failed", "The job needed more memory than a job may take.", _RAISE.format("job_memory_mb"))
        if exit_code == 137:
            return Ending("failed", "The job was killed.", "The machine may have run out of memory.")
        return Ending("failed", f"The job ended without a result (exit code {exit_code}).", "Its log says more.")

    def _hear(self, event: dict[str, Any]) -> None:
        name, message = event.get("event"), str(event.get("message", ""))
        if name == "step":
            step = str(event.get("step", ""))
            self.progress = Progress(self._overall(step, event.get("fraction")), step, message)
            self._write(f"{step}: {message}" if message else "")
        elif name == "note":
            self._write(message)
        elif name in ("done", "error"):
            self._last = event

    def _overall(self, step: str, fraction: Any) -> float:
        """The fraction of the whole, which never goes back."""
        part = min(max(float(fraction), 0.0), 1.0) if isinstance(fraction, int | float) else 0.0
        if step in self._steps:
            part = (self._steps.index(step) + part) / len(self._steps)
        return max(self.progress.fraction, part)

    def _write(self, line: str) -> None:
        text = "".join(character for character in line[:LINE_LIMIT] if character.isprintable() or character == "\t")
        room = LINES_LIMIT - self._written - len(self._fresh)
        if text and room > 0:
            self._fresh.append(text if room > 1 else "The log is full; what follows is not kept.")


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
