"""How good the data is, in one share per dimension: pure arithmetic over what the rules found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checked:
    """How one rule went, as far as a score needs it."""

    dimension: str
    passed: bool
    offending_rows: int
    checked_rows: int


@dataclass(frozen=True, slots=True)
class Score:
    """One dimension in one run."""

    share: float
    "0 to 1: the mean over its rules of the share of checked rows that comply."
    rules: int
    failed: int


def compliance(offending_rows: int, checked_rows: int) -> float:
    """The share of rows that comply; nothing checked and nothing found is full compliance.

    >>> compliance(25, 100), compliance(0, 0), compliance(3, 1)
    (0.75, 1.0, 0.0)
    """
    if offending_rows == 0:
        return 1.0
    return max(0.0, 1 - offending_rows / max(checked_rows, 1))


def scores(results: Iterable[Checked]) -> dict[str, Score]:
    """The score of every dimension that has a rule, by name.

    >>> scores([Checked("validity", True, 0, 10), Checked("validity", False, 5, 10)])
    {'validity': Score(share=0.75, rules=2, failed=1)}
    """
    found: dict[str, list[Checked]] = defaultdict(list)
    for result in results:
        found[result.dimension].append(result)
    return {name: _score(found[name]) for name in sorted(found)}


def _score(results: list[Checked]) -> Score:
    shares = [compliance(result.offending_rows, result.checked_rows) for result in results]
    return Score(sum(shares) / len(shares), len(results), sum(not result.passed for result in results))
