"""Small verbs, small rooms: caps on functions and modules (style.md: median 8, cap 60; modules 300)."""

from __future__ import annotations

from statistics import median, quantiles

import pytest

from tests.house.code import ROOT, functions, python_files

FUNCTION_CAP_LINES = 60
MODULE_CAP_LINES = 300
MEDIAN_LINES = 8
P90_LINES = 30


@pytest.mark.slow
def test_no_function_is_longer_than_the_cap() -> None:
    too_long = [f"{f.file}:{f.name} has {f.lines} lines" for f in functions() if f.lines > FUNCTION_CAP_LINES]
    assert not too_long


def test_no_module_is_longer_than_the_cap() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in python_files()}
    assert not {name: length for name, length in lengths.items() if length > MODULE_CAP_LINES}


@pytest.mark.slow
def test_the_usual_function_is_small() -> None:
    lengths = [f.lines for f in functions()]
    assert median(lengths) <= MEDIAN_LINES
    assert quantiles(lengths, n=10)[-1] <= P90_LINES
