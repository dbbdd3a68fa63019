from __future__ import annotations

import mpmath
import numpy as np
import pytest

from dashapp.domain.gamma_ratio import LARGE, digamma_gain, log_gamma_ratio

SHAPES = [0.3, 2.0, LARGE - 1e-9, LARGE, 500.0, 1.6e5, 3e7]
STEPS = np.array([0.0, 1e-3, 0.7, 3.0, 250.0, 2e4])


@pytest.mark.parametrize("q", SHAPES)
def test_the_ratio_keeps_its_digits_at_any_shape(q):
    with mpmath.workdps(40):
        true = [float(mpmath.loggamma(mpmath.mpf(q) + a) - mpmath.loggamma(q)) for a in STEPS]
    assert log_gamma_ratio(q, STEPS) == pytest.approx(true, rel=2e-13, abs=2e-15 * max(q, 1) ** 0.5)


@pytest.mark.parametrize("q", SHAPES)
def test_the_gain_is_exact_relative_to_itself_where_it_is_small(q):
    with mpmath.workdps(40):
        true = [float(mpmath.digamma(mpmath.mpf(q) + a) - mpmath.digamma(q)) for a in STEPS]
    assert digamma_gain(q, STEPS) == pytest.approx(true, rel=1e-12, abs=1e-15 if q < LARGE else 0.0)
