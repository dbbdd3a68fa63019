from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.patterns import Patterns
from dashapp.errors import InputError


def triples(patterns: Patterns) -> list[tuple[float, ...]]:
    columns = (patterns.frequency.array, patterns.recency.array, patterns.T.array, patterns.weights)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_equal_histories_are_counted_once_in_order():
    merged = Patterns.of([2, 0, 2, 0, 0], [7, 0, 7, 0, 0], [9, 5, 9, 5, 3]).merged()
    assert triples(merged) == [(0, 0, 3, 1), (0, 0, 5, 2), (2, 7, 9, 2)]


@pytest.mark.parametrize("unit", [1.0, 7.0], ids=["whole days", "fractions of weeks"])
def test_weights_are_added_up_in_any_unit(unit: float):
    merged = Patterns.of([2, 0, 2], np.array([7, 0, 7]) / unit, np.array([9, 5, 9]) / unit, [0.5, 2, 3]).merged()
    assert triples(merged) == [(0, 0, 5 / unit, 2), (2, 7 / unit, 9 / unit, 3.5)]


def test_cells_lead_back_to_every_customer(crowd):
    patterns = Patterns.from_frame(crowd)
    assert np.array_equal(patterns.cells.frequency[patterns.cells.inverse], crowd["frequency"])
    assert np.array_equal(patterns.cells.T[patterns.cells.inverse], crowd["T_days"])
    assert len(patterns.cells) == len(crowd[["frequency", "T_days"]].drop_duplicates())


def test_a_thinned_sample_keeps_about_the_total_weight(crowd):
    merged = Patterns.from_frame(crowd).merged()
    sample = merged.thinned(100)
    assert len(sample) <= 100
    assert sample.weights.sum() == pytest.approx(merged.weights.sum(), rel=0.2)


@pytest.mark.parametrize(
    ("x", "t_x", "T", "says"),
    [
        ([1], [5], [4], "between 0 and T"),
        ([0], [3], [4], "has recency 0"),
        ([1.5], [3], [4], "whole number"),
        ([-1], [0], [4], "whole number"),
        ([1], [np.nan], [4], "must be numbers"),
        ([1, 2], [3], [4], "same length"),
    ],
)
def test_impossible_histories_are_refused(x, t_x, T, says):
    with pytest.raises(InputError, match=says):
        Patterns.of(x, t_x, T)


def test_cells_of_whole_histories_lead_back_to_every_customer_and_to_their_pairs(crowd):
    patterns = Patterns.from_frame(crowd)
    cells = patterns.history_cells
    pairs = cells.pairs()
    assert np.array_equal(cells.recency[cells.inverse], crowd["recency_days"])
    assert np.array_equal(cells.frequency[cells.inverse], crowd["frequency"])
    assert len(cells) == len(crowd[["frequency", "T_days", "recency_days"]].drop_duplicates())
    assert np.array_equal(pairs.frequency, patterns.cells.frequency)
    assert np.array_equal(pairs.T, patterns.cells.T)
    assert np.array_equal(pairs.T[pairs.inverse], cells.T)
