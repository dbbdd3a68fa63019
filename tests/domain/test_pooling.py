"""Groups of one population are served by one set of parameters; groups of two are told, with the one that differs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import Truth, customers
from dashapp.domain.models import mbg_nbd
from dashapp.domain.pooling import pooling
from dashapp.errors import NotEnoughData


def crowd(*truths: Truth, size: int = 3000) -> tuple[pd.DataFrame, pd.Series]:
    parts = [customers(size, truth, seed=number) for number, truth in enumerate(truths)]
    return pd.concat(parts, ignore_index=True), pd.Series(np.repeat(list("abcd")[: len(truths)], size))


def test_groups_of_one_population_are_served_by_one_set():
    found = pooling(*crowd(Truth(), Truth(), Truth()))
    assert found.groups == 3
    assert found.aic_gain < 0.0
    assert not found.differs


def test_a_channel_whose_customers_leave_much_sooner_is_told():
    found = pooling(*crowd(Truth(), Truth(), Truth(a=6.0 * Truth().a)))
    assert found.differs
    assert found.farthest == "c"
    assert found.change < -0.5


def test_a_channel_that_buys_half_as_often_differs_and_is_predicted_well_all_the_same():
    """Everybody's own history speaks louder than the parameters: no reason to warn."""
    found = pooling(*crowd(Truth(), Truth(), Truth(alpha=2.0 * Truth().alpha)))
    assert found.aic_gain > 20.0
    assert not found.differs


def test_one_group_is_no_comparison_and_small_ones_do_not_count():
    rfm, group = crowd(Truth(), size=300)
    with pytest.raises(NotEnoughData, match="there are 1 such"):
        pooling(rfm, group.where(np.arange(len(group)) > 50, "few"))


def test_a_fit_that_begins_near_ends_at_the_same_place():
    parts = [customers(4000, Truth(), seed=seed) for seed in (1, 2)]
    everybody = mbg_nbd.MODEL.fit(pd.concat(parts))
    for part in parts:
        alone, near = mbg_nbd.MODEL.fit(part), mbg_nbd.MODEL.fit(part, near=everybody)
        assert near.parameters == pytest.approx(alone.parameters, rel=1e-5)
        assert near.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-6)
