"""Every published or independently computed figure of the reference file is read by a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WORDS = {"_note", "status", "time_unit"}
"Say what the figures are."


def figures(table: Mapping[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    """The keys to each figure; those of a table that holds nothing but figures once, as it is compared whole."""
    inner = {key: value for key, value in table.items() if key not in WORDS}
    if len(path) > 1 and not any(isinstance(value, dict) for value in inner.values()):
        yield path
        return
    for key, value in inner.items():
        if isinstance(value, dict):
            yield from figures(value, *path, key)
        else:
            yield *path, key


def named(file: Path) -> set[str]:
    """Every string of a test module."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def unread(reference: Mapping[str, Any]) -> list[str]:
    """Figures of which no test module names every key on the way."""
    modules = [named(file) for file in HERE.glob("test_*.py")]
    return ["/".join(path) for path in figures(reference) if not any(words.issuperset(path) for words in modules)]


def test_a_figure_that_no_test_reads_is_found():
    made_up = "of this test " * 2  # nowhere written as it will be read
    known = {"n": 11104, "status": "P", "params": {"alpha": 1.2}}
    assert unread({"donations_bgbb": known}) == []
    assert unread({"donations_bgbb": known | {made_up: 1}}) == [f"donations_bgbb/{made_up}"]
    assert unread({made_up: known}) == [f"{made_up}/n", f"{made_up}/params"]


def test_every_figure_of_the_reference_file_is_read_by_a_test(reference):
    assert unread(reference) == []
