"""lifetimes as the oracle of our own numerics, and as a guest that leaves no trace."""

from __future__ import annotations

import importlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import OptimizeResult

from dashapp.domain.lifetimes_engine import contained, fitter
from dashapp.domain.patterns import Patterns
from dashapp.domain.shelf import purchase_models, spend_models
from dashapp.errors import NotConverged

TWINS = {"bg_nbd": "lifetimes_bg_nbd", "mbg_nbd": "lifetimes_mbg_nbd"}


@pytest.mark.parametrize(("ours", "theirs"), TWINS.items())
def test_both_engines_find_the_same_optimum(cdnow, ours, theirs):
    mine, other = purchase_models()[ours].fit(cdnow), purchase_models()[theirs].fit(cdnow)
    assert other.engine == "lifetimes"
    assert mine.parameters == pytest.approx(other.parameters, rel=2e-3)
    assert mine.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-8)
    assert mine.log_likelihood >= other.log_likelihood - 1e-6
    assert mine.standard_errors == pytest.approx(other.standard_errors, rel=5e-3)


@pytest.mark.parametrize(("ours", "theirs"), TWINS.items())
def test_both_engines_predict_the_same_with_the_same_parameters(cdnow, ours, theirs):
    other = purchase_models()[theirs].fit(cdnow)
    mine = purchase_models()[ours].restore(other.to_json())
    history = Patterns.from_frame(cdnow)
    assert mine.p_alive(history) == pytest.approx(other.p_alive(history), rel=1e-6)
    for days in (1, 273, 3650):
        assert mine.expected_purchases(history, days) == pytest.approx(
            other.expected_purchases(history, days), rel=1e-6
        )


def test_both_engines_agree_on_spend(cdnow):
    used = cdnow[(cdnow["frequency"] > 0) & (cdnow["monetary_value"] > 0)]
    mine = spend_models()["gamma_gamma"].fit(cdnow)
    with contained():
        other = fitter("GammaGammaFitter").fit(used["frequency"], used["monetary_value"])
        means = other.conditional_expected_average_profit(cdnow["frequency"], cdnow["monetary_value"]).to_numpy()
    assert mine.parameters == pytest.approx(dict(other.params_), rel=1e-4)
    assert mine.expected_order_value(cdnow["frequency"], cdnow["monetary_value"]) == pytest.approx(means, rel=1e-5)


def test_the_twelve_month_clv_of_lifetimes_is_our_closed_form_month_by_month(cdnow):
    """Its months are 30 days and its payments fall due at their end; ours can be added up the same way."""
    purchases, spend = purchase_models()["bg_nbd"].fit(cdnow), spend_models()["gamma_gamma"].fit(cdnow)
    history = Patterns.from_frame(cdnow)
    months = [purchases.expected_purchases(history, 30 * month) for month in range(13)]
    value = spend.expected_order_value(cdnow["frequency"], cdnow["monetary_value"])
    ours = value * (1.01 ** -np.arange(1, 13) @ np.diff(months, axis=0))
    with contained():
        bg, gg = fitter("BetaGeoFitter"), fitter("GammaGammaFitter")
        bg.params_, gg.params_ = _series(purchases), _series(spend)
        bg.predict = bg.conditional_expected_number_of_purchases_up_to_time
        columns = (cdnow[name] for name in ("frequency", "recency_days", "T_days", "monetary_value"))
        theirs = gg.customer_lifetime_value(bg, *columns, time=12, discount_rate=0.01, freq="D")
    assert ours == pytest.approx(theirs.to_numpy(), rel=1e-6)


def test_lifetimes_giving_up_is_an_honest_error(cdnow, monkeypatch):
    with contained():
        fitters = importlib.import_module("lifetimes.fitters")
    monkeypatch.setattr(fitters, "minimize", lambda *args, **kwargs: OptimizeResult(success=False))
    with pytest.raises(NotConverged, match="no optimum"):
        purchase_models()["lifetimes_bg_nbd"].fit(cdnow)


@pytest.mark.slow
def test_lifetimes_leaves_no_trace():
    """In a fresh process: it is imported on first use only, and undoes its options and filters."""
    script = """
import sys, warnings, pandas as pd
from benchmarks.simulated import customers
from dashapp.domain.shelf import purchase_models
shelf = purchase_models()
assert "lifetimes" not in sys.modules
def state():
    with warnings.catch_warnings(action="ignore"):  # pandas deprecates even the question
        option = pd.get_option("mode.chained_assignment")
    return list(warnings.filters), option
before = state()
shelf["lifetimes_bg_nbd"].fit(customers(200)).to_json()
assert "lifetimes" in sys.modules
assert state() == before
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _series(fitted):
    return pd.Series(fitted.parameters)
