"""What the bytes of a text file tell before rows are read: is it UTF-8, how many lines, where do blanks stand.

A physical line ends with LF, CRLF or a lone CR. Each byte is read once: whoever also needs a hash or a copy of the file
has both made on a second thread meanwhile.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHUNK = 1 << 20
"""Small enough for a cache, as each is looked at several times; large enough to be worth handing over."""
AHEAD = 16
"""Chunks that may wait for their hash."""
LINE_FEED, RETURN, BLANK, QUOTE = b'\n\r "'
LAST_OF_BYTE_ORDER_MARK = 0xBF


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes tells."""

    physical_lines: int
    blank_lines: int
    simple_line_ends: bool
    """Every line ends the same way and no CR stands alone."""
    blanks_only: bool
    """White space within lines is blanks: no tab, no no-break space."""
    closing: frozenset[int]
    """The bytes that lines end with, and perhaps a few more."""
    beside_blanks: frozenset[int]
    """The bytes before and after blanks; at an end of the file a line feed."""
    fault: tuple[int, int] | None
    """Place and value of a byte that is a NUL or no UTF-8."""

    def padded(self, delimiter: str) -> bool:
        """Whether a blank stands beside a delimiter (one byte), a quotation mark, a line end or an end of the file.

        A value can begin or end with a blank only there; a blank at a quotation mark within a value counts as well.
        """
        edges = {LINE_FEED, RETURN, QUOTE, LAST_OF_BYTE_ORDER_MARK, ord(delimiter)}
        return not edges.isdisjoint(self.beside_blanks)


@dataclass(frozen=True)
class Seen:
    """A file whose bytes were read once."""

    path: Path
    """Where these very bytes lie: the file, or the copy that was made of them."""
    sha256: str
    scan: Scan
    stamp: tuple[int, int, int]
    """Of the file before it was read."""


def stamp(path: Path) -> tuple[int, int, int]:
    """What is another number once somebody has written to the file: its size, its time (ns), its place on the disk."""
    known = path.stat()
    return known.st_size, known.st_mtime_ns, known.st_ino


def see(path: Path, copy: Path | None = None) -> Seen:
    """Scan and SHA-256 of a file. copy: a new file for the very bytes that were scanned and hashed."""
    before, digest = stamp(path), hashlib.sha256()
    opened = os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") if copy else nullcontext()
    with opened as kept, ThreadPoolExecutor(1) as beside:

        def take(chunk: bytes) -> None:
            digest.update(chunk)
            if kept:
                kept.write(chunk)

        waiting = deque[Future[None]]()

        def hand_over(chunk: bytes) -> None:
            waiting.append(beside.submit(take, chunk))
            if len(waiting) > AHEAD:
                waiting.popleft().result()

        found = scan(path, hand_over)
        for taken in waiting:
            taken.result()
    return Seen(copy or path, digest.hexdigest(), found, before)


def scan(path: Path, take: Callable[[bytes], None] | None = None) -> Scan:
    """Looks at a text without reading rows. take: is given every chunk before it is looked at."""
    scanner = _Scanner()
    for chunk in chunks(path):
        if take:
            take(chunk)
        scanner.add(chunk)
    return scanner.result()


def chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with LF (the last may not), so that no CRLF or character is cut."""
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece + stream.readline()


class _Scanner:
    """Adds up what chunks tell."""

    def __init__(self) -> None:
        self.offset = self.feeds = self.pairs = self.returns = self.blank_lines = 0
        self.last, self.blanks_only = b"", True
        self.fault: tuple[int, int] | None = None
        self.closing, self.beside_blanks = np.zeros(256, bool), np.zeros(256, bool)

    def add(self, chunk: bytes) -> None:
        """chunk: the next one; it ends with LF unless it is the last."""
        plain = chunk.isascii()
        self.fault = self.fault or _fault(chunk, plain, self.offset)
        letters = np.frombuffer(chunk, np.uint8)
        self._lines(chunk, letters)
        self._blanks(chunk, letters)
        self.blanks_only = self.blanks_only and b"\t" not in chunk and (plain or b"\xc2\xa0" not in chunk)
        self.offset += len(chunk)
        self.last = chunk[-1:]

    def _lines(self, chunk: bytes, letters: np.ndarray) -> None:
        fed = np.flatnonzero(letters == LINE_FEED)
        before = letters[fed - 1]
        self.feeds += len(fed)
        if b"\r" in chunk:
            self.returns += chunk.count(b"\r")
            self.pairs += chunk.count(b"\r\n")
            self.blank_lines += _blank_lines(chunk)
            self.closing[letters[np.flatnonzero(letters == RETURN) - 1]] = True
        else:
            # A chunk starts with a line, so a feed at its start is a blank one, whatever stands at its end.
            first = chunk[0] == LINE_FEED
            self.blank_lines += first + int(np.count_nonzero(before[int(first) :] == LINE_FEED))
        self.closing[before] = True

    def _blanks(self, chunk: bytes, letters: np.ndarray) -> None:
        blanks = np.flatnonzero(letters == BLANK)
        if chunk[0] == BLANK or chunk[-1] == BLANK:  # a chunk starts with a line, and only the last ends with a blank
            self.beside_blanks[LINE_FEED] = True
        self.beside_blanks[letters[blanks - 1]] = True
        self.beside_blanks[letters[blanks[: -1 if chunk[-1] == BLANK else None] + 1]] = True

    def result(self) -> Scan:
        unfinished = self.last not in (b"\n", b"\r")
        lines = self.feeds + self.returns - self.pairs + unfinished
        simple = self.returns == self.pairs and self.pairs in (0, self.feeds)
        closing = frozenset(np.flatnonzero(self.closing).tolist()) | {*self.last}
        beside = frozenset(np.flatnonzero(self.beside_blanks).tolist())
        return Scan(lines, self.blank_lines, simple, self.blanks_only, closing, beside, self.fault)


def _fault(chunk: bytes, plain: bool, offset: int) -> tuple[int, int] | None:
    if b"\0" in chunk:
        return offset + chunk.index(0), 0
    try:
        if not plain:
            chunk.decode()  # a chunk ends with a line or with the file: no character goes on in the next
    except UnicodeDecodeError as error:
        return offset + error.start, chunk[error.start]
    return None


def _blank_lines(chunk: bytes) -> int:
    starts = chunk.startswith((b"\n", b"\r"))
    if not starts and b"\n\n" not in chunk and b"\n\r" not in chunk and b"\r\r" not in chunk:
        return 0
    return sum(not line for line in chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1])
