"""Wilson's interval against published values and the equation that defines it."""

from __future__ import annotations

import numpy as np
import pytest

from dashapp.domain.proportions import wilson


def test_the_limits_are_those_of_newcombe_1998() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3."""
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


def test_both_limits_lie_at_equal_distance_in_standard_errors() -> None:
    limits = np.array(wilson(7, 30, 0.8))
    assert (7 / 30 - limits) / np.sqrt(limits * (1 - limits) / 30) == pytest.approx([1.2815515655, -1.2815515655])


def test_nobody_has_no_share() -> None:
    assert np.isnan(wilson(0, 0)).all()
