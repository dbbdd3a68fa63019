"""Resampled fits against fits by hand and against the curvature of the likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.simulated import CDNOW_BG, Truth, customers
from dashapp.domain import bootstrap
from dashapp.domain.models import bg_nbd, mbg_nbd
from dashapp.domain.patterns import Patterns

MODELS = {"bg_nbd": bg_nbd.MODEL, "mbg_nbd": mbg_nbd.MODEL}
TRUTHS = {"bg_nbd": CDNOW_BG, "mbg_nbd": Truth()}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_errors_are_those_of_the_delta_method_where_the_model_is_true(name):
    crowd = customers(30_000, TRUTHS[name])  # fewer skew b
    fitted = MODELS[name].fit(crowd)
    errors = bootstrap.draws(fitted, Patterns.from_frame(crowd), 300).standard_errors
    assert errors == pytest.approx(fitted.standard_errors, rel=0.15)  # 300 draws know them to 4 %


@pytest.mark.parametrize("name", MODELS)
def test_a_replicate_is_the_optimum_of_its_resample(name):
    crowd = customers(3000)
    fitted, merged = MODELS[name].fit(crowd), Patterns.from_frame(crowd).merged()
    ours = bootstrap.draws(fitted, merged, 2, seed=5).values[1]
    weight = np.random.default_rng([5, 1]).poisson(merged.weights)
    rows = merged.take(np.repeat(np.arange(len(merged)), weight))
    again = crowd.head(0).reindex(range(len(rows))).assign(
        frequency=rows.frequency.index, recency_days=rows.recency.index, T_days=rows.T.index
    )  # fmt: skip
    whole = MODELS[name].fit(again)
    assert ours == pytest.approx(list(whole.estimates), rel=1e-5)


def test_the_seed_decides_and_a_higher_level_is_wider():
    crowd = customers(2000)
    fitted, patterns = bg_nbd.MODEL.fit(crowd), Patterns.from_frame(crowd)
    some, more = bootstrap.draws(fitted, patterns, 5), bootstrap.draws(fitted, patterns, 20)
    assert np.array_equal(some.values, more.values[:5])
    assert not np.array_equal(bootstrap.draws(fitted, patterns, 5, seed=1).values, some.values)
    narrow, wide = more.interval("alpha", 0.8), more.interval("alpha", 0.95)
    assert wide[0] < narrow[0] < fitted.parameters["alpha"] < narrow[1] < wide[1]
