"""The scorecard answers 42 points once each, adds up, and names tests that exist."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.house.code import ROOT, tree

SCORECARD = (ROOT / "docs" / "scorecard.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in SCORECARD.splitlines()
    if re.match(r"\| *\d+ *\|", line)
]
"Number, point, points, how it is there, the tests."
POINTS = {int(row[0]): int(row[2]) for row in ROWS}
LISTED = {int(number) for number in re.findall(r"^- (\d+): ", SCORECARD, re.MULTILINE)}


@cache
def _functions(path: str) -> set[str]:
    parsed = tree(ROOT / path)
    return {node.name for node in ast.walk(parsed) if isinstance(node, ast.FunctionDef)}


def test_each_of_the_points_is_answered_once() -> None:
    assert {len(row) for row in ROWS} == {5}
    assert [int(row[0]) for row in ROWS] == list(range(1, 43))


def test_the_total_is_the_sum_of_the_points() -> None:
    assert set(POINTS.values()) <= {0, 1, 2}
    total, full, part, none = map(
        int,
        re.search(  # type: ignore[union-attr]
            r"\*\*Total: (\d+) of 84\.\*\* (\d+) points in full, (\d+) in part, (\d+) not", SCORECARD
        ).groups(),
    )
    assert total == sum(POINTS.values())
    assert Counter(POINTS.values()) == {2: full, 1: part, 0: none}


def test_what_is_missing_is_said_in_its_row_and_at_the_end() -> None:
    incomplete = {number for number, points in POINTS.items() if points < 2}
    assert incomplete == {int(row[0]) for row in ROWS if "**Missing" in row[3]}
    absent = re.search(r"^Not there at all: (.*)$", SCORECARD, re.MULTILINE)
    assert absent
    assert {int(number) for number in re.findall(r"\((\d+)\)", absent.group(1))} == incomplete - LISTED
    assert incomplete - LISTED == {number for number, points in POINTS.items() if points == 0}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_tests_of_a_point_exist(row: list[str]) -> None:
    cited = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row[4])
    assert row[4] == (", ".join(f"`{path}::{name}`" for path, name in cited) or "none")
    assert cited or int(row[2]) < 2, "a point in full names the test that shows it"
    assert not [name for path, name in cited if name not in _functions(path)]
