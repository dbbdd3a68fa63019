"""What a run did and for how long: hears the progress and passes it on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from etl.progress import Progress


@dataclass(slots=True)
class Span:
    """One step of a run."""

    name: str
    started: float
    "Seconds since the run began."
    ended: float
    message: str
    "What it said last."


class Timeline:
    """A Progress that keeps when each step began and ended. A step lasts until the next one speaks."""

    def __init__(self, listener: Progress, seconds: Callable[[], float] = time.monotonic) -> None:
        self._listener, self._seconds, self._began = listener, seconds, seconds()
        self._spans: list[Span] = []

    def step(self, name: str, fraction: float, message: str = "") -> None:
        now = self._close()
        if not self._spans or self._spans[-1].name != name:
            self._spans.append(Span(name, now, now, ""))
        self._spans[-1].message = message
        self._listener.step(name, fraction, message)

    def note(self, message: str) -> None:
        self._listener.note(message)

    def to_dict(self) -> dict[str, Any]:
        """`seconds` so far, and the `steps` in their order."""
        return {"seconds": self._close(), "steps": [asdict(span) for span in self._spans]}

    def _close(self) -> float:
        """The present, which is the end of the step that is running. Milliseconds are enough."""
        now = round(self._seconds() - self._began, 3)
        if self._spans:
            self._spans[-1].ended = now
        return now
