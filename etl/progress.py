"""How a refresh tells where it is: rich lines for a person, one JSON object per line for the worker and for pipes."""

from __future__ import annotations

import sys
from typing import Any, Protocol

import orjson
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar


class Progress(Protocol):
    """What the steps may say."""

    def step(self, name: str, fraction: float, message: str = "") -> None:
        """`name` is load, transform, check, score, products or publish; `fraction` 0 to 1 of this step."""

    def note(self, message: str) -> None:
        """A sentence the operator should read."""


class Silent:
    """Says nothing: for tests and for steps inside other steps."""

    def step(self, name: str, fraction: float, message: str = "") -> None:
        pass

    def note(self, message: str) -> None:
        pass


class JsonLines:
    """One JSON object per line on standard output."""

    def step(self, name: str, fraction: float, message: str = "") -> None:
        self.emit("step", step=name, fraction=round(fraction, 4), message=message)

    def note(self, message: str) -> None:
        self.emit("note", message=message)

    def emit(self, event: str, **values: Any) -> None:
        line = orjson.dumps({"event": event, **values}, default=str)
        sys.stdout.write(line.decode() + "\n")
        sys.stdout.flush()


class Terminal:
    """One moving bar per step on standard error."""

    def __init__(self) -> None:
        self._bar = Bar(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[message]}"),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Terminal:
        self._bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.stop()

    def step(self, name: str, fraction: float, message: str = "") -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=1.0, message="")
        self._bar.update(self._tasks[name], completed=fraction, message=message)

    def note(self, message: str) -> None:
        self._bar.console.print(message)
