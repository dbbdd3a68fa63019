from __future__ import annotations

import math

import pytest

from dashapp.domain.periods import discount_per_period, periods_ratio, to_periods


def test_thirty_nine_weeks_are_273_days():
    assert to_periods(273, "week") == 39
    assert to_periods(39 * periods_ratio("week", "day"), "day") == 273


@pytest.mark.parametrize("unit", ["day", "week"])
def test_a_year_of_discounting_is_the_annual_rate_in_any_unit(unit: str):
    year = to_periods(365.25, unit)
    assert math.exp(-discount_per_period(0.15, unit) * year) == pytest.approx(1 / 1.15, rel=1e-14)
