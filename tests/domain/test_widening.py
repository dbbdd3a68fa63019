"""What earlier windows needed, and how far the next one reaches."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashapp.domain.widening import LARGEST, PRESUMED, Widening, needed, reach


def test_the_stretch_needed_is_where_the_share_inside_reaches_the_promise():
    """Logarithms of what came lie evenly from -1 to 1, so the share below exp(stretch) is (1 + stretch) / 2."""
    came = np.exp((np.arange(20_000) + 0.5) / 10_000 - 1.0)

    def bounds(stretch: float) -> np.ndarray:
        return np.stack([np.zeros((2, len(came))), np.full((2, len(came)), np.exp(stretch))], axis=1)

    assert needed(bounds, came, (0.6, 0.9)) == pytest.approx([0.2, 0.8], abs=0.001)
    assert needed(bounds, came, (0.5, 0.3)) == pytest.approx([0.0, 0.0], abs=0.001)
    assert needed(bounds, 10.0 * came, (0.5, 0.99)) == [LARGEST, LARGEST]


def test_few_customers_must_all_be_inside():
    """ceil((n + 1) level): of nine customers nine, not eight, for 90 %."""
    came = np.append(np.ones(8), np.exp(0.5))

    def bounds(stretch: float) -> np.ndarray:
        return np.stack([np.zeros((2, 9)), np.full((2, 9), np.exp(stretch))], axis=1)

    assert needed(bounds, came, (0.8, 0.9)) == pytest.approx([0.0, 0.5])


@pytest.mark.parametrize("windows", [1, 3, 8])
def test_the_next_window_stays_below_as_often_as_told(windows):
    """Planted levels of spread 0.05, with nothing presumed: the promise holds over many shops, for any number."""
    levels = 0.05 * np.random.default_rng(4).standard_normal((20_000, windows + 1))
    below = [row[-1] <= reach(row[:-1], 0.9, PRESUMED, 0.0) for row in levels]
    assert np.mean(below) == pytest.approx(0.9, abs=0.01)


def test_what_is_presumed_is_outweighed_by_what_was_seen():
    alone = Widening.learn(0.9, [], 91)
    assert alone.stretch == pytest.approx(stats.t.ppf(0.9, 2) * 0.25)
    calm = [Widening.learn(0.9, [0.0] * windows, 182).stretch for windows in (0, 2, 8, 50)]
    assert calm == sorted(calm, reverse=True)
    assert calm[-1] < 0.07
    wild = Widening.learn(0.9, [0.5] * 50, 91).stretch
    assert wild == pytest.approx(stats.norm.ppf(0.9) * 0.5, rel=0.05)
    assert Widening.learn(0.9, [LARGEST] * 2, 91).stretch == LARGEST


def test_less_than_a_year_may_raise_what_is_presumed_and_not_lower_it():
    """Three calm quarters say nothing of the fourth, their number only how sure the presumed scale is."""
    three, four = (Widening.learn(0.9, [0.0] * windows, 91).stretch for windows in (3, 4))
    assert three == pytest.approx(stats.t.ppf(0.9, 5) * 0.25)
    assert four == pytest.approx(stats.t.ppf(0.9, 6) * 0.25 * np.sqrt(2 / 6))
    busy = Widening.learn(0.9, [0.5] * 3, 91).stretch
    assert busy == pytest.approx(stats.t.ppf(0.9, 5) * np.sqrt((2 * 0.25**2 + 3 * 0.5**2) / 5))


def test_json_brings_the_same_widening_back():
    widening = Widening.learn(0.8, [0.1, 0.3], 91)
    assert Widening.from_json(widening.to_json()) == widening
