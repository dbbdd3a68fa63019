"""At a small size, a benchmark proves that its arms give equal results; never that they are fast."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import shelf
from benchmarks.harness import Measured, Promise, interleaved, report


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("fit", 2000),
        ("load", 2000),
        pytest.param("etl", 2000, marks=pytest.mark.slow),
        ("rfm", 2000),
        ("score", 2000),
        ("pareto", 300),
        ("uncertainty", 1000),
        ("segments", 4000),
        ("e2e", 20_000),
        ("growth", 20_000),
        ("refresh_score", 2000),
        ("bootstrap", 1000),
        ("row_rules", 5000),
    ],
)
@pytest.mark.slow
def test_what_is_compared_is_equal(name, n, capsys):
    measured = shelf()[name].run(n)
    assert measured.differences
    assert measured.equal, measured.differences


def test_a_promise_knows_its_direction():
    assert Promise("faster", 60, 50).kept
    assert not Promise("faster", 40, 50).kept
    assert Promise("copies", 10, 25, at_least=False).kept
    assert not Promise("copies", 30, 25, at_least=False).kept


def test_arms_take_turns():
    order = []
    arms = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    seconds, _ = interleaved(arms, {"b": 2})
    assert order == ["a", "b", "a", "b", "a", "a", "a"]
    assert set(seconds) == {"a", "b"}


def test_a_missed_promise_and_a_difference_are_failures(tmp_path, capsys):
    kept, missed = Promise("p", 2, 1), Promise("p", 1, 2)
    assert report("x", Measured(1, {"a": 0.1}, (kept,)), tmp_path)
    assert not report("x", Measured(1, {"a": 0.1}, (missed,)), tmp_path)
    assert not report("x", Measured(1, {"a": 0.1}, (kept,), {"pair": 0.5}), tmp_path)
    stored = json.loads((tmp_path / "x.json").read_text())
    assert stored["differences"] == {"pair": 0.5}
    assert stored["kept"] == {"p": True}
    assert "DIFFER pair" in capsys.readouterr().out
