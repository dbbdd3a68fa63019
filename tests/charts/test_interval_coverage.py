"""The coverage of intervals says in words where a promise was broken, and how little is known."""

from __future__ import annotations

import pandas as pd
import pytest

from dashapp.charts.interval_coverage import _summary


def frame(fewest: float, windows: int, ratio: float | None = 1.25) -> pd.DataFrame:
    """Everybody, at one level."""
    return pd.DataFrame({
        "level": [0.9], "decile": [0], "customers": [500], "covered": [0.93], "width": [4.0], "fewest": [fewest],
        "windows": [windows], "width_ratio": [ratio],
    })  # fmt: skip


@pytest.mark.parametrize(("fewest", "is_broken"), [(0.87, True), (0.885, False), (0.91, False)])
def test_a_cut_off_that_fell_short_is_named_as_a_broken_promise(fewest: float, is_broken: bool):
    said = _summary(frame(fewest, 8))
    assert ("At that cut-off the 90\u00a0% promise was not kept." in said) is is_broken
    assert f"held 93.0\u00a0%, at the worst cut-off {100 * fewest:.1f}\u00a0%" in said


@pytest.mark.parametrize(
    ("windows", "words"),
    [(0, "by what is presumed of any shop"), (1, "by one earlier window;"), (5, "by 5 earlier windows;")],
)
def test_how_much_is_known_is_said(windows: int, words: str):
    said = _summary(frame(0.9, windows))
    assert f"Intervals are widened {words}" in said
    assert said.endswith("on average they are 1.25 times as wide as the model gives them.")
    assert "times" not in _summary(frame(0.9, windows, None))
