"""Risk bands: counted as they say, and called separated only where they were."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.risk import Bands, are_separated, sentence
from dashapp.errors import InputError


def measured(*rates: tuple[int, int]):
    """Rows of bands with (customers, buyers) each, at high, medium and low risk."""
    score = np.repeat([10.0, 50.0, 90.0], [customers for customers, _ in rates])
    outcome = np.concatenate([np.arange(customers) < buyers for customers, buyers in rates])
    return Bands().measured(score, outcome.astype(float))


def test_bands_in_order_with_intervals_apart_are_separated():
    rows = measured((400, 60), (300, 150), (200, 180))
    assert [(row.customers, row.active_customers) for row in rows] == [(400, 60), (300, 150), (200, 180)]
    # Wilson's interval of 60 in 400, computed by hand.
    assert (rows[0].low, rows[0].high) == pytest.approx((0.1184, 0.1882), abs=1e-3)
    assert are_separated(rows)


@pytest.mark.parametrize("rates", [((400, 60), (300, 50), (200, 180)), ((400, 300), (300, 150), (200, 20))])
def test_bands_that_touch_or_stand_upside_down_are_not(rates: tuple[tuple[int, int], ...]):
    rows = measured(*rates)
    assert not are_separated(rows)
    assert sentence(rows, 90).startswith("The bands were not separated in the past")


def test_an_empty_band_is_told_and_one_band_alone_separates_nobody():
    assert "Nobody was at low risk." in sentence(measured((400, 60), (300, 150), (0, 0)), 90)
    assert not are_separated(measured((400, 60), (0, 0), (0, 0)))


def test_bands_out_of_order_are_refused():
    with pytest.raises(InputError, match="are no bands"):
        Bands(70, 30)
