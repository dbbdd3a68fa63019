"""Which encoding a text file has: proved by its bytes, or asked with words of the file in each that fits."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from etl.profile.question import Option, Question
from etl.source import DeliveredFile, Reading
from etl.textfile import BYTE_ORDER_MARKS, chunks, refuse_other_formats

LABELS = {"cp1252": "Western European, Windows", "latin-1": "Western European, ISO 8859-1"}
"Encodings of one byte per character: every one fits almost any bytes, so only a reader can tell."
WORDS = 5
ENOUGH_WORDS = 1 << 16
WORD = re.compile(rb"[^\s,;|\"]*[\x80-\xff][^\s,;|\"]*")


@dataclass(frozen=True)
class Encoding:
    name: str
    "The proved one, else the first that is possible."
    possible: tuple[str, ...]
    question: Question | None = None


def detect(path: Path, known: str = "") -> Encoding:
    """The encoding of the text file. `known` is the one a mapping names. Raises SourceError on what is no text."""
    head = _head(path)
    mark = next((name for start, name in BYTE_ORDER_MARKS.items() if head.startswith(start)), "")
    refuse_other_formats(DeliveredFile("", path, {}, Reading(encoding=known or mark or "utf-8")))
    if known or mark:
        return Encoding(known or mark, (known or mark,))
    foreign = _words_beyond_utf8(path)
    if not foreign:
        name = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
        return Encoding(name, (name,))
    return _asked(foreign)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4)


def _words_beyond_utf8(path: Path) -> list[bytes]:
    """Words with bytes beyond ASCII, in order; none when the file is UTF-8."""
    words: dict[bytes, None] = {}
    if _is_utf8(path):
        return []
    for chunk in chunks(path):
        # Line by line: over whole chunks of plain text the pattern takes a second for every eight megabytes.
        for line in () if chunk.isascii() else chunk.splitlines():
            if not line.isascii():
                words |= dict.fromkeys(WORD.findall(line))
        if len(words) >= ENOUGH_WORDS:
            break
    return list(words)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks(path):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _asked(words: list[bytes]) -> Encoding:
    fitting: dict[str, list[str]] = {}
    for name in LABELS:
        texts = _read(words, name)
        # Read alike, two encodings are one answer.
        if texts and texts not in fitting.values():
            fitting[name] = texts
    differing = [n for n in range(len(words)) if len({texts[n] for texts in fitting.values()}) > 1]
    shown = (differing or list(range(len(words))))[:WORDS]
    options = tuple(
        Option(name, f"{LABELS[name]} ({name})", _shown([texts[n] for n in shown]), {"encoding": name})
        for name, texts in fitting.items()
    )
    first = options[0]
    sentence = (
        f"The file is not UTF-8. Read as {first.value} it holds words like {first.example}: is that right?"
        if len(options) == 1
        else "The file is not UTF-8. In which of these are its words written correctly?"
    )
    return Encoding(first.value, tuple(fitting), Question("encoding", "", sentence, options))


def _read(words: list[bytes], name: str) -> list[str] | None:
    """The words; None where a byte has no meaning in the encoding."""
    try:
        return [word.decode(name) for word in words]
    except UnicodeDecodeError:
        return None


def _shown(words: list[str]) -> str:
    """The words, with a box for characters nobody could see."""
    return ", ".join("".join(c if c.isprintable() else "\N{WHITE SQUARE}" for c in word) for word in words)
