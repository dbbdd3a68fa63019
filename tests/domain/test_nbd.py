"""NBD: derivatives, and customers who tell nothing apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from dashapp.domain.models.nbd import MODEL, Likelihood
from dashapp.domain.patterns import Patterns


def test_the_likelihood_is_that_of_a_negative_binomial_count(crowd):
    """Up to T^x / x!, the density of when within T the purchases came."""
    likelihood = Likelihood(Patterns.from_frame(crowd).merged())
    r, alpha = 0.7, 50.0
    x, T = crowd["frequency"].to_numpy(), crowd["T_days"].to_numpy(dtype=float)
    counts = nbinom.logpmf(x, r, alpha / (alpha + T))
    orders = np.array([np.log(np.arange(1, n + 1)).sum() for n in x]) - x * np.log(T)
    value = likelihood(np.log([r, alpha / likelihood.scale]))[0]
    assert -value * likelihood.n == pytest.approx((counts + orders).sum(), rel=1e-12)


def test_derivatives_agree_with_differences(crowd):
    likelihood = Likelihood(Patterns.from_frame(crowd).merged(), prior_weight=500.0)
    at, step = np.array([0.3, -0.4]), 1e-5
    sides = [(likelihood(at + step * axis), likelihood(at - step * axis)) for axis in np.eye(2)]
    _, gradient, hessian = likelihood(at)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-8)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-8)


def test_customers_all_alike_need_the_prior():
    """One rate for everybody: r and alpha grow together without end."""
    alike = pd.DataFrame({"frequency": [5] * 60, "recency_days": [90] * 60, "T_days": [100] * 60})
    fitted = MODEL.fit(alike)
    assert fitted.status == "regularised"
    assert fitted.expected_purchases(Patterns.from_frame(alike), 100) == pytest.approx(5.0, rel=0.05)
