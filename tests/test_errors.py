"""The error tree is what its drawing says, and every error teaches."""

from __future__ import annotations

import inspect
import re

from dashapp import errors


def _drawn() -> dict[str, int]:
    lines = [line for line in (errors.__doc__ or "").splitlines() if re.match(r"^[│├└─ ]*[A-Z]\w+ {2,}", line)]
    return {re.sub(r"^[│├└─ ]*", "", line).split()[0]: re.search(r"[A-Z]", line).start() for line in lines}  # type: ignore[union-attr]


def _classes() -> dict[str, type]:
    return {
        name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__
    }


def test_the_drawing_lists_every_error_and_no_other() -> None:
    assert set(_drawn()) == set(_classes())


def test_the_drawing_indents_as_the_classes_inherit() -> None:
    depth = {name: len(kind.__mro__) for name, kind in _classes().items()}
    base = depth["TenureError"]
    assert {name: column // 4 for name, column in _drawn().items()} == {n: d - base for n, d in depth.items()}


def test_an_error_reads_as_one_line() -> None:
    assert errors.SourceError("No file.", "Give a path.").sentence() == "No file. Give a path."


def test_a_busy_writer_exits_with_75() -> None:
    assert errors.WriterBusy("held").exit_code == 75
