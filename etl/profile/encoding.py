"""Which encoding a text file has: proved by its bytes, or asked with words of the file in each that fits."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from etl.profile.question import Option, Question
from etl.scan import chunks
from etl.source import DeliveredFile, Reading
from etl.textfile import BYTE_ORDER_MARKS, refuse_other_formats

LABELS = {
    "cp1252": "Western European, Windows",
    "latin-1": "Western European, ISO 8859-1",
    "cp1250": "Central European, Windows",
    "cp1251": "Cyrillic, Windows",
    "mac_roman": "Western European, Macintosh",
    "cp932": "Japanese, Shift_JIS",
    "gb18030": "Chinese, GB 18030",
    "big5": "Chinese, Big5",
}
"Encodings that a file does not tell: several fit almost any bytes, so only a reader can say which."
SCRIPTS = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "HALFWIDTH": "CJK", "FULLWIDTH": "CJK"}
"First word of a character's name -> script; the others are their own."
ODD = 0.5
"An encoding in which more than this share of the words cannot be words is not offered."
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
    readings = {name: texts for name in LABELS if (texts := _read(words, name))}
    likely = {name: texts for name, texts in readings.items() if _odd_share(texts) <= ODD} or readings
    fitting: dict[str, list[str]] = {}
    for name, texts in sorted(likely.items(), key=lambda item: _odd_share(item[1])):
        # Read alike, two encodings are one answer.
        if texts not in fitting.values():
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


def _odd_share(texts: list[str]) -> float:
    """Share of the words that mix scripts or have a sign where a letter belongs."""
    return sum(map(_is_odd, texts)) / len(texts)


def _is_odd(word: str) -> bool:
    foreign = [character for character in word if not character.isascii()]
    if not all(character.isalpha() or unicodedata.category(character) in ("Mn", "Sc") for character in foreign):
        return True
    scripts = {_script(character) for character in word if character.isalpha()}
    beside = any(map(_jars, word, word[1:]))
    return beside or (len(scripts) > 1 and "CJK" not in scripts)


def _jars(one: str, other: str) -> bool:
    """Whether two characters hardly follow each other in a word: a capital after a small letter, Chinese beside one.

    >>> _jars("r", "Ë"), _jars("鋝", "e"), _jars("ä", "s")
    (True, True, False)
    """
    if one.islower() and other.isupper() and not other.isascii():
        return True
    small, foreign = sorted((one, other))
    return small.isascii() and small.islower() and foreign.isalpha() and _script(foreign) == "CJK"


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "NONE").partition(" ")[0]
    return SCRIPTS.get(first, first)


def _shown(words: list[str]) -> str:
    """The words, with a box for characters nobody could see."""
    return ", ".join("".join(c if c.isprintable() else "\N{WHITE SQUARE}" for c in word) for word in words)
