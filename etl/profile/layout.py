"""Where a row of a text file ends into fields, and whether its first line names them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dashapp.errors import SourceError
from etl.aligned import BLANKS
from etl.profile.aliases import is_known
from etl.profile.question import Option, Question
from etl.textfile import DELIMITERS, header_names

HEAD_CHARACTERS = 1 << 18
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", BLANKS: "blanks"}
DATA = re.compile(r"[+-]?[\d.,]*\d|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|[^@\s]+@[^@\s]+\.\w+")
"A number, a date or an address: no name of a column."


@dataclass(frozen=True)
class Layout:
    delimiter: str
    header: tuple[str, ...]
    "Names given to the columns of a file without a header line; empty where it has one."
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class _Cut:
    """The head of the file cut at one delimiter."""

    delimiter: str
    first: tuple[str, ...]
    width: int
    "Fields that most lines have."
    even: float
    "Share of lines with that many."

    @property
    def rank(self) -> tuple[float, ...]:
        known = sum(is_known(name) for name in self.first)
        return (self.width > 1 and len(self.first) == self.width, known, self.width > 1, round(self.even, 2))


def detect(path: Path, encoding: str, delimiter: str = "", mapped: frozenset[str] = frozenset()) -> Layout:
    """The layout of the text file. `mapped`: columns a mapping names, which prove a header. Raises SourceError."""
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        text = stream.read(HEAD_CHARACTERS).lstrip("\ufeff")
    cuts = [_cut(text, mark) for mark in ([delimiter] if delimiter else DELIMITERS)]
    best = max(cuts, key=lambda cut: cut.rank)
    if best.width < 2 and not delimiter and _is_table(blanks := _cut(text, BLANKS)):
        cuts, best = [blanks], blanks
    if not best.first:
        raise SourceError(f"{path.name} holds nothing but blank lines.", "Export it again; nothing was changed.")
    if best.width != len(best.first):
        raise SourceError(
            f"The first line of {path.name} has {len(best.first)} columns, most lines have {best.width}.",
            "Remove what stands above the names of the columns, or correct that line.",
        )
    equal = [cut for cut in cuts if cut.rank == best.rank and cut.width > 1]
    questions = (_which_delimiter(equal),) if len(equal) > 1 else ()
    if mapped & set(best.first) or not _is_data(best.first):
        return Layout(best.delimiter, (), questions)
    names = tuple(f"column {n + 1}" for n in range(best.width))
    return Layout(best.delimiter, names, (*questions, _first_line(best, names)))


def _cut(text: str, delimiter: str) -> _Cut:
    rows: list[list[str]] = []
    # What stands before a line that cannot be read is enough here: the load names the line.
    with suppress(csv.Error):
        physical = text.splitlines(keepends=True)
        cut = map(str.split, physical) if delimiter == BLANKS else csv.reader(physical, delimiter=delimiter)
        rows.extend(row for row in cut if row)
    # The last row may be cut in the middle.
    rows = rows[:-1] if len(text) >= HEAD_CHARACTERS else rows
    widths = Counter(map(len, rows))
    width, lines = widths.most_common(1)[0] if widths else (0, 0)
    return _Cut(delimiter, header_names(rows[0]) if rows else (), width, lines / max(1, len(rows)))


def _is_table(blanks: _Cut) -> bool:
    """Whether every line has the same number of words, and more of them than a name or a short sentence."""
    return blanks.width >= 3 and blanks.even == 1.0 and len(blanks.first) == blanks.width


def _is_data(first: tuple[str, ...]) -> bool:
    return not any(map(is_known, first)) and any(DATA.fullmatch(cell) for cell in first)


def _which_delimiter(cuts: list[_Cut]) -> Question:
    options = tuple(
        Option(
            cut.delimiter, NAMES.get(cut.delimiter, cut.delimiter), " / ".join(cut.first), {"delimiter": cut.delimiter}
        )
        for cut in cuts
    )
    return Question("delimiter", "", "What separates the columns?", options)


def _first_line(cut: _Cut, names: tuple[str, ...]) -> Question:
    line = " / ".join(cut.first)[:120]
    return Question(
        "header", "", "The first line looks like data. Does the file have no line with names of columns?",
        (
            Option("none", "It has none: the first line is data", line, {"header": list(names)}),
            Option("first", "The first line holds the names", line, {}),
        ),
    )  # fmt: skip
