"""What one snapshot was asked already: a snapshot never changes, so neither does an answer.

Of a redraw after another period half of the questions are the ones before, and whoever goes back to a view asks nothing
new at all. The oldest answers make room; large ones are not kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

MOST = 2048
"A reader who goes once through the ranges, comparisons and bases of one page leaves some 630 answers and charts."
LARGEST_CELLS = 20_000
"Of a frame; those of a page have some thousand cells."
MOST_CELLS = 512 * LARGEST_CELLS
"Of all frames: some 80 MB."
Answer = TypeVar("Answer")


class Memory:
    """The newest `most` answers by what was asked; safe to share between threads. 0 keeps nothing."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._cells = 0

    def answer(self, asked: Hashable, find: Callable[[], Answer]) -> Answer:
        """The kept answer, or what `find` finds. Two threads that ask at once may both look; failures are not kept."""
        with self._lock:
            if asked in self._kept:
                self._kept.move_to_end(asked)
                known: Answer = self._kept[asked]
                return known
        found = find()
        if _cells(found) <= LARGEST_CELLS:
            with self._lock:
                self._keep(asked, found)
        return found

    def _keep(self, asked: Hashable, found: Any) -> None:
        self._cells += _cells(found) - _cells(self._kept.get(asked))
        self._kept[asked] = found
        while len(self._kept) > self._most or self._cells > MOST_CELLS:
            self._cells -= _cells(self._kept.popitem(last=False)[1])


def _cells(answer: Any) -> int:
    return getattr(answer, "size", 0)
