"""When the end of a search may be called an estimate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dashapp.domain.estimation import unless_open
from dashapp.domain.numerics import Optimum


def test_a_plateau_is_not_called_an_optimum():
    """What a thousand customers leave open, a million may settle."""
    flat = Optimum(np.zeros(2), 1.0, np.zeros(2), np.diag([1.0, 1e-6]), converged=True, evaluations=1)
    assert not unless_open(flat, customers=1_000).converged
    assert unless_open(flat, customers=1_000_000).converged
    assert not unless_open(replace(flat, hessian=np.diag([1.0, -1e-6])), customers=1_000_000).converged
